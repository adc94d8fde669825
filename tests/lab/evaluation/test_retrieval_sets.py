import json

import pytest

from rare_app.errors import UserError
from rare_app.lab.evaluation.retrieval_library import KnownVectors, from_library, open_set
from rare_app.lab.evaluation.retrieval_sets import from_items, from_spans, read_retrieval_sets
from rare_app.lab.tuning.items import Item, Passage
from rare_app.settings import Settings


def item(question, texts, gold=(0,)):
    return Item(
        identifier=question,
        data_set="x",
        split="validation",
        kind="span",
        question=question,
        passages=tuple(Passage(text=text) for text in texts),
        gold=gold,
        answer="y" if gold else "",
    )


def count_words(texts):
    return [len(text.split()) for text in texts]


def test_items_share_their_passages_and_unanswerable_ones_distract():
    one = from_items(
        "x",
        [
            item("Who?", ["Bees.", "Ants."], gold=(1,)),
            item("What?", ["Ants.", "Wasps."], gold=(0, 1)),
            item("Why?", ["Flies."], gold=()),
            item("Who?", ["Moths."]),
        ],
    )
    assert [passage.text for passage in one.passages] == [
        "Bees.",
        "Ants.",
        "Wasps.",
        "Flies.",
        "Moths.",
    ]
    assert {q.text: q.relevant for q in one.questions} == {"Who?": {1}, "What?": {1, 2}}


def test_the_questions_that_are_kept_do_not_depend_on_their_order():
    items = [item(f"Question {n}?", [f"Text {n}."]) for n in range(40)]
    kept = from_items("x", items, most=7).questions
    again = from_items("x", items[::-1], most=7).questions
    assert [q.text for q in kept] == [q.text for q in again]
    assert len(kept) == 7
    both = from_items("x", items).questions
    assert 8 < sum(q.fits for q in both) < 32


def test_chunks_that_overlap_the_evidence_are_relevant(tmp_path):
    text = " ".join(f"Sentence number {n} speaks of topic{n}." for n in range(60))
    at = text.index("topic30")
    one = from_spans(
        "x",
        [("a.txt", "Nothing here."), ("b.txt", text)],
        [("1", "Where is 30?", 1, [(at, at + 7)]), ("2", "Nowhere?", 1, [])],
        count_tokens=count_words,
        settings=Settings(home=tmp_path, chunk_tokens=40, chunk_overlap_tokens=8),
    )
    [question] = one.questions
    assert len(one.passages) > 8
    for number, passage in enumerate(one.passages):
        assert ("topic30" in passage.text) == (number in question.relevant)


def test_sets_are_read_by_name(tmp_path):
    settings = Settings(home=tmp_path / "home")
    folder = tmp_path / "covid_qa"
    folder.mkdir()
    papers = [
        {
            "paragraphs": [
                {
                    "context": f"Paper {n}\n\nThe virus{n} was found in bats.",
                    "qas": [
                        {
                            "id": n,
                            "question": f"Where was virus {n} found?",
                            "answers": [{"text": "bats", "answer_start": 32 + (n > 9) * 2}],
                        }
                    ],
                }
            ]
        }
        for n in range(10)
    ]
    (folder / "200423_covidQA.json").write_text(json.dumps({"data": papers}))
    [one] = read_retrieval_sets(tmp_path, count_tokens=count_words, settings=settings)
    assert one.name == "covid_qa"
    assert len(one.questions) == 3  # the share of papers that only validates
    for question in one.questions:
        [at] = question.relevant
        assert f"virus{question.text.split()[3]} " in one.passages[at].text
    with pytest.raises(UserError, match="no retrieval set “x”"):
        read_retrieval_sets(tmp_path, names=["x"], count_tokens=count_words, settings=settings)
    with pytest.raises(UserError, match=r"qed is missing"):
        read_retrieval_sets(tmp_path, names=["qed"], count_tokens=count_words, settings=settings)


def test_a_set_is_searched_as_the_app_searches(tmp_path, embedder, library, write):
    library.add([write("bees.md"), write("moths.md", "Moths fly at night: 709 of them.")])
    one = from_library(library, [("Which fly at night?", {"moths.md"}, ["709"])], name="two")
    [question] = one.questions
    with open_set(one, folder=tmp_path, vectors=tmp_path / "vectors", embedder=embedder) as opened:
        vector = opened.embedder.embed([question.text])[0]
        ranked = [i for i, _ in opened.nearest(opened.collection_id, vector, 9)]
        assert opened.places(ranked)[:1] == sorted(question.relevant)
        assert len(ranked) == len(one.passages)
        found = opened.catalogue.search_words(["moths"], collection_id=opened.collection_id, k=9)
        assert opened.places(i for i, _ in found) == sorted(question.relevant)


def test_vectors_are_kept_from_one_run_to_the_next(tmp_path, embedder, monkeypatch):
    first = KnownVectors(embedder=embedder, folder=tmp_path, texts=["Bees.", "Ants."])
    monkeypatch.setattr(embedder, "embed", None)
    again = KnownVectors(embedder=embedder, folder=tmp_path, texts=["Ants."])
    assert (again.embed(["Ants."]) == first.embed(["Ants."])).all()
