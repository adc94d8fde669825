"""The quotes of one answer: what may be quoted, what the guide says of it, and where it stood."""

import functools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rare_app.answer.asked_whether import asks_whether
from rare_app.answer.gate import Gate, answer_log_odds, quote_log_odds
from rare_app.answer.guide import Guide, Judgement
from rare_app.answer.wanted import Wanted
from rare_app.library import Passage
from rare_app.model import (
    LanguageModel,
    Profile,
    QuotedSpan,
    QuoteFilter,
    QuoteStart,
    Span,
    SpanGuide,
    TokenFilter,
)
from rare_app.prompt import ANSWER_CLOSE, ANSWER_OPEN, QUOTE_CLOSE, QUOTE_OPEN, as_read, quotes_of
from rare_app.proof import cite, find_quote
from rare_app.reader import (
    HEADING_NATS,
    LikelyAnswer,
    clause_starts,
    find_marks,
    likely_answers,
    mark_headings,
    overlap_scores,
    paragraph_end,
    sentences_of,
    share_by_agreement,
)
from rare_app.settings import Settings
from rare_app.skills import (
    NOTHING_KNOWN,
    AskedList,
    Surroundings,
    head_lines,
    names_a_cell,
    overlaps,
    tables_of,
)
from rare_app.types import Citation, Decision

RETRIEVAL_NATS = 8.0
"""Nats that a passage's retrieval score, against the best one's, is worth in the guide: the same
proportion in which the reader ranks passages again (docs/retrieval.md)."""
GUIDE_WEIGHT = 4.0
"""What the guide's nats are multiplied by where a quote opens; 1 takes them as they are."""
ANSWER_WEIGHT = 6.0
"""What the reader's say in the answer's words is multiplied by."""
FEWEST_WORDS = 8
"""Words of the shortest quote that does not end with its sentence or line."""
OTHER_SHARE = 0.05
"""Share of the answer's guide that is left to words which are none of the reader's spans."""
LEAST_EXPECTED = 0.3
"""Recall that the reader must expect of its likeliest answer, so that a model is told of it."""
ROW_SHARE = 0.6
"""Share of what the guide says of a table's rows that counts where one is chosen."""
BEHIND_NATS = 5.0
"""Nats that a clause behind its sentence's likeliest answer loses as a place to begin a quote."""


