"""The shapes of an answer: claims with their citations, and what happens on the way to it."""

from dataclasses import dataclass, field
from typing import Literal

from rare_app.library import Passage
from rare_app.model import Reading

Status = Literal["supported", "weak", "contradicted", "unsupported"]
"""What became of a claim's check."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a passage that a claim rests on.

    Attributes
    ----------
    passage : int
        0-based position among the answer's passages.
    document : str
        Name of the document.
    page : int
        1-based page number.
    start, end : int
        Half-open character span of the quote in the page's text.
    quote : str
        The words themselves, as they stand on the page.
    """

    passage: int
    document: str
    page: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that the answer says, and where the documents say it.

    Attributes
    ----------
    text : str
        The claim.
    supported : bool
        Whether the cited words carry it; so may be a claim that another passage contradicts.
    score : float
        Probability that the passages say it, in [0, 1] (docs/proof.md).
    citations : tuple of Citation
        The words it rests on; of a weak claim those that come closest.
    status : {"supported", "weak", "contradicted", "unsupported"}
        ``contradicted`` where another passage says otherwise.
    contradicted_by : tuple of Citation
        The words that say otherwise. Those of older versions come last; where there are no others
        the claim is not ``contradicted``.
    """

    text: str
    supported: bool
    score: float
    citations: tuple[Citation, ...] = ()
    status: Status = ""  # type: ignore[assignment]  # set below where it is left out
    contradicted_by: tuple[Citation, ...] = ()

    def __post_init__(self) -> None:
        if not self.status:
            status: Status = "supported" if self.supported else "unsupported"
            object.__setattr__(self, "status", status)


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds since the question was asked; ``first_token_s`` is ``None`` without a model call."""

    retrieve_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Tokens of the prompt, of those from memory, and of the completion."""

    prompt: int = 0
    prompt_from_memory: int = 0
    generated: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Quote or refuse, as the rule decided at the completion's first token.

    Attributes
    ----------
    quotes : bool
        Whether it was to quote.
    log_odds : float
        Of quoting against refusing, as the model saw them, in nats.
    reader_log_odds : float or None
        Of some sentence answering against none, as the reader saw them, in nats; ``None`` without
        a reader.
    expected : float or None
        Recall of the likeliest answer, as the reader expects it, in [0, 1]; ``None`` without a
        reader, and where no words of the passages are asked for.
    """

    quotes: bool
    log_odds: float
    reader_log_odds: float | None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class SubAnswer:
    """The answer to one of several things that a question asks for.

    Attributes
    ----------
    asked : str
        The sub-question in the user's own words; it stands above its answer.
    question : str
        As it was searched and answered.
    answer : str
        The refusal sentence where the documents do not answer it.
    doubtful : bool
        Whether the user should be told that it is not likely to be right.
    withheld : bool
        Whether its answer could not stand, and is not shown therefore.
    claims : int
        How many of the whole answer's claims are its own; they stand in order.
    """

    asked: str
    question: str
    answer: str
    answered: bool
    doubtful: bool
    claims: int
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells are answers: the first rows times columns of an answer's parts, in order.

    Attributes
    ----------
    rows, columns : tuple of str
        What stands at the side of each row and above each column.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def cells(self) -> int:
        """How many parts it lays out."""
        return len(self.rows) * len(self.columns)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the reasoning that code carried out.

    Attributes
    ----------
    kind : {"calculation", "search"}
    text : str
        What the model asked for: an expression, or the words to search for.
    result : str
        What came of a calculation; empty where it could not be carried out, and for a search.
    trouble : str
        Why nothing came of it, in a clause; empty where all is well.
    quotes : tuple of int
        Positions, among the answer's quotes, of those that a calculation's numbers stand in.
    passages : tuple of int
        Positions, among the answer's passages, of those that a search brought.
    """

    kind: Literal["calculation", "search"]
    text: str
    result: str = ""
    trouble: str = ""
    quotes: tuple[int, ...] = ()
    passages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything that it rests on.

    Attributes
    ----------
    answered : bool
        False when the documents do not answer; ``answer`` is then the refusal sentence.
    question : str
        The question as it was searched and answered: of a chat, as it stands by itself.
    reasoning : str
        The steps, quotes in ``<quote>`` tags.
    quotes : tuple of Citation
        Quotes of the reasoning that were found in the passages.
    invented_quotes : tuple of str
        Quotes of the reasoning that stand in no passage.
    passages : tuple of Passage
        The passages that the model was given, in their order.
    decision : Decision or None
        What the rule between quoting and refusing went by; ``None`` where the model decided.
    stopped : bool
        Whether the user stopped it half-way.
    notice : str
        A sentence that the user is to see once, with this answer.
    withheld : str
        The answer that the refusal stands for, because no passage carries it, or because its words
        are hardly what was asked for.
    expected : float or None
        Expected recall of the answer's words, as the reader sees them, in [0, 1]
        (:func:`rare_app.reader.expected_recall`): how likely they are what was asked for;
        ``None`` where nobody can tell.
    confidence : float or None
        How likely the answer is right, in (0, 1) (:func:`rare_app.proof.confidence`); ``None``
        where nobody can tell.
    signs : dict of str to float
        What that was worked out from, by name, in nats (:func:`rare_app.proof.signs_of`).
    doubtful : bool
        Whether that is little, so that the user should be told.
    remarks : tuple of str
        What exactly is doubtful, a sentence each; may be empty where it cannot be told.
    choice : str
        Of the options that were given the one that is said; empty where none is.
    steps : tuple of Step
        What code carried out while the model was reasoning, in order.
    parts : tuple of SubAnswer
        Where several things are asked for, the answer to each: `answer` holds them one below the
        other, and is doubtful where one of them is.
    grid : Grid or None
        Lays the first of the parts out as a table, which `answer` holds in Markdown.
    """

    answered: bool
    answer: str
    question: str = ""
    reasoning: str = ""
    claims: tuple[Claim, ...] = ()
    quotes: tuple[Citation, ...] = ()
    invented_quotes: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    model: str = ""
    adapter: str | None = None
    timings: Timings = field(default_factory=Timings)
    tokens: TokenCounts = field(default_factory=TokenCounts)
    decision: Decision | None = None
    stopped: bool = False
    notice: str = ""
    withheld: str = ""
    expected: float | None = None
    confidence: float | None = None
    signs: dict[str, float] = field(default_factory=dict)
    doubtful: bool = False
    remarks: tuple[str, ...] = ()
    choice: str = ""
    steps: tuple[Step, ...] = ()
    parts: tuple[SubAnswer, ...] = ()
    grid: Grid | None = None

    @property
    def said(self) -> str:
        """What is answered, without the sub-questions that stand above it; empty for a refusal."""
        told = [one.answer for one in self.parts if one.answered] if self.parts else [self.answer]
        return "\n".join(told) if self.answered else ""


@dataclass(frozen=True, slots=True)
class Understood:
    """Event: a follow-up question was written as one that stands by itself."""

    question: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the passages were found."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Event: the reader has judged the passages that were found.

    Attributes
    ----------
    best : tuple of Citation
        Of each passage that may answer its best sentence, likeliest first.
    """

    best: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Event: another question is being answered first."""


@dataclass(frozen=True, slots=True)
class Searching:
    """Event: more passages are looked for in the middle of the reasoning.

    Attributes
    ----------
    words : str
        What they are searched for with.
    """

    words: str


@dataclass(frozen=True, slots=True)
class Surveying:
    """Event: one of several documents is gone through.

    Attributes
    ----------
    document : str
        Its name.
    number, of : int
        Which one it is, from 1, and of how many.
    """

    document: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Writing:
    """Event: the text so far, reasoning and answer apart."""

    reasoning: str
    answer: str


@dataclass(frozen=True, slots=True)
class Done:
    """Event: the answer is whole."""

    answer: Answer


Event = Understood | Surveying | Retrieved | Judged | Waiting | Reading | Searching | Writing | Done
