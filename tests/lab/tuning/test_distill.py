import json
import threading
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rare_app import cli
from rare_app.errors import UserError
from rare_app.lab.tuning import teacher as teacher_module
from rare_app.lab.tuning.asked import Asked, read_asked
from rare_app.lab.tuning.distill import TURN, DistillOptions, distill, in_turns
from rare_app.lab.tuning.examiner import open_examiner
from rare_app.lab.tuning.example_file import read_groups
from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.local_teacher import LocalTeacher
from rare_app.lab.tuning.sentence_teacher import SentenceTeacher
from rare_app.lab.tuning.stopping import Stopping
from rare_app.lab.tuning.teacher import FORM, HttpTeacher, Reply, Task, hint_of
from rare_app.lab.tuning.traces import Trace, accept, accept_sentence
from rare_app.model import GENERIC, Cancelled
from rare_app.prompt import REFUSAL, REFUSAL_THOUGHTS

from ...conftest import SMALL_READER
from .conftest import write_lines


class TextJudge:
    """Judges by the text alone, without a reader."""

    def examine(self, reply, asked):
        return accept(reply.text, asked=asked)


TEXT = "The mill was built  in 1820. It burned\ndown in 1901."
PASSAGES = (Passage(text=TEXT, title="Mill"), Passage(text="Rivers flow."))


SOUGHT = "It is asked when the mill burned down."


def written(
    quote="It burned down in 1901.", answer="1901", opening="The mill's fire is asked for."
):
    said = f"{opening} <quote>{quote}</quote> So {answer}."
    return f"<think>\n{said}\n</think>\n<answer>{answer}</answer>"