class Quoting:
    """Constrains, guides and keeps track of the quotes from some passages.

    Parameters
    ----------
    question : str
        What the sentences are compared with.
    passages : sequence of Passage
        The passages that are in the model's context.
    profile : Profile
        Of the model that quotes.
    around : Surroundings
        What else is known of them.

    Attributes
    ----------
    texts : list of str
        The passages' words as the model reads them.
    sentences : list of Sentence
        What they consist of.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        question: str,
        passages: Sequence[Passage],
        guide: Guide,
        profile: Profile,
        around: Surroundings = NOTHING_KNOWN,
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._question = question
        self._guide = guide
        self._passages = passages
        self._around = around
        self._guided = settings.quoting == "guided" and guide.knows(question)
        self.texts = [as_read(passage.text) for passage in passages]
        self.sentences = sentences_of(self.texts)

    def filter(self, model: LanguageModel) -> QuoteFilter | None:
        """Make what has a say in the reasoning's tokens; ``None`` where quotes are free."""
        if self._settings.quoting == "free":
            return None
        starts = []
        heads = [head_lines(text) for text in self.texts]
        marks = [{mark.at: mark.words for mark in find_marks(text)} for text in self.texts]
        for index, one in enumerate(self.sentences):
            text = self.texts[one.passage]
            if one.start in heads[one.passage]:
                continue
            end = paragraph_end(text, one.start)
            begin = min(marks[one.passage].get(one.start, one.start), one.end - 1)
            for at in clause_starts(text, (begin, one.end)):
                starts.append((index, QuoteStart(text=one.passage, at=at, end=end)))
        return QuoteFilter(
            pieces=model.pieces,
            texts=self.texts,
            starts=[start for _, start in starts],
            tags=(QUOTE_OPEN, QUOTE_CLOSE),
            scores=lambda: [self._score(index, start) for index, start in starts],
            reaches=lambda: [self._reach(index, start) for index, start in starts],
            weight=GUIDE_WEIGHT if self._settings.quoting == "guided" else 0.0,
            fewest_words=FEWEST_WORDS,
        )

    def _score(self, sentence: int, start: QuoteStart) -> float:
        """Say how well a quote would begin here, in nats; worse behind what it is for."""
        if not self._guided:
            return float(self._overlap[sentence])
        place = self._wanted.place(sentence) if self._wanted else None
        behind = place is not None and start.at > place[0]
        return float(self.scores[sentence]) - BEHIND_NATS * behind

    @functools.cached_property
    def scores(self) -> NDArray[np.float32]:
        """What is said of the sentences as quotes, in nats.

        The guide chooses the table, and says little of its rows: a reader of sentences sees a name
        and figures in a row, and no heads. The model reads them better.
        """
        scores = self._wanted.scores if self._wanted else self._guidance.scores
        if self._profile.style != "sentence":
            return scores
        levelled = scores.copy()
        for rows in self._tables:
            best = scores[rows].max()
            levelled[rows] = best - ROW_SHARE * (best - scores[rows])
        return levelled

    @property
    def rests_on_row(self) -> bool:
        """Whether a row of a table is the likeliest evidence."""
        best = int(self.scores.argmax()) if self.sentences else -1
        return any(best in rows for rows in self._tables)

    @property
    def best_passage(self) -> int:
        """The passage with the likeliest evidence."""
        return self.sentences[int(self.scores.argmax())].passage if self.sentences else 0

    @functools.cached_property
    def _tables(self) -> list[list[int]]:
        """The sentences that are rows of a table, table by table."""
        heads = [one.head for one in self._passages]
        return [list(rows) for _, rows in tables_of(self.texts, heads, self.sentences) if rows]

    def _reach(self, sentence: int, start: QuoteStart) -> int:
        """Give the character up to which a quote must go, so that it holds what it is for."""
        place = self._wanted.place(sentence) if self._guided and self._wanted else None
        return place[1] if place and start.at <= place[0] else 0

    def answer_filter(
        self, model: LanguageModel, quoted: Sequence[QuotedSpan]
    ) -> TokenFilter | None:
        """Make what has a say in the answer's words; ``None`` where they are the model's own.

        Parameters
        ----------
        quoted : sequence of QuotedSpan
            What the reasoning quoted: the answer's words are looked for there.
        """
        able = self._guided and self._profile.style == "span"
        if not (able and quoted and self._guidance.words):
            return None
        spans = [
            Span(self.texts[passage][start:end], share)
            for passage, start, end, share in self._likely_in(quoted)
        ]
        return SpanGuide(
            pieces=model.pieces,
            spans=spans,
            tokenise=model.tokenise,
            tags=(ANSWER_OPEN, ANSWER_CLOSE),
            other=OTHER_SHARE,
            weight=ANSWER_WEIGHT,
        )

    def _likely_in(self, quoted: Sequence[QuotedSpan]) -> list[LikelyAnswer]:
        """List the likely answers in the quotes; where words are asked for they share all."""
        if self._wanted:
            return self._wanted.held(quoted)
        likely = likely_answers(
            self._guidance.words,
            texts=self.texts,
            within=[(one.text, one.start, one.end) for one in quoted],
        )
        return share_by_agreement(likely, texts=self.texts)

    def likeliest(self, quoted: Sequence[QuotedSpan]) -> str:
        """Give the likeliest answer in the quotes; empty where no words of them are asked for."""
        held = self._wanted.held(quoted) if self._wanted and self._guided and quoted else []
        return next((self.texts[passage][start:end] for passage, start, end, _ in held), "")

    def likely_words(self, least: float = LEAST_EXPECTED) -> str:
        """Give the reader's likeliest answer; empty where it expects a lower recall than `least`.

        Of a verdict, a list, a row of a table or in another language it expects none.
        """
        wanted = self._wanted if self._guided else None
        if wanted is None or not wanted.answers or (wanted.expected or 0.0) < least:
            return ""
        passage, start, end, _ = wanted.answers[0]
        return " ".join(self.texts[passage][start:end].split())

    def list_of(self, quoted: Sequence[QuotedSpan]) -> AskedList | None:
        """Give the list that is asked for where the first quote is of it.

        Asked for all of a list, the bundled model answers with an item or two.
        """
        if not self._guided or not quoted:
            return None
        first = (quoted[0].text, quoted[0].start, quoted[0].end)
        return next(
            (
                one
                for one in self._guidance.lists
                if any(overlaps(first, place) for place in (one.places if one.asked else one.lead))
            ),
            None,
        )

    @property
    def decides_alone(self) -> bool:
        """Whether the reader decides if a question is answered, before the model has read it."""
        numbers = self._profile.gate
        if not (self._guided and self.sentences) or numbers is None or numbers.model != 0.0:
            return False
        return self._guidance.answers_log_odds is not None

    def decide(self, model: LanguageModel) -> Decision | None:
        """Decide whether the completion answers or refuses.

        At its first token, unless the reader decides alone.

        Returns
        -------
        Decision or None
            ``None`` where the decision is left to the model.
        """
        numbers = self._profile.gate
        if numbers is None or self._settings.gate == "off":
            return None
        if self._settings.quoting != "guided" or not self.sentences:
            return None
        odds = quote_log_odds if self._profile.style == "span" else answer_log_odds
        signs = Decision(
            quotes=False,
            log_odds=0.0 if self.decides_alone else odds(model, model.logits()),
            reader_log_odds=self._guidance.answers_log_odds if self._guided else None,
            expected=self._wanted.expected if self._guided and self._wanted else None,
        )
        gate = Gate(numbers, nats=self._settings.gate_nats)
        # A sentence style can still refuse after it has read the row; a span is taken as it is.
        cell = self._profile.style == "sentence" and names_a_cell(self._question, self._passages)
        return replace(signs, quotes=gate.quotes(signs) or cell)

    @functools.cached_property
    def _wanted(self) -> Wanted | None:
        """Where words of the passages are asked for, and no verdict, list or row of a table.

        Of rows the reader, which sees no heads, expects no words.
        """
        said = self._guidance
        if not said.words or said.lists or asks_whether(self._question):
            return None
        if any(int(said.scores.argmax()) in rows for rows in self._tables):
            return None
        return Wanted(said, self.texts, nats=retrieval_nats(self._passages))

    @functools.cached_property
    def _overlap(self) -> NDArray[np.float32]:
        """What the sentences share with a question that the reader does not understand."""
        texts = [self.texts[one.passage][one.start : one.end] for one in self.sentences]
        headings = mark_headings(self.texts, self.sentences)
        return overlap_scores(self._question, texts) - HEADING_NATS * headings

    @functools.cached_property
    def _guidance(self) -> Judgement:
        return with_retrieval(
            self._guide.judge(self._question, self.texts, self._around), self._passages
        )


