"""Data sets with known evidence as retrieval tasks: which passages are to be found.

Only what validates is asked about (:mod:`rare_app.lab.tuning.readers`): the reader and the adapter
have learned from the rest.
"""

import ast
import csv
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rare_app.documents import Chunk, Document, Page, split_document
from rare_app.errors import UserError
from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.readers import clapnq, covid_qa, multihop, qed, squad, tatqa
from rare_app.lab.tuning.text import fraction
from rare_app.settings import Settings

CountTokens = Callable[[Sequence[str]], list[int]]
"""The embedder's own counting of tokens."""

SpanQuestion = tuple[str, str, int, Sequence[tuple[int, int]]]
"""Identifier, question, index of the text that it is about, spans of the evidence in characters."""

QUESTIONS = 250
"""Most questions of a set."""
TABLES = 40
"""Reports of TAT-QA that are searched together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalPassage:
    """A passage that can be found.

    Attributes
    ----------
    text : str
        Its words.
    document, title, section : str
        As a library holds them.
    """

    text: str
    document: str
    title: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalQuestion:
    """A question and the passages (by index) that should be found for it."""

    identifier: str
    text: str
    relevant: frozenset[int]

    @property
    def fits(self) -> bool:
        """Whether weights may be chosen on this question; on the others they are reported."""
        return fraction(f"fit:{self.text}") < 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSet:
    """Passages that are searched together, and the questions asked of them."""

    name: str
    passages: tuple[RetrievalPassage, ...]
    questions: tuple[RetrievalQuestion, ...]


def from_items(name: str, items: Iterable[Item], *, most: int = QUESTIONS) -> RetrievalSet:
    """Pool the passages of a set's items; relevant are an item's gold passages.

    Items without gold passages (unanswerable questions) give distractors alone. All passages stand
    in one document without a telling name: a paragraph of an encyclopaedia has none.

    Parameters
    ----------
    most : int
        Questions that are kept; which ones depends on their text alone.
    """
    places: dict[str, int] = {}
    questions = []
    for item in items:
        own = [places.setdefault(one.text.strip(), len(places)) for one in item.passages]
        if item.gold:
            relevant = frozenset(own[at] for at in item.gold)
            questions.append(
                RetrievalQuestion(identifier=item.identifier, text=item.question, relevant=relevant)
            )
    passages = tuple(RetrievalPassage(text=text, document="passages.txt") for text in places)
    return RetrievalSet(name=name, passages=passages, questions=_pick(questions, most))


def from_spans(
    name: str,
    texts: Sequence[tuple[str, str]],
    questions: Iterable[SpanQuestion],
    *,
    count_tokens: CountTokens,
    settings: Settings,
    most: int = QUESTIONS,
) -> RetrievalSet:
    """Cut long texts as the app does; relevant is what overlaps a question's spans of evidence.

    Parameters
    ----------
    texts : sequence of (name, text)
        The documents; a name that ends in ``.md`` marks headings.
    questions : iterable of (identifier, question, index of the text, spans)
        Spans are half-open, in characters.
    count_tokens : callable
        The embedder's.
    settings : Settings
        ``chunk_tokens`` and ``chunk_overlap_tokens`` are used.
    """
    cut = [
        (document_name, at, chunk)
        for at, (document_name, text) in enumerate(texts)
        for chunk in cut_text(document_name, text, count_tokens=count_tokens, settings=settings)
    ]
    passages = [
        RetrievalPassage(text=chunk.text, document=document_name, section=chunk.section)
        for document_name, _, chunk in cut
    ]
    found = []
    for identifier, question, at, spans in questions:
        relevant = frozenset(
            index
            for index, (_, held, chunk) in enumerate(cut)
            if held == at and any(chunk.start < high and low < chunk.end for low, high in spans)
        )
        if relevant:
            found.append(RetrievalQuestion(identifier=identifier, text=question, relevant=relevant))
    return RetrievalSet(name=name, passages=tuple(passages), questions=_pick(found, most))


def cut_text(name: str, text: str, *, count_tokens: CountTokens, settings: Settings) -> list[Chunk]:
    """Cut a text as the app does; a name that ends in ``.md`` marks headings."""
    document = Document(
        name=name,
        content_hash="",
        media_type="text/markdown" if name.endswith(".md") else "text/plain",
        title="",
        page_kind="part",
        pages=(Page(1, text),),
    )
    return split_document(document, count_tokens=count_tokens, settings=settings)


def read_covid(folder: Path, *, count_tokens: CountTokens, settings: Settings) -> RetrievalSet:
    """Read the held-out papers of COVID-QA; relevant are the chunks that hold the answer."""
    papers = [one for one in covid_qa.read_papers(folder) if one.split == "validation"]
    texts = [(f"paper-{number:02}.txt", paper.text) for number, paper in enumerate(papers, 1)]
    questions = [
        (one.identifier, one.question, at, [one.span])
        for at, paper in enumerate(papers)
        for one in paper.questions
    ]
    return from_spans("covid_qa", texts, questions, count_tokens=count_tokens, settings=settings)


def read_chunking(folder: Path, *, count_tokens: CountTokens, settings: Settings) -> RetrievalSet:
    """Cut the corpora of the chunking evaluation; relevant is what overlaps the reference spans."""
    texts, questions = read_chunking_corpora(folder)
    return from_spans(
        "chunking_eval", texts, questions, count_tokens=count_tokens, settings=settings
    )


def read_chunking_corpora(
    folder: Path, *, corpora: Sequence[str] = ()
) -> tuple[list[tuple[str, str]], list[SpanQuestion]]:
    """Read the five corpora of the chunking evaluation, and its questions with their spans.

    Parameters
    ----------
    corpora : sequence of str
        Names of those that are read; all by default.

    Raises
    ------
    UserError
        A question names a corpus that is not there, or there is none of the names.
    """
    paths = sorted((folder / "corpora").glob("*.md"))
    names = [path.stem for path in paths]
    if unknown := set(corpora) - set(names):
        raise UserError(f"There is no corpus “{min(unknown)}”; known are {', '.join(names)}.")
    chosen = [name for name in names if not corpora or name in corpora]
    place = {name: at for at, name in enumerate(chosen)}
    # Spans count characters of the file as it is: line ends are not to be translated.
    texts = [
        (f"corpus-{at}.txt", path.read_bytes().decode())
        for at, path in enumerate(paths, 1)
        if path.stem in place
    ]
    questions: list[SpanQuestion] = []
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if row["corpus_id"] not in names:
                raise UserError(f"The corpus “{row['corpus_id']}” is missing in {folder}.")
            if row["corpus_id"] not in place:
                continue
            spans = [(int(one["start_index"]), int(one["end_index"])) for one in _references(row)]
            questions.append(
                (f"chunking-{number}", row["question"], place[row["corpus_id"]], spans)
            )
    return texts, questions


def _references(row: dict[str, str]) -> list[dict[str, int]]:
    try:
        found = json.loads(row["references"])
    except json.JSONDecodeError:  # some rows are written as Python writes them
        found = ast.literal_eval(row["references"])
    return list(found)


def _validating(items: Iterable[Item]) -> Iterator[Item]:
    return (item for item in items if item.split == "validation")


def _read_tatqa(folder: Path) -> RetrievalSet:
    """Read some reports: a question does not say which company it is about."""
    items = list(_validating(tatqa.read(folder)))
    documents = sorted({item.passages[0].document for item in items}, key=fraction)[:TABLES]
    chosen = [item for item in items if item.passages[0].document in documents]
    return from_items("tatqa", chosen)


PLAIN: dict[str, tuple[str, Callable[[Path], RetrievalSet]]] = {
    "qed": ("qed", lambda folder: from_items("qed", _validating(qed.read(folder)))),
    "squad": (
        "squad2_half_dev",
        lambda folder: from_items("squad", _validating(squad.read(folder))),
    ),
    "clapnq": ("clapnq", lambda folder: from_items("clapnq", clapnq.read(folder))),
    "tatqa": ("tatqa", _read_tatqa),
    "multihop": (
        "multihop",
        lambda folder: from_items("multihop", _validating(multihop.read(folder))),
    ),
}
"""Sets of finished passages, by name: the folder, and what reads it."""
CUT: dict[str, tuple[str, Callable[..., RetrievalSet]]] = {
    "covid_qa": ("covid_qa", read_covid),
    "chunking_eval": ("chunking_eval", read_chunking),
}
"""Sets of long texts that the app's splitter cuts."""
NAMES = (*CUT, *PLAIN)


