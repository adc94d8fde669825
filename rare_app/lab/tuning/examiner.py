"""The examiner of traces: right, and every sentence carried by the proof."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rare_app.answer import AnswerProver, Gatherer, Guide, cite_quotes, is_refusal
from rare_app.calc import CLOSE, OPEN
from rare_app.lab.evaluation import given_passages
from rare_app.lab.tuning.asked import Asked
from rare_app.lab.tuning.items import Form, Passage
from rare_app.lab.tuning.teacher import Reply
from rare_app.lab.tuning.traces import RIGHT_FROM, Trace, accept, accept_sentence, opening_of
from rare_app.library import Library, embedder_folder
from rare_app.library import Passage as Shown
from rare_app.model import Profile, QuotedSpan
from rare_app.numbers import figures_in
from rare_app.prompt import QUOTE_CLOSE, QUOTE_OPEN, as_read
from rare_app.proof import split_claims
from rare_app.reader import find_reader
from rare_app.settings import Settings
from rare_app.skills import Surroundings, spell_rows
from rare_app.types import Answer, Claim

_QUOTE = re.compile(f"{QUOTE_OPEN}.*?{QUOTE_CLOSE}", re.DOTALL)
_ROW_OF_ITS_OWN = re.compile(rf"{QUOTE_CLOSE}\s*\(")
"""What a model writes as if it were code, that names the cells of a quoted row."""
_WORKED_OUT = re.compile(rf"{OPEN}.*?{CLOSE}[^\n]*", re.DOTALL)


class Examiner:
    """Says which tries may be learned from, with what the app itself proves answers by.

    Parameters
    ----------
    guide : Guide
        Also leads a local teacher to the evidence.
    gatherer : Gatherer
        Of a library without documents.
    profile : Profile
        Of the model that is to learn.
    right_from : float
        Least token-F1 of an answer that is right.
    form : {"steps", "sentence"}
        What is to be learned.
    """

    def __init__(
        self,
        *,
        guide: Guide,
        gatherer: Gatherer,
        profile: Profile,
        right_from: float = RIGHT_FROM,
        form: Form = "steps",
    ) -> None:
        self.guide = guide
        self._gatherer = gatherer
        self._prover = AnswerProver(guide=guide, gatherer=gatherer)
        self._profile = replace(profile, rules=frozenset())
        self._right_from = right_from
        self._form = form

    def around(self, question: str, passages: Sequence[Shown]) -> Surroundings:
        """Say what is known of passages beside their words."""
        return self._gatherer.around(question, passages)

    def examine(self, reply: Reply, asked: Asked) -> tuple[Trace | None, str]:
        """Judge a try by its text, as :mod:`rare_app.lab.tuning.traces` does, and by the proof.

        Returns
        -------
        trace : Trace or None
        reason : str
            As there; or ``unproved``: a sentence of answer or reasoning is not carried by the
            passages.
        """
        by_text = accept if self._form == "steps" else accept_sentence
        trace, reason = by_text(reply.text, asked=asked, right_from=self._right_from)
        if trace is None or self._carries(trace, reply, asked):
            return trace, reason
        return None, "unproved"

    def _carries(self, trace: Trace, reply: Reply, asked: Asked) -> bool:
        passages = shown_passages(asked.passages)
        if self._form == "sentence":
            alone = Answer(answered=True, answer=trace.answer, passages=tuple(passages))
            claims = self._claims(alone, trace.answer, asked) if asked.answers else ()
            return all(map(_is_carried, claims))
        answer = Answer(
            answered=not is_refusal(trace.answer),
            answer=trace.answer,
            reasoning=trace.reasoning,
            passages=tuple(passages),
            steps=reply.steps,
        )
        opening = opening_of(trace.reasoning)
        opened = self._claims(replace(answer, answered=True), opening, asked)
        if not answer.answered:  # that something is told nowhere, nothing can carry
            return _knows(opening, asked) and not any(
                one.status == "contradicted" for one in opened
            )
        found = self._prove(answer, trace.answer, asked)
        behind = self._without_rows(answer, asked)
        if found.remarks or _ROW_OF_ITS_OWN.search(behind):
            return False
        said = _WORKED_OUT.sub(" ", _QUOTE.sub(" ", behind)).strip()
        claims = (*opened, *found.claims, *self._claims(answer, said, asked))
        return _knows(opening, asked) and all(map(_is_carried, claims))

    def _claims(self, answer: Answer, text: str, asked: Asked) -> tuple[Claim, ...]:
        return self._prove(answer, text, asked).claims if split_claims(text) else ()

    def _prove(self, answer: Answer, text: str, asked: Asked) -> Answer:
        said = replace(answer, answer=text)
        closed = bool(asked.told) and text == answer.answer
        return self._prover.prove(said, asked.question, (), profile=self._profile, closed=closed)

    def _without_rows(self, answer: Answer, asked: Asked) -> str:
        """Give what stands from the first quote on, without the rows that code has spelled out."""
        text = answer.reasoning.removeprefix(opening_of(answer.reasoning))
        quotes, _ = cite_quotes(answer.reasoning, answer.passages)
        for one in quotes:
            span = QuotedSpan(one.passage, one.start, one.end)
            if spelled := spell_rows(asked.question, [span], answer.passages):
                text = text.replace(spelled, " ")
        return text


def shown_passages(passages: Sequence[Passage]) -> list[Shown]:
    """Give passages as the app has them."""
    shown = given_passages([one.text for one in passages])
    return [replace(one, title=own.title) for one, own in zip(shown, passages, strict=True)]


@contextmanager
def open_examiner(
    settings: Settings,
    *,
    folder: Path,
    profile: Profile,
    right_from: float = RIGHT_FROM,
    form: Form = "steps",
) -> Iterator[Examiner]:
    """Make an examiner with the reader that the settings name; `folder` gets its empty library."""
    own = replace(settings, home=folder)
    library = Library(settings=own)
    try:
        guide = Guide(
            embed=library.embedder.embed,
            reader=find_reader(settings, embedder=embedder_folder()),
        )
        gatherer = Gatherer(own, library, guide)
        yield Examiner(
            guide=guide, gatherer=gatherer, profile=profile, right_from=right_from, form=form
        )
    finally:
        library.close()


def _is_carried(claim: Claim) -> bool:
    return claim.supported or claim.status == "weak"


def _knows(text: str, asked: Asked) -> bool:
    """Whether each figure of a text stands in the question or the passages, or counts these."""
    words = [asked.question, *(f"{one.title} {as_read(one.text)}" for one in asked.passages)]
    known = [*figures_in(" ".join(words)), *figures_in(" ".join(map(str, range(1, 10))))]
    return all(any(one & other for other in known) for one in figures_in(text))
