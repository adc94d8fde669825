"""Answers by a language model behind a server: streams, steps, citations, refusal, stop, errors."""

import threading
import time
from dataclasses import replace

import pytest

from rare_app.answer import Assistant
from rare_app.errors import UserError
from rare_app.model import Engine, Reading
from rare_app.prompt import REFUSAL, Turn
from rare_app.servers import find_server
from rare_app.types import Done, Judged, Retrieved, Writing

from ..conftest import passage
from .chat_endpoint import completion, model_script, serving

QUESTION = "How many eggs does the queen lay?"
PASSAGES = [
    passage("The queen lays up to 2,000 eggs a day in early summer.", number=1),
    passage("In winter the bees form a cluster.", number=2),
]
REASONED = (
    "<think>\n<quote>The queen lays up to 2,000 eggs a day</quote> So that is the number.\n</think>"
    "\n<answer>The queen lays up to 2,000 eggs a day.</answer>"
)


class NoEngine(Engine):
    """Fails when the model of this machine is asked for."""

    def use(self, **_):
        raise AssertionError("the local model was asked")


@pytest.fixture
def assistant_for(settings, library):
    """Make an assistant that asks a server."""
    made = []

    def make(url, **options):
        chosen = replace(settings, llm_url=url, **{"unsupported": "mark", **options})
        server = find_server(chosen)
        made.append(server)
        return Assistant(
            settings=chosen, library=library, engine=NoEngine(settings=settings), server=server
        )

    yield make
    for one in made:
        one.close()


def test_streams_reasons_and_cites(assistant_for):
    with serving(completion(REASONED), models=["first", "second"]) as server:
        assistant = assistant_for(server.url, llm_key="secret")
        history = [Turn("Who lays eggs?", "The queen.")]
        events = list(assistant.ask(QUESTION, passages=PASSAGES, history=history, standalone=True))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [Retrieved, Judged, Reading]
    assert kinds[-1] is Done
    writing = [event for event in events if isinstance(event, Writing)]
    assert len({one.reasoning for one in writing}) > 5, "not streamed"
    assert all("<think>" not in one.reasoning + one.answer for one in writing)
    answer = events[-1].answer
    assert (answer.answered, answer.answer) == (True, "The queen lays up to 2,000 eggs a day.")
    assert answer.reasoning.endswith("So that is the number.")
    [quote] = answer.quotes
    assert (quote.document, quote.quote) == ("1.md", "The queen lays up to 2,000 eggs a day")
    assert answer.invented_quotes == ()
    [claim] = answer.claims
    assert claim.supported
    assert claim.citations[0].document == "1.md"
    assert (answer.model, answer.adapter) == ("first", None)
    assert (answer.tokens.prompt, answer.tokens.generated) == (100, 10)
    assert 0 < answer.timings.first_token_s < answer.timings.total_s

    [body] = server.asked
    assert (body["model"], body["stream"], body["stop"]) == ("first", True, ["</answer>"])
    assert body["max_tokens"] == 24 + 12
    system, user = (one["content"] for one in body["messages"])
    assert REFUSAL in system
    assert "2,000 eggs" in user
    assert "Earlier question: Who lays eggs?" in user
    assert user.index("2,000 eggs") < user.index(QUESTION)
    assert set(server.keys) == {"Bearer secret"}


def test_a_server_is_told_the_options_and_its_answer_is_read(assistant_for):
    said = REASONED.replace("<answer>The queen lays up to 2,000 eggs", "<answer>Less than 3,000")
    with serving(completion(said)) as server:
        answer = assistant_for(server.url).answer(
            QUESTION, passages=PASSAGES, choices=("less than 3,000", "3,000 or more")
        )
    asked = server.asked[-1]["messages"][-1]["content"]
    assert "“less than 3,000”, “3,000 or more”" in asked
    assert answer.question == QUESTION
    assert answer.choice == "less than 3,000"
    assert answer.claims[0].status in ("weak", "supported")


def test_refusal_and_invented_quotes_are_told(assistant_for):
    refused = f"<think>No passage says this.</think><answer>{REFUSAL}</answer>"
    invented = "<think><quote>It lays 9 eggs</quote></think><answer>9 eggs.</answer>"
    with serving(completion(refused), completion(invented)) as server:
        assistant = assistant_for(server.url)
        first = assistant.answer(QUESTION, passages=PASSAGES)
        second = assistant.answer(QUESTION, passages=PASSAGES)
    assert (first.answered, first.answer, first.claims) == (False, REFUSAL, ())
    assert second.invented_quotes == ("It lays 9 eggs",)
    assert [claim.supported for claim in second.claims] == [False]


def test_what_no_passage_carries_is_withheld(assistant_for):
    invented = "<think><quote>It lays 9 eggs</quote></think><answer>9 eggs.</answer>"
    with serving(completion(invented)) as server:
        assistant = assistant_for(server.url, unsupported="quote", reader="none")
        answer = assistant.answer(QUESTION, passages=PASSAGES)
    assert (answer.answered, answer.withheld) == (False, "9 eggs.")


@pytest.mark.parametrize(
    ("said", "reasoning", "answer"),
    [
        (["2,000 eggs a day."], "", "2,000 eggs a day."),
        (["So it is 2,000.\n</think>\n2,000 eggs"], "So it is 2,000.", "2,000 eggs"),
        (
            [
                {"choices": [{"delta": {"reasoning_content": "I look."}}]},
                {"choices": [{"delta": {"content": "<answer>2,000"}, "finish_reason": "stop"}]},
            ],
            "I look.",
            "2,000",
        ),
        (
            [{"choices": [{"delta": {"reasoning": "I look."}}]}, "2,000 eggs"],
            "I look.",
            "2,000 eggs",
        ),
    ],
)
def test_other_forms_are_understood(assistant_for, said, reasoning, answer):
    with serving([*said, "[DONE]"]) as server:
        given = assistant_for(server.url).answer(QUESTION, passages=PASSAGES)
    assert (given.reasoning, given.answer) == (reasoning, answer)


