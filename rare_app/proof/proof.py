"""Prove an answer's claims: supported, weak, contradicted or unsupported, each with its words.

A claim is held against every sentence of the passages. What speaks for it and against it at a place
(:mod:`rare_app.proof.signs`) becomes a probability by a calibration that was fitted on claims
of which it is known whether their passages say them (docs/proof.md). Another passage that says
otherwise is looked for apart (:mod:`rare_app.proof.conflict`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rare_app.library import Passage
from rare_app.proof.align import cite, find_exact
from rare_app.proof.calibration import shipped
from rare_app.proof.conflict import conflicts
from rare_app.proof.grounds import Embed, Grounds, Place
from rare_app.proof.kin import NO_KIN, Kin
from rare_app.proof.statements import Statement, added_words
from rare_app.proof.undecided import leaves_open
from rare_app.proof.weigh import QUOTED, is_quoted, weigh
from rare_app.reader import Guidance
from rare_app.types import Citation, Claim, Status
from rare_app.words import QUESTION_VERBS

Judge = Callable[[], Guidance]
"""What the reader says of question and passages."""

_ALSO = 0.15
"""How much less probable than the best place another cited one may be."""
_EXACT_FROM = 24
"""Letters from which a claim that stands in a sentence word for word is cited without the rest."""
_SPOKEN_OF = 0.5
"""Share of a yes-or-no question's words from which the passages speak of it."""
_SAID = 0.75
"""Share of a yes-or-no question's words that a sentence must hold to say what is asked."""