def with_retrieval(said: Judgement, passages: Sequence[Passage]) -> Judgement:
    """Let the retrieval have a say in what the guide says of some passages.

    The guide reads a passage's words alone; which document is meant the retrieval knows.
    """
    if not said.sentences:
        return said
    nats = retrieval_nats(passages)
    ranked = np.array([nats[one.passage] for one in said.sentences], dtype=np.float32)
    return replace(said, scores=said.scores + ranked)


def retrieval_nats(passages: Sequence[Passage]) -> list[float]:
    """Say how much less the retrieval thinks of each passage than of the best one, in nats."""
    best = max((one.score for one in passages), default=0.0)
    return [RETRIEVAL_NATS * (one.score - best) for one in passages]


def cite_quotes(
    reasoning: str, passages: Sequence[Passage], known: Sequence[QuotedSpan] = ()
) -> tuple[tuple[Citation, ...], tuple[str, ...]]:
    """Say where the quotes of a reasoning stand.

    Parameters
    ----------
    known : sequence of QuotedSpan
        Quotes whose place is known from their writing; the others are searched.

    Returns
    -------
    found : tuple of Citation
    invented : tuple of str
        Quotes that stand in no passage.
    """
    found: list[Citation] = []
    invented: list[str] = []
    left = list(known)
    for quote in quotes_of(reasoning):
        span = left[0] if left else None
        if span and quote == as_read(passages[span.text].text)[span.start : span.end]:
            citation = cite(passages, passage=span.text, start=span.start, end=span.end)
            left.pop(0)
        elif (searched := find_quote(quote, passages)) is not None:
            citation = searched
        else:
            invented.append(quote)
            continue
        found.append(citation)
    return tuple(found), tuple(invented)