def read_retrieval_sets(
    folder: Path,
    *,
    names: Sequence[str] = (),
    count_tokens: CountTokens,
    settings: Settings,
    most: int = QUESTIONS,
) -> list[RetrievalSet]:
    """Read sets by name, all whose folders are there by default.

    Raises
    ------
    UserError
        A set is unknown or its folder is missing.
    """
    folders = {name: folder / sub for name, (sub, _) in itertools.chain(CUT.items(), PLAIN.items())}
    chosen = list(names) or [name for name in NAMES if folders[name].is_dir()]
    found = []
    for name in chosen:
        if name not in folders:
            raise UserError(f"There is no retrieval set “{name}”; known are {', '.join(NAMES)}.")
        if not folders[name].is_dir():
            raise UserError(f"The folder {folders[name]} is missing; “{name}” is read from it.")
        one = (
            CUT[name][1](folders[name], count_tokens=count_tokens, settings=settings)
            if name in CUT
            else PLAIN[name][1](folders[name])
        )
        found.append(replace(one, questions=_pick(one.questions, most)))
    return found


def _pick(questions: Sequence[RetrievalQuestion], most: int) -> tuple[RetrievalQuestion, ...]:
    """Keep some questions, the same on every machine; a question asked twice is kept once."""
    unique = {one.text: one for one in reversed(questions)}
    return tuple(sorted(unique.values(), key=lambda one: fraction(one.text))[:most])