def test_reasoning_that_runs_long_is_asked_for_its_answer(assistant_for):
    long = ["<think>\nThe passage says much", {"choices": [{"finish_reason": "length"}]}]
    with serving(long, completion("<answer>2,000 eggs</answer>")) as server:
        answer = assistant_for(server.url).answer(QUESTION, passages=PASSAGES)
    assert (answer.reasoning, answer.answer) == ("The passage says much", "2,000 eggs")
    roles = [one["role"] for one in server.asked[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


def test_what_does_not_fit_is_left_out_from_its_end(assistant_for):
    too_long = (400, "the prompt exceeds the context size")
    with serving(too_long, completion(REASONED)) as server:
        events = list(assistant_for(server.url).ask(QUESTION, passages=PASSAGES))
    assert [e.passages for e in events if isinstance(e, Reading)] == [2, 1]
    assert events[-1].answer.passages == (PASSAGES[0],)
    with (
        serving(too_long) as server,
        pytest.raises(UserError, match=r"refuses the request .*exceeds the context size"),
    ):
        assistant_for(server.url).answer(QUESTION, passages=PASSAGES)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ((401, "no"), "refuses the key .* set RARE_LLM_KEY to a valid one"),
        ((404, "no"), "There is no model “scripted” at .* RARE_LLM_URL .* RARE_LLM_MODEL"),
        ((500, "no"), r"fails \(status 500\): start or mend it, or remove RARE_LLM_URL"),
        ((200, "<html>welcome</html>"), "does not answer as an OpenAI-compatible endpoint does"),
        ((200, ""), "broke off in the middle"),
        (["Well", "raw:{"], "does not answer as an OpenAI-compatible endpoint does"),
        (["Well", "raw:[1]"], "does not answer as an OpenAI-compatible endpoint does"),
        (["Well"], "broke off in the middle of its answer"),
        ([{"error": {"message": "out of memory"}}], r"reports an error \(out of memory\)"),
        ([1.5], r"does not answer in time \(0 s\)"),
    ],
)
def test_what_goes_wrong_is_one_sentence(assistant_for, script, sentence):
    with serving(script) as server:
        assistant = assistant_for(server.url, llm_model="scripted", llm_seconds=0.4)
        with pytest.raises(UserError, match=sentence) as told:
            assistant.answer(QUESTION, passages=PASSAGES)
    assert "\n" not in str(told.value)


def test_a_server_that_is_not_there_or_tells_no_models(assistant_for):
    with pytest.raises(UserError, match=r"cannot be reached .*remove RARE_LLM_URL"):
        assistant_for("http://127.0.0.1:9/v1").answer(QUESTION, passages=PASSAGES)
    for models, sentence in [
        ([], "names no model"),
        ((404, ""), "does not tell its models .* set RARE_LLM_MODEL"),
        ((200, "hello"), "does not answer as an OpenAI-compatible endpoint does"),
        ((403, ""), "refuses the key"),
    ]:
        with (
            serving(completion(REASONED), models=models) as server,
            pytest.raises(UserError, match=sentence),
        ):
            assistant_for(server.url).answer(QUESTION, passages=PASSAGES)


def test_a_password_in_the_address_is_not_shown(assistant_for):
    with pytest.raises(UserError, match=r"server at http://127.0.0.1:9/v1 cannot"):
        assistant_for("http://me:pw@127.0.0.1:9/v1").answer(QUESTION, passages=PASSAGES)


def test_stop_ends_the_answer_and_hangs_up(assistant_for):
    """The server writes on for ever: after a stop it finds nobody at the other end."""
    stop = threading.Event()
    with serving(["word ", 0.05] * 2000) as server:
        assistant = assistant_for(server.url)
        seen = 0
        for event in assistant.ask(QUESTION, passages=PASSAGES, cancelled=stop.is_set):
            seen += isinstance(event, Writing)
            if seen == 3:
                stop.set()
        assert event.answer.stopped
        assert event.answer.reasoning.startswith("word") or event.answer.answer.startswith("word")
        assert server.hung_up.wait(timeout=20)


def test_stop_does_not_wait_for_a_silent_server(assistant_for):
    with serving([30.0, "late"]) as server:
        begun = time.monotonic()
        answer = assistant_for(server.url).answer(
            QUESTION, passages=PASSAGES, cancelled=lambda: time.monotonic() - begun > 0.5
        )
        assert answer.stopped
        assert time.monotonic() - begun < 15


@pytest.mark.model
@pytest.mark.slow
def test_a_real_model_behind_the_protocol(assistant_for, engine, library, write):
    """The bundled model without its adapter may say anything; all of it must arrive."""
    library.add([write("bees.md")])
    with serving(model_script(engine), models=["smollm2"]) as server:
        events = list(assistant_for(server.url).ask(QUESTION, k=1))
    answer = events[-1].answer
    assert answer.model == "smollm2"
    assert answer.passages[0].document == "bees.md"
    assert len([e for e in events if isinstance(e, Writing)]) > 3
    assert answer.tokens.prompt > 100
    assert answer.tokens.generated > 0
    assert answer.answer
    for claim in answer.claims:
        for one in claim.citations:
            [document] = library.documents()
            page = library.page_text(document.document_id, one.page)
            assert page[one.start : one.end] == one.quote
