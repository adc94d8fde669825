"""Whole documents, and the same things in each of several: gone through one by one."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from rare_app.answer import Assistant, Guide
from rare_app.answer import ask as asking
from rare_app.answer import survey as module
from rare_app.answer import task as tasks
from rare_app.answer.changes import MOST
from rare_app.answer.gather import Gatherer
from rare_app.answer.overview import MOST_DOCUMENTS
from rare_app.answer.plan import MOST_SECTIONS, Plan, Thing
from rare_app.answer.prove import AnswerProver
from rare_app.answer.survey import Survey
from rare_app.answer.task import Scope, Task, find_task
from rare_app.model import GENERIC, Cancelled
from rare_app.present import answer_data, answer_from_data
from rare_app.prompt import REFUSAL
from rare_app.prompt.layout import REFUSAL_THOUGHTS
from rare_app.types import Answer, Citation, Claim, Done, Grid, Surveying

OFFERS = {
    "alpha.md": "# Alpha\n\n## Price\n\nThe pump costs 48,600 euros in all.\n\n## Warranty\n\n"
    "The warranty lasts 24 months from the day of acceptance.\n",
    "brand.md": "# Brand\n\n## Price\n\nThe pump costs 43,950 euros | net.\n\n## Payment\n\n"
    "Payment is due within thirty days of the delivery.\n",
}
PRICE = Thing("Price", "What does the pump cost?")
WARRANTY = Thing("Warranty | guarantee", "How long is the warranty?")


@pytest.fixture
def offers(library, tmp_path):
    for name, text in OFFERS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    library.add([tmp_path / name for name in OFFERS])
    return library


class Asked:
    """Stands in for the model: says the line of a document that has a word, or refuses."""

    def __init__(self, library, *, conclusion=None):
        self.library, self.conclusion, self.calls = library, conclusion, []

    def __call__(self, question, *, documents=(), k=None, given=None, searches=True):
        self.calls.append((question, tuple(documents)))
        if given is not None:
            yield Done(self.conclusion or Answer(False, REFUSAL, passages=tuple(given)))
            return
        word = {"What does the pump cost?": "costs", "How long is the warranty?": "warranty"}
        if question not in word or not documents:
            yield Done(Answer(False, REFUSAL, question=question))
            return
        (document,) = self.library.documents(named=documents)
        for one in self.library.chunks_of(document):
            for line in one.text.split("\n"):
                if word[question] in line:
                    start = one.start + one.text.index(line)
                    place = Citation(0, one.document, one.page, start, start + len(line), line)
                    claims = (Claim(line, True, 0.9, (place,)),)
                    yield Done(
                        Answer(True, line, question=question, claims=claims, passages=(one,))
                    )
                    return
        yield Done(Answer(False, REFUSAL, question=question))


@contextmanager
def lent():
    yield SimpleNamespace(file=SimpleNamespace(name="m"), adapter=None)


def survey(settings, library, ask=None, *, cancelled=lambda: False):
    guide = Guide(embed=library.embedder.embed)
    gatherer = Gatherer(settings, library, guide)
    return Survey(
        gatherer=gatherer,
        prover=AnswerProver(guide=guide, gatherer=gatherer),
        profile=GENERIC,
        use=lent,
        ask_one=ask or Asked(library),
        cancelled=cancelled,
    )


def compared(library, *things, kind="compare"):
    return Task(kind, tuple(library.documents()), things)


def test_a_comparison_is_a_table_whose_cells_rest_on_their_own_documents(settings, offers):
    ask = Asked(offers)
    task = compared(offers, PRICE, WARRANTY)
    events = list(survey(settings, offers, ask).carry_out("Compare the offers.", task))
    answer = events[-1].answer
    names = tuple(one.name for one in task.documents)
    assert answer.grid == Grid(names, ("Price", "Warranty | guarantee"))
    assert [one for one in events if isinstance(one, Surveying)] == [
        Surveying(name, number, 2) for number, name in enumerate(names, start=1)
    ]
    rows = {row.split(" |")[0]: row for row in answer.answer.split("\n")}
    assert rows["| alpha.md"].endswith(
        "| The pump costs 48,600 euros in all. | The warranty lasts 24 months from the day of "
        "acceptance. |"
    )
    assert rows["| brand.md"] == "| brand.md | The pump costs 43,950 euros \\| net. | – |"
    assert "Warranty \\| guarantee" in answer.answer.split("\n")[0]
    assert len(answer.parts) == 4
    at = 0
    for part in answer.parts:
        for claim in answer.claims[at : at + part.claims]:
            name = part.asked.split(" – ")[0]
            assert {answer.passages[one.passage].document for one in claim.citations} == {name}
        at += part.claims
    assert len(ask.calls) == 5  # a cell each, and the conclusion
    assert answer_from_data(answer_data(answer)) == answer


def test_where_most_documents_do_not_speak_of_it_the_question_goes_the_usual_way(settings, offers):
    nowhere = [Thing(name, f"Who is the {name}?") for name in ("mayor", "bishop", "abbot")]
    ask = Asked(offers)
    events = list(survey(settings, offers, ask).carry_out("Who?", compared(offers, *nowhere)))
    assert ask.calls[-1][0] == "Who?"
    assert events[-1].answer.grid is None


def test_a_conclusion_is_told_only_where_it_is_proved(settings, offers):
    passages = tuple(chunk for one in offers.documents() for chunk in offers.chunks_of(one))
    place = Citation(0, passages[0].document, 1, 0, 5, passages[0].text[:5])
    proved = Answer(
        True, "Brand is cheaper.", claims=(Claim("Brand is cheaper.", True, 0.9, (place,)),),
        passages=passages,
    )  # fmt: skip
    weak = (Claim("Brand is cheaper.", False, 0.4, (place,), "weak"),)
    for conclusion, told in (
        (proved, True),
        (Answer(True, "Brand is cheaper.", claims=weak, passages=passages), False),
        (Answer(True, "Brand.", passages=passages), False),
        (Answer(True, "Brand is.", claims=proved.claims, passages=passages, doubtful=True), False),
    ):
        ask = Asked(offers, conclusion=conclusion)
        *_, done = survey(settings, offers, ask).carry_out("Which?", compared(offers, PRICE))
        assert ("Brand is cheaper." in done.answer.answer) is told
        assert len(done.answer.parts) == 2 + told
        assert done.answer.grid.cells == 2


def test_the_same_thing_in_each_is_told_document_by_document(settings, offers):
    ask = Asked(offers)
    task = compared(offers, WARRANTY, kind="each")
    *_, done = survey(settings, offers, ask).carry_out("The warranty in each?", task)
    assert done.answer.grid is None
    told = {one.asked: one.answered for one in done.answer.parts}
    assert told == {"alpha.md": True, "brand.md": False}


@pytest.mark.parametrize(
    "said", ["What does the pump cost?", "None of the passages says this.", REFUSAL_THOUGHTS[2]]
)
def test_a_cell_that_says_nothing_is_blank(settings, offers, said):
    def ask(question, *, documents, **_):
        chunk = offers.chunks_of(offers.documents(named=documents)[0])[0]
        place = Citation(0, chunk.document, 1, chunk.start, chunk.start + 3, chunk.text[:3])
        text = said if chunk.document == "alpha.md" else "It costs 43,950 euros."
        claims = (Claim(text, False, 0.1, (place,), "weak"),)
        yield Done(Answer(True, text, claims=claims, passages=(chunk,), doubtful=True))

    task = compared(offers, PRICE, kind="each")
    *_, done = survey(settings, offers, ask).carry_out("The price in each?", task)
    told = {one.asked: (one.answered, one.doubtful, one.claims) for one in done.answer.parts}
    assert told == {"alpha.md": (False, False, 0), "brand.md": (True, True, 1)}


def test_nothing_found_anywhere_is_one_refusal(settings, offers):
    for one in offers.documents():
        if one.name == "alpha.md":
            offers.remove(one.name)
    *_, done = survey(settings, offers).carry_out("Which?", compared(offers, WARRANTY))
    assert (done.answer.answered, done.answer.answer) == (False, REFUSAL)


@pytest.mark.parametrize("stop_after", [0, 1, 2, 3])
def test_what_was_done_before_a_stop_is_kept(settings, offers, stop_after):
    ask = Asked(offers)
    run = survey(settings, offers, ask, cancelled=lambda: len(ask.calls) >= stop_after)
    *_, done = run.carry_out("Compare.", compared(offers, PRICE, WARRANTY))
    answer = done.answer
    assert answer.stopped
    assert len(ask.calls) == stop_after
    assert len(answer.claims) == min(stop_after, 3)
    assert answer.answered is bool(stop_after)
    if answer.grid:
        assert answer.grid.cells == len(answer.parts)


def test_a_document_is_told_by_the_model_where_the_passages_carry_it(settings, offers, monkeypatch):
    task = Task("summary", tuple(one for one in offers.documents() if one.name == "alpha.md"))
    said = "The pump costs 48,600 euros in all. The warranty lasts 24 months from acceptance."
    for digest, told in ((said, True), ("The pump weighs 9 tons and is blue.", False), ("", False)):
        monkeypatch.setattr(module, "write_digest", lambda *_, digest=digest, **__: digest)
        *_, done = survey(settings, offers).carry_out("What is it about?", task)
        answer = done.answer
        assert (answer.answer == said) is told
        if not told:
            assert answer.answer.startswith("alpha.md, in sentences of its own:")
        assert {one.status for one in answer.claims} == {"supported"}
        assert not answer.doubtful
        assert not answer.parts


def test_a_section_is_told_by_its_own_sentences_alone(settings, offers, monkeypatch):
    monkeypatch.setattr(module, "write_digest", lambda *_, **__: "")
    task = Task("section", tuple(offers.documents()), heading="Price")
    *_, done = survey(settings, offers).carry_out("Summarise the section on price.", task)
    assert "48,600" in done.answer.answer
    assert "warranty" not in done.answer.answer
    assert {one.asked for one in done.answer.parts} == set(OFFERS)


def test_a_stop_while_a_document_is_told_keeps_its_sentences(settings, offers, monkeypatch):
    def stopped(*_, **__):
        raise Cancelled

    monkeypatch.setattr(module, "write_digest", stopped)
    task = Task("summary", tuple(offers.documents())[:1])
    *_, done = survey(settings, offers).carry_out("What is it about?", task)
    assert done.answer.answered
    assert done.answer.stopped


def test_two_versions_stand_side_by_side_where_they_differ(settings, library, tmp_path):
    old = OFFERS["alpha.md"]
    for name, text in (("Rates 2023.md", old), ("Rates 2024.md", old.replace("24 m", "36 m"))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    library.add([tmp_path / "Rates 2023.md", tmp_path / "Rates 2024.md"])
    named = {one.name: one for one in library.documents()}
    pair = (named["Rates 2023.md"], named["Rates 2024.md"])
    ask = Asked(library)
    *_, done = survey(settings, library, ask).carry_out("What changed?", Task("changes", pair))
    answer = done.answer
    assert not ask.calls
    assert answer.grid == Grid(("Warranty",), ("Rates 2023.md", "Rates 2024.md"))
    assert [one.answer for one in answer.parts] == [
        "The warranty lasts 24 months from the day of acceptance.",
        "The warranty lasts 36 months from the day of acceptance.",
    ]
    assert [one.citations[0].document for one in answer.claims] == [one.name for one in pair]
    same = Task("changes", (pair[0], pair[0]))
    *_, done = survey(settings, library, ask).carry_out("What changed?", same)
    assert not done.answer.answered
    assert "says the same" in done.answer.notice


def test_of_many_changes_those_most_like_the_question_are_shown(settings, library, tmp_path):
    words = [f"Room {n} of the {n}th house is painted in colour {n}." for n in range(MOST + 6)]
    words[2] = "The notice period of the lease is three months."
    for name, year in (("Rules 2023.md", "2023"), ("Rules 2024.md", "2024")):
        same = "".join(f"Rule {n} holds for all. " for n in range(40))
        own = " ".join(f"{one[:-1]} since {year}." for one in words)
        (tmp_path / name).write_text(f"# Rules\n\n{same}\n\n{own}\n", encoding="utf-8")
    library.add([tmp_path / "Rules 2023.md", tmp_path / "Rules 2024.md"])
    pair = tuple(sorted(library.documents(), key=lambda one: one.name))
    asked = "How did the notice period of the lease change?"
    *_, done = survey(settings, library, Asked(library)).carry_out(asked, Task("changes", pair))
    assert len(done.answer.parts) == 2 * MOST
    assert "notice period" in done.answer.answer
    assert f"{MOST} of {MOST + 6} changes are shown" in done.answer.notice


# --- from the question to the task ---


def find(settings, library, monkeypatch, kind, *, plan=None, documents=None, section=""):
    monkeypatch.setattr(tasks, "kind_of", lambda *_, **__: kind)
    monkeypatch.setattr(tasks, "write_plan", lambda *_, **__: plan)
    monkeypatch.setattr(tasks, "choose_section", lambda *_, **__: section)
    stored = library.documents() if documents is None else documents
    gatherer = Gatherer(settings, library, Guide(embed=library.embedder.embed))
    scope = Scope(stored, chosen=False, collection=None)
    return find_task("Q?", scope, gatherer=gatherer, loaded=None)


def test_a_task_is_found_or_the_usual_way_is_gone(settings, offers, monkeypatch):
    one = offers.documents()[:1]
    both = Plan("compare", (0, 1), (PRICE,))
    of_one = Plan("each", (1,), (PRICE,))
    assert find(settings, offers, monkeypatch, "fact", plan=both) is None
    assert find(settings, offers, monkeypatch, "compare", plan=None) is None
    assert find(settings, offers, monkeypatch, "compare", plan=both, documents=one) is None
    assert find(settings, offers, monkeypatch, "each", plan=of_one) is None
    assert find(settings, offers, monkeypatch, "summary", documents=[]) is None
    assert find(settings, offers, monkeypatch, "section", documents=one, section="") is None
    made = find(settings, offers, monkeypatch, "compare", plan=both)
    assert (made.kind, len(made.documents), made.things) == ("compare", 2, (PRICE,))
    made = find(settings, offers, monkeypatch, "summary", documents=one)
    assert made == Task("summary", tuple(one))
    made = find(settings, offers, monkeypatch, "section", documents=one, section="Price")
    assert made == Task("section", tuple(one), heading="Price")


def test_of_one_version_the_one_before_is_meant_too(settings, library, tmp_path, monkeypatch):
    for year in (2022, 2023, 2024):
        (tmp_path / f"Policy {year}.md").write_text(f"# Policy\n\nFrom {year} on all is paid.\n")
    library.add([tmp_path / f"Policy {year}.md" for year in (2022, 2023, 2024)])
    names = [one.name for one in library.documents()]
    plan = Plan("changes", (names.index("Policy 2024.md"),), (PRICE,))
    for kind in ("changes", "compare"):
        made = find(settings, library, monkeypatch, kind, plan=plan)
        assert [one.name for one in made.documents] == ["Policy 2023.md", "Policy 2024.md"]


def test_of_very_many_documents_some_are_gone_through_and_it_is_said(settings, offers, monkeypatch):
    one = offers.documents()[0]
    many = [replace(one, document_id=900 + n, name=f"{n}.md") for n in range(300)]
    plan = Plan("summary", tuple(range(24)))
    made = find(settings, offers, monkeypatch, "summary", plan=plan, documents=many)
    assert len(made.documents) == MOST_DOCUMENTS
    assert made.left_out == 300 - MOST_DOCUMENTS
    monkeypatch.setattr(module, "write_digest", lambda *_, **__: "")
    task = Task("summary", (one, one), left_out=298)
    *_, done = survey(settings, offers).carry_out("What are they about?", task)
    assert done.answer.notice == "2 of 300 documents were gone through."


def test_a_document_of_one_line_is_told_or_refused(settings, library, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "write_digest", lambda *_, **__: "")
    (tmp_path / "line.md").write_text("2024 17 18")
    library.add([tmp_path / "line.md"])
    task = Task("summary", tuple(library.documents()))
    *_, done = survey(settings, library).carry_out("What is it about?", task)
    assert done.answer.answer == REFUSAL
    assert not done.answer.answered


@pytest.mark.model
def test_a_model_that_understands_goes_the_way_of_the_plan(settings, offers, engine, monkeypatch):
    profile = replace(engine.profile(), understands=True, style="sentence", rules=frozenset())
    monkeypatch.setattr(engine, "profile", lambda *_, **__: profile)
    found = compared(offers, PRICE)
    monkeypatch.setattr(asking, "find_task", lambda *_, **__: found)
    assistant = Assistant(settings=settings, library=offers, engine=engine)
    events = list(assistant.ask("Compare the offers."))
    assert [one.document for one in events if isinstance(one, Surveying)] == [
        one.name for one in found.documents
    ]
    answer = events[-1].answer
    assert answer.question == "Compare the offers."
    for part in answer.parts[:2]:
        assert part.question == PRICE.question
    # A closed question, or one over given passages, has no plan.
    assert not any(
        isinstance(one, Surveying)
        for one in assistant.ask("Compare the offers.", choices=["alpha", "brand"])
    )


def test_of_many_headings_those_are_listed_that_the_question_names(settings, offers, monkeypatch):
    heads = [f"{n}. Part {n}" for n in range(1, 99)] + ["Daten und Methoden", "第三章 交货"]
    listed = []
    monkeypatch.setattr(tasks, "headings", lambda _: heads)
    one = tuple(offers.documents()[:1])
    for question, wanted in (
        ("Summarise section 77.", "77. Part 77"),
        ("Worum geht es im Methodenteil?", "Daten und Methoden"),
        ("总结第三章。", "第三章 交货"),
    ):
        monkeypatch.setattr(tasks, "kind_of", lambda *_, **__: "section")
        monkeypatch.setattr(
            tasks, "choose_section", lambda _, known, w=wanted, **__: listed.append(known) or w
        )
        gatherer = Gatherer(settings, offers, Guide(embed=offers.embedder.embed))
        scope = Scope(one, chosen=False, collection=None)
        assert find_task(question, scope, gatherer=gatherer, loaded=None).heading == wanted
        assert wanted in listed[-1]
        assert len(listed[-1]) <= MOST_SECTIONS
