"""The one shape that every data set is read into."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["span", "boolean", "decision", "multihop", "proof", "number"]
"""What a question asks for: words of a passage, yes/no, yes/no/maybe, several hops, a proof, a
number."""

Split = Literal["train", "validation"]

Form = Literal["steps", "sentence"]
"""What is learned from: reasoning with quotes and an answer, or an answer in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a document.

    Attributes
    ----------
    text : str
        The passage's own words.
    title : str
        Title of the document, may be empty.
    document : str
        What the passage is cut from; data are split by it.
    """

    text: str
    title: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Words of a passage that the answer rests on.

    Attributes
    ----------
    passage : int
        Index into :attr:`Item.passages`.
    text : str
        Verbatim words of that passage.
    then : str
        What the data say follows from them (a sentence), may be empty.
    """

    passage: int
    text: str
    then: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question with what the data hold on it.

    Attributes
    ----------
    identifier : str
        Unique within the data set.
    data_set : str
        Name of the reader.
    split : {"train", "validation"}
        What the item may be used for.
    kind : Kind
        What is asked for.
    question : str
        The question.
    passages : tuple of Passage
        Gold passages and others of the same source (distractors).
    gold : tuple of int
        Indices of the passages that the answer needs; empty when it is not there.
    answer : str
        The answer to be given; empty when the passages do not answer.
    answers : tuple of str
        All answers that count as right.
    choices : tuple of str
        The closed set that the answer is from, or empty.
    evidence : tuple of Evidence
        In the order of the reasoning.
    names_evidence : bool
        Whether the data themselves name the evidence; else it is the sentence that seems likeliest.
    """

    identifier: str
    data_set: str
    split: Split
    kind: Kind
    question: str
    passages: tuple[Passage, ...]
    gold: tuple[int, ...]
    answer: str
    answers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    names_evidence: bool = True

    @property
    def answerable(self) -> bool:
        """Whether the item's own passages answer the question."""
        return bool(self.answer)

    @property
    def documents(self) -> frozenset[str]:
        """Documents of the gold passages (of all passages when there is none)."""
        chosen = self.gold or range(len(self.passages))
        return frozenset(self.passages[index].document for index in chosen)