class Prover:
    """Proves the claims of one answer.

    Parameters
    ----------
    passages : sequence of Passage
    question : str
        Short answers are read with it.
    embed : callable, optional
        Left out, only words are compared.
    judge : callable, optional
        What the reader says of this question and these passages; asked for short answers only.
    quoted : sequence of Citation
        What the reasoning quoted: of equal places these come first.
    kin : Kin
        Which passages are of older versions, and which about different things.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        question: str = "",
        embed: Embed | None = None,
        judge: Judge | None = None,
        quoted: Sequence[Citation] = (),
        kin: Kin = NO_KIN,
    ) -> None:
        self._passages = passages
        self._question = question
        self._grounds = Grounds(passages, embed=embed)
        self._judge = judge
        self._quoted = quoted
        self._calibration = shipped()
        self._kin = kin

    def prove(self, text: str, *, most: int = 2) -> Claim:
        """Classify one claim and tie it to the words that it rests on.

        Parameters
        ----------
        text : str
            One sentence of the answer, or a short answer such as a name or a number.
        most : int
            Most citations, and most places that say otherwise.
        """
        statement = Statement(text, question=self._question)
        if statement.answers is not None:
            return self._prove_choice(text, statement, most)
        return self._prove(text, statement, most)

    def prove_added(self, text: str, *, most: int = 2) -> Claim | None:
        """Classify a sentence by the words that it adds to its question, as a short answer.

        “Tami Lynn sang it”, asked who sang it, stands where the passage has the name beside words
        of the question, however the passage puts it.

        Parameters
        ----------
        text, most
            As for :meth:`prove`.

        Returns
        -------
        Claim or None
            ``None`` where the sentence adds nothing.
        """
        added = added_words(text, self._question)
        if not added:
            return None
        statement = Statement(added, question=self._question, short=True)
        return None if statement.answers is not None else self._prove(text, statement, most)

    def _prove(self, text: str, statement: Statement, most: int) -> Claim:
        guidance = self._judge() if self._judge and statement.short else None
        read = guidance is not None and bool(guidance.words)
        weighed = weigh(statement, self._grounds, guidance=guidance, quoted=self._quoted)
        scored = [
            (self._calibration.probability(one.signs, short=statement.short, read=read), one.place)
            for one in weighed
        ]
        scored.sort(key=lambda pair: -pair[0] - self._ahead(pair[1]))
        score = max((score for score, _ in scored), default=0.0)
        found = self._classify(text, score)
        if found.status == "unsupported":
            against = self._against_claim(statement, most)
            return (
                replace(found, status="contradicted", contradicted_by=against) if against else found
            )
        cited = self._cite(statement, scored, most)
        against = self._against(statement, [place for _, place in scored[:1]], most)
        found = replace(found, citations=cited)
        if not against and found.status == "weak":
            against = self._against_claim(statement, most)
        return self._told(found, against, scored[0][1].passage)

    def _ahead(self, place: Place) -> float:
        """Say what a place is ahead of one that fits as well: it was quoted, and is not passed."""
        passed = self._kin.is_passed(place.passage, place.start)
        return QUOTED * is_quoted(place, self._quoted) - _ALSO * passed

    def _told(self, claim: Claim, against: tuple[Citation, ...], passage: int) -> Claim:
        """Tell who says otherwise; an older version does not contradict the newer one."""
        if not against:
            return claim
        now = [one for one in against if not self._is_older(one, than=passage)]
        told = (*now, *(one for one in against if one not in now))
        return replace(claim, status="contradicted" if now else claim.status, contradicted_by=told)

    def _is_older(self, one: Citation, *, than: int) -> bool:
        start = one.start - self._passages[one.passage].start
        return self._kin.is_older(one.passage, start, than=than)

    def prove_option(self, text: str) -> Claim:
        """Classify an answer that is one of some options, which need not be words of the passages.

        Where the passages do not say it, it is no more than weak: where they speak of what was
        asked, or something was quoted.
        """
        claim = self.prove(text)
        if claim.status != "unsupported":
            return claim
        return self._prove_choice(text, Statement(text, question=self._question), most=2)

    def _classify(self, text: str, score: float) -> Claim:
        bounds = self._calibration
        status: Status = "unsupported"
        if score >= bounds.weak_from:
            status = "supported" if score >= bounds.supported_from else "weak"
        return Claim(
            text=text, supported=status == "supported", score=round(score, 3), status=status
        )

    def _prove_choice(self, text: str, statement: Statement, most: int) -> Claim:
        """Prove a yes, no or maybe: what the question says is looked for.

        Words alone seldom tell yes from no: such a claim is supported where the passages say the
        question's sentence, or say otherwise, nearly word for word, and else no more than weak. A
        sentence that only names the question (“to find out whether …”) says neither.
        """
        asked = Statement(_as_statement(self._question))
        weighed = weigh(asked, self._grounds, quoted=self._quoted)
        if not weighed:
            return self._classify(text, 0.0)
        chance = [
            (self._calibration.probability(one.signs, short=False, read=False), one.place)
            for one in weighed
        ]
        found = [pair for pair in chance if not leaves_open(pair[1].text)]
        score = max((one for one, place in found if _says(place, asked)), default=0.0)
        denied = tuple(
            one for one in self._against_claim(asked, most) if not leaves_open(one.quote)
        )
        bounds = self._calibration
        said = score >= bounds.supported_from
        near = (
            bool(self._quoted)
            or max(one.signs["words_near"] for one in weighed) >= _SPOKEN_OF
            or max(one for one, _ in chance) >= bounds.supported_from
        )
        middle = (bounds.supported_from + bounds.weak_from) / 2
        claim = self._classify(text, middle if near else min(score, bounds.weak_from / 2))
        if statement.answers == "yes" and said and not denied:
            claim = self._classify(text, score)
        elif statement.answers == "no" and denied and not said:
            claim = self._classify(text, max(bounds.supported_from, 1 - score))
        if claim.status == "unsupported":
            return claim
        cited = denied if statement.answers == "no" and claim.supported else ()
        shown = cited or self._cite(asked, found or chance, most, sort=True)
        return replace(claim, citations=shown)

    def _cite(
        self,
        statement: Statement,
        scored: Sequence[tuple[float, Place]],
        most: int,
        *,
        sort: bool = False,
    ) -> tuple[Citation, ...]:
        if sort:
            scored = sorted(scored, key=lambda pair: -pair[0])
        best = scored[0][0]
        chosen: list[Place] = []
        for score, place in scored:
            if score < max(best - _ALSO, min(best, self._calibration.weak_from)):
                break
            if chosen and self._kin.is_passed(place.passage, place.start):
                continue
            words = place.text.split()
            if len(chosen) < most and all(words != one.text.split() for one in chosen):
                chosen.append(place)
        return tuple(self._citation(place, exactly=statement.text) for place in chosen)

    def _citation(self, place: Place, *, exactly: str = "") -> Citation:
        start, end = place.start, place.end
        if len(exactly) >= _EXACT_FROM and (span := find_exact(exactly.rstrip(".!? "), place.text)):
            start, end = start + span[0], start + span[1]
        return cite(self._passages, passage=place.passage, start=start, end=end)

    def _against(
        self, statement: Statement, places: Sequence[Place], most: int
    ) -> tuple[Citation, ...]:
        """Find who says otherwise than the places that a claim rests on."""
        found = [
            other
            for place in places
            for other in conflicts(
                place,
                self._grounds,
                about=statement,
                passage=place.passage,
                most=most,
                apart=self._kin.apart,
            )
        ]
        return tuple(self._citation(place) for place in found[:most])

    def _against_claim(self, statement: Statement, most: int) -> tuple[Citation, ...]:
        """Find who says otherwise than the claim itself."""
        if statement.short:
            return ()
        found = conflicts(statement, self._grounds, about=statement, passage=None, most=most)
        return tuple(self._citation(place) for place in found)


def _says(place: Place, asked: Statement) -> bool:
    """Whether a sentence holds nearly all words of what was asked."""
    return len(asked.stems & place.stems) >= _SAID * len(asked.stems)


def _as_statement(question: str) -> str:
    """Cut the verb that opens a question for yes or no, so that its words can be compared."""
    words = question.strip().rstrip("?").split()
    return " ".join(words[1:] if words and words[0].lower() in QUESTION_VERBS else words)