class FakeEndpoint(BaseHTTPRequestHandler):
    """Says to each question what its script says, one entry a request, the last one for ever."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = body["messages"][-1]["content"]
        name = next(name for name in self.server.scripts if name in asked)
        script = self.server.scripts[name]
        self.server.asked[name] += 1
        self.server.keys.add(self.headers.get("Authorization"))
        said = script.pop(0) if len(script) > 1 else script[0]
        status, text = said if isinstance(said, tuple) else (200, said)
        if status == 200 and text != "broken":
            usage = {"prompt_tokens": 100, "completion_tokens": 10}
            text = json.dumps({"choices": [{"message": {"content": text}}], "usage": usage})
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Retry-After", "3")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeEndpoint)
    server.scripts, server.asked, server.keys = {}, Counter(), set()
    server.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def teach(endpoint, tmp_path):
    """Distil questions from the endpoint; gives the report, what was said, and the waits."""
    waits, said = [], []

    def run(*asked, attempts=4, **options):
        teacher = HttpTeacher(
            url=endpoint.url, model="m", key="secret", attempts=attempts, pause=waits.append
        )
        try:
            return distill(
                asked,
                teacher=teacher,
                judge=TextJudge(),
                output=tmp_path / "out",
                options=DistillOptions(**{"tries": 8, "enough": 1, "told": 0} | options),
                say=said.append,
            )
        finally:
            teacher.close()

    run.waits, run.said = waits, said
    return run


def ask(name, answers=("1901",), choices=(), evidence=()):
    return Asked(
        identifier=name,
        data_set="s",
        kind="span",
        question=f"{name}: when did it burn?",
        passages=PASSAGES,
        answers=answers,
        choices=choices,
        evidence=evidence,
    )


def test_only_right_and_verbatim_traces_are_kept(endpoint, teach, tmp_path):
    endpoint.scripts = {
        "right": [written()],
        "third": [written(answer="1820"), written(quote="It fell in 1901."), written()],
        "never": [written(answer="1820")],
        "formless": ["It burned in 1901."],
        "refused": [f"<think>No passage says it.</think><answer>{REFUSAL}</answer>"],
        "choice": [written(quote="Rivers  flow.", answer="Yes, they do.")],
    }
    report = teach(
        *map(ask, ("right", "third", "never", "formless")),
        ask("refused", answers=()),
        ask("choice", answers=("yes",), choices=("yes", "no")),
        price_in=1.0,
        price_out=10.0,
    )
    assert (report.questions, report.kept, report.dropped) == (6, 4, 2)
    assert report.tries == 1 + 3 + 8 + 8 + 1 + 1
    assert report.rejected == {"answer": 1 + 8, "quote": 1, "form": 8}
    assert report.acceptance_rate == pytest.approx(4 / 6, abs=1e-4)
    assert (report.tokens_read, report.tokens_written) == (2200, 220)
    assert report.cost == pytest.approx((2200 + 2200) / 1e6, abs=1e-4)
    (group,) = read_groups(tmp_path / "out" / "examples.jsonl")
    assert [passage.text for passage in group.passages] == [one.text for one in PASSAGES]
    by_name = {one.identifier: one for one in group.questions}
    assert set(by_name) == {"right", "third", "refused", "choice"}
    assert "<quote>It burned down in 1901.</quote>" in by_name["third"].reasoning
    assert (by_name["refused"].answer, by_name["refused"].answerable) == (REFUSAL, False)
    assert by_name["choice"].answer == "Yes, they do."
    assert endpoint.keys == {"Bearer secret"}
    assert "6/6: 4 kept (0 of them told), 2 dropped" in teach.said[-1]


def test_what_may_pass_is_asked_again(endpoint, teach):
    endpoint.scripts = {"a": [(429, "slow down"), (503, "busy"), "broken", written()]}
    assert teach(ask("a")).kept == 1
    assert teach.waits == [3.0, 3.0, 4.0]  # as Retry-After says, and never less than the back-off


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ((401, "no"), "refuses the key .* set RARE_TEACHER_KEY"),
        ((404, "no"), "There is no model “m” .* check --url"),
        ((400, "too\nlong"), "refuses the request .*too long"),
        ((429, "no"), "allows no more requests .* 4 times in a row: .* what is done is kept"),
        ((500, "no"), r"fails \(status 500\)"),
        ("broken", "does not answer as an OpenAI-compatible endpoint does"),
    ],
)
def test_a_teacher_that_fails_is_one_sentence(endpoint, teach, script, sentence):
    endpoint.scripts = {"a": [script]}
    with pytest.raises(UserError, match=sentence):
        teach(ask("a"))


def test_a_teacher_that_is_not_there(tmp_path):
    client = HttpTeacher(
        url="http://127.0.0.1:9/v1", model="m", attempts=2, pause=lambda seconds: None
    )
    with pytest.raises(UserError, match="cannot be reached"):
        distill(
            [ask("a")],
            teacher=client,
            judge=TextJudge(),
            output=tmp_path,
            options=DistillOptions(),
            say=lambda line: None,
        )
    with pytest.raises(UserError, match="begin it with http"):
        HttpTeacher(url="example", model="m")


def test_a_run_that_broke_goes_on_and_loses_nothing(endpoint, teach, tmp_path):
    endpoint.scripts = {
        "first": [written()],
        "two": [written(answer="1820")],
        "three": [(500, ""), (500, ""), (500, ""), (500, ""), written()],
        "four": [(400, "too long")],
    }
    asked = [ask("first"), ask("two"), ask("three"), ask("four")]
    with pytest.raises(UserError, match="status 500"):
        teach(*asked)
    (group,) = read_groups(tmp_path / "out" / "examples.jsonl")
    assert [one.identifier for one in group.questions] == ["first"]
    done = tmp_path / "out" / "done.jsonl"
    done.write_text(done.read_text() + '{"identifier": "thr')  # a kill in the midst of a line
    report = teach(*asked)
    assert "going on: 2 of 4 questions are done" in teach.said
    assert (report.kept, report.dropped) == (2, 2)
    assert endpoint.asked["first"] == 1
    assert endpoint.asked["two"] == 8  # never right: not asked again
    assert report.rejected["request"] == 1  # one that is refused does not stop the others
    assert teach(*asked).tries == report.tries
    done.write_text("[1]\n")
    with pytest.raises(UserError, match=r"done\.jsonl, line 1 is no outcome"):
        teach(*asked)


def test_several_at_once(endpoint, teach):
    endpoint.scripts = {f"q{n:02d}": [written()] for n in range(20)}
    assert teach(*map(ask, endpoint.scripts), parallel=4).kept == 20


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<answer>1901</answer>", "form"),
        ("<think>It is so.</think><answer>1901</answer>", "quote"),
        (written(quote="It burned down in 1902."), "quote"),
        (f"<think><quote>Rivers</quote></think><answer>{REFUSAL}</answer>", "refused"),
        (written(answer="1820"), "answer"),
        (written(quote="Rivers flow."), "evidence"),
        (written(opening=""), "opening"),
        (written(opening=f"It is told: {FORM}"), "echo"),
        (written(opening="In 1901, as the mill's passage has it:"), "opening"),
        (written(opening="No passage tells when it burned."), "opening"),
        (written(opening="The mill's fire is what is asked"), "opening"),
        (written(opening="The mill's fire is asked for. " * 40), "long"),
        (written(answer="It burned down in 1901."), ""),
        (written(), ""),
    ],
)
def test_each_reason_to_reject(text, reason):
    trace, why = accept(text, asked=ask("a", evidence=("It burned\ndown in 1901.",)))
    assert why == reason
    assert (trace is None) == bool(reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The mill burned down in 1901.", ""),
        ("1901.", "form"),
        ("The passage says that it burned in 1901.", "form"),
        ("The mill burned down in 1901", "form"),
        ("It burned down in 1901.\nIt was built in 1820.", "form"),
        ("The mill burned down in 1820.", "answer"),
        (REFUSAL_THOUGHTS[0], "refused"),
        (f"The mill{' as they say' * 20} burned down in 1901.", "long"),
    ],
)
def test_each_reason_to_reject_an_answer_in_one_sentence(text, reason):
    trace, why = accept_sentence(text, asked=ask("a"))
    assert (why, trace is None) == (reason, bool(reason))
    assert trace is None or trace.reasoning == ""


def test_an_answer_in_one_sentence_refuses_in_the_profiles_own_words():
    unanswered = ask("a", answers=())
    trace, _ = accept_sentence("No passage answers the question.", asked=unanswered)
    assert trace.answer == REFUSAL_THOUGHTS[0]
    assert accept_sentence("The mill burned down.", asked=unanswered)[1] == "answered"


def test_an_answer_where_none_is_there_is_rejected():
    bare = f"<think>{REFUSAL}</think><answer>{REFUSAL}</answer>"
    assert accept(bare, asked=ask("a", answers=()))[1] == "opening"
    assert accept(written(), asked=ask("a", answers=()))[1] == "answered"


def test_the_shortest_right_try_is_kept(endpoint, teach, tmp_path):
    long = written(opening="What is asked for is the year in which the mill burned.")
    endpoint.scripts = {"a": [long, written(answer="1820"), written()]}
    assert teach(ask("a"), enough=2, tries=4).tries == 3
    (group,) = read_groups(tmp_path / "out" / "examples.jsonl")
    assert group.questions[0].reasoning.startswith("The mill's fire is asked for.")


def test_a_teacher_that_finds_nothing_is_told_the_answer(endpoint, teach, tmp_path):
    # Later scripts are of what the hint adds to the prompt.
    endpoint.scripts = {
        "the answer is “1901”, which rests on “It burned”": [written()],
        "a: when": [written(answer="1820")],
    }
    report = teach(ask("a", evidence=("It burned",)), tries=3, told=2)
    assert (report.kept, report.told, report.tries) == (1, 1, 4)
    kept = (tmp_path / "out" / "examples.jsonl").read_text()
    assert "rests on" not in kept
    assert hint_of((), ()) != hint_of(("1901",), ())


def test_a_choice_has_to_be_right_more_often_than_wrong(endpoint, teach):
    right, wrong = (written(answer=f"{one}, it is all told there.") for one in ("Yes", "No"))
    bare = written(answer="Yes")
    endpoint.scripts = {
        "luck": [wrong, right, wrong, right],
        "sure": [wrong, right, right],
        "bare": [bare],
    }
    asked = [ask(name, answers=("yes",), choices=("yes", "no")) for name in endpoint.scripts]
    report = teach(*asked, tries=4, enough=2)
    assert (report.kept, report.dropped) == (1, 2)
    assert report.rejected == {"answer": 3, "chance": 2, "form": 4}


def test_every_set_has_its_share_at_any_stop():
    asked = [replace(ask(f"{name}{n}"), data_set=name) for name in "ab" for n in range(20)]
    asked += [replace(ask("c0"), data_set="c")]
    order = [one.data_set for one in in_turns(asked, done=())]
    assert len(order) == len(asked)
    for stop in range(len(order)):
        had = Counter(order[:stop])
        assert abs(had["a"] - had["b"]) <= TURN
        assert stop <= 2 * TURN or had["c"] == 1
    # What is behind is made up for.
    first = [one.data_set for one in in_turns(asked, done=[f"a{n}" for n in range(9)] + ["c0"])]
    assert first[: 2 * TURN] == ["b"] * 2 * TURN


def test_nothing_is_begun_after_the_time_or_a_wish_to_stop(endpoint, teach, tmp_path):
    endpoint.scripts = {f"q{n}": [written()] for n in range(3)}
    assert teach(*map(ask, endpoint.scripts), hours=1e-12).questions == 0
    stopping = Stopping()
    stopping.asked = True
    asked = [*map(ask, endpoint.scripts)]
    options = DistillOptions()
    report = distill(
        asked,
        teacher=None,
        judge=TextJudge(),
        output=tmp_path / "out",
        options=options,
        say=lambda line: None,
        stopping=stopping,
    )
    assert report.questions == 0
    assert teach(*asked).kept == 3


def test_choices_are_part_of_what_is_learned_unless_they_are_yes_and_no(endpoint, teach, tmp_path):
    endpoint.scripts = {
        "first": [written(answer="It was in 1901.")],
        "other": [written(quote="Rivers flow.", answer="Yes, they do flow.")],
    }
    asked = ask("other", answers=("yes",), choices=("yes", "no"))
    teach(ask("first", choices=("1820", "1901")), asked)
    (group,) = read_groups(tmp_path / "out" / "examples.jsonl")
    first, second = (one.question for one in group.questions)
    assert "“1820”, “1901”" in first
    assert second == "other: when did it burn?"


@pytest.fixture(scope="module")
def examiner(shared_settings, tmp_path_factory):
    with open_examiner(
        shared_settings, folder=tmp_path_factory.mktemp("work"), profile=GENERIC
    ) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (written(answer="The mill burned down in 1901.", opening=SOUGHT), ""),
        (written(answer="1820", opening=SOUGHT), "answer"),
        (written(answer="In 1901 the bishop of Turin sold forty horses."), "unproved"),
        (written(opening="The bishop of Turin had sold forty horses."), "unproved"),
        (written(opening=f"{SOUGHT} It had 77 sacks."), "unproved"),
        (written(opening=SOUGHT).replace("</quote>", "</quote> (Year: 1901)"), "unproved"),
    ],
)
def test_every_sentence_is_proved(examiner, text, reason):
    assert examiner.examine(Reply(text), ask("a"))[1] == reason


def test_a_sentence_is_proved_by_itself(shared_settings, tmp_path):
    with open_examiner(
        shared_settings, folder=tmp_path, profile=GENERIC, form="sentence"
    ) as examiner:
        right, odd, none = (
            examiner.examine(Reply(text), asked)
            for text, asked in (
                ("The mill burned down in 1901.", ask("a")),
                ("In 1901 the bishop of Turin sold forty horses.", ask("a")),
                (REFUSAL_THOUGHTS[0], ask("a", answers=())),
            )
        )
    assert right[0] == Trace("", "The mill burned down in 1901.")
    assert odd == (None, "unproved")
    assert none[0] == Trace("", REFUSAL_THOUGHTS[0])


def test_a_refusal_is_kept_where_it_is_right(examiner):
    text = f"<think>\nA price is asked for, the mill's fire is told.\n</think><answer>{REFUSAL}"
    trace, reason = examiner.examine(Reply(text), ask("a", answers=()))
    assert (reason, trace and trace.answer) == ("", REFUSAL)


def test_command_reads_cases_and_examples(endpoint, tmp_path, examples, monkeypatch, capfd):
    monkeypatch.setattr(teacher_module.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("RARE_READER", SMALL_READER)
    case = {"id": "c", "question": "When?", "passages": [TEXT], "answers": ["1901"]}
    cases = write_lines(tmp_path / "cases.jsonl", [case])
    endpoint.scripts = {"When?": [written(opening=SOUGHT)]}
    given = ["tune", "distill", str(cases), "--url", endpoint.url, "--json"]
    given += ["--output", str(tmp_path / "out"), "--home", str(tmp_path / "home")]
    assert cli.main(given) == 1
    assert "needs --model-name" in capfd.readouterr().err
    assert cli.main([*given, "--model-name", "m"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert (data["kept"], data["questions"]) == (1, 1)
    assert len(read_groups(tmp_path / "out" / "examples.jsonl")) == 1

    asked = read_asked(examples)
    assert len({one.identifier for one in asked}) == len(asked)
    assert {len(one.answers) for one in asked} == {0, 1}
    write_lines(cases, [{**case, "passages": None}])
    with pytest.raises(UserError, match="has no passages"):
        read_asked(cases)


@pytest.mark.model
def test_a_model_on_this_machine_answers_in_one_sentence(shared_settings):
    teacher = SentenceTeacher(settings=shared_settings, model="", temperature=0.8)
    try:
        task = Task("When did it burn?", PASSAGES, answers=("1901",))
        first, again, other = (teacher.write(task, seed=seed) for seed in (1, 1, 2))
        told = teacher.write(replace(task, told=True), seed=1)
        none = teacher.write(replace(task, answers=()), seed=1)
    finally:
        teacher.close()
    assert first.text == again.text != other.text
    assert "\n" not in first.text.strip()
    assert first.read > 60
    assert again.read <= 1  # what was read stays in the context for the next try
    assert first.read > told.read > again.read
    assert (none.text, none.written) == (REFUSAL_THOUGHTS[0], 0)


@pytest.mark.model
def test_a_model_on_this_machine_teaches_by_the_apps_own_run(shared_settings, examiner, tmp_path):
    stop = []
    local = LocalTeacher(
        settings=shared_settings,
        model="",
        folder=tmp_path,
        examiner=examiner,
        temperature=0.8,
        cancelled=lambda: bool(stop),
    )
    try:
        task = Task("When did it burn?", PASSAGES, ("1820", "1901"), ("1901",))
        first, again, other = (local.write(task, seed=seed) for seed in (1, 1, 2))
        stop.append(True)
        with pytest.raises(Cancelled):
            local.write(task, seed=3)
    finally:
        local.close()
    assert first.text == again.text != other.text
    assert first.read > 60
    assert again.read == other.read == 0 or again.read < first.read / 4  # passages are kept
    assert first.written > 0
    for one in (first, other):
        opening, tag, _ = one.text.partition("<quote>")
        assert opening.strip()
        assert tag
    assert list((tmp_path / "memory").rglob("*"))
