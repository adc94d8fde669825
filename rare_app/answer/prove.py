"""Find out what an answer rests on: its quotes, its claims, and how far it can be relied on."""

from collections.abc import Sequence
from dataclasses import replace

from rare_app.answer.asked_whether import asks_whether
from rare_app.answer.calculations import rest_on_results
from rare_app.answer.decide import central_claim
from rare_app.answer.gather import Gatherer
from rare_app.answer.guide import Guide
from rare_app.answer.quoting import cite_quotes, with_retrieval
from rare_app.model import Profile, QuotedSpan
from rare_app.prompt import as_read
from rare_app.proof import Prover, confidence, rest_on_quotes, signs_of, split_claims
from rare_app.reader import Guidance, expected_recall
from rare_app.skills import (
    SKILLS,
    Said,
    Skill,
    cells_that_answer,
    list_in,
    prove_list,
    share_of_list,
)
from rare_app.types import Answer, Citation, Claim, Status


class AnswerProver:
    """Proves answers with what the guide says of their passages.

    Parameters
    ----------
    guide : Guide
        Embeds claims and sentences.
    gatherer : Gatherer
        Judges passages, each only once for a question.
    skills : sequence of Skill
        Say what is doubtful.
    """

    def __init__(
        self,
        *,
        guide: Guide,
        gatherer: Gatherer,
        skills: Sequence[Skill] = SKILLS,
    ) -> None:
        self._guide = guide
        self._gatherer = gatherer
        self._skills = skills

    def prove(
        self,
        answer: Answer,
        question: str,
        quoted: Sequence[QuotedSpan],
        *,
        profile: Profile,
        closed: bool = False,
    ) -> Answer:
        """Find the places that quotes and claims rest on.

        Parameters
        ----------
        profile : Profile
            Of the model that answered.
        closed : bool
            Whether the answer is one of some options; no words of the passages are expected then.
        """
        quotes, invented = cite_quotes(answer.reasoning, answer.passages, quoted)
        answer = replace(answer, question=question, quotes=quotes, invented_quotes=invented)
        if not answer.answered:
            return answer
        prover = self._prover(answer, question, quotes)
        said = split_claims(answer.answer)
        if closed:
            return replace(answer, claims=tuple(map(prover.prove_option, said)))
        judged = self._gatherer.judge(question, answer.passages)
        asked = list_in(answer, judged.lists) if profile.follows("lists") else None
        if asked:
            expected: float | None = share_of_list(asked, with_retrieval(judged, answer.passages))
            claims = prove_list(asked, answer, judged.lists, prover.prove)
        else:
            expected, claims = _expected(answer, judged), tuple(map(prover.prove, said))
        sentence = profile.style == "sentence"
        # Of a verdict and of rows the reader expects no words.
        rows = any("|" in one.quote for one in quotes)
        weighs = sentence and not (asked or rows or asks_whether(question))
        central = central_claim(claims, question) if weighs else None
        signs = signs_of(expected, answer.decision, carried=central.score if central else None)
        likely = confidence(signs, profile.confidence)
        unlikely = likely is not None and likely < profile.confidence.doubt_below
        if central and likely is not None and not unlikely:
            claims = _by_what_it_adds(central, claims, prover)
        remarks = [*answer.remarks]
        if sentence:
            claims, found = self._checked(answer, question, quotes, claims)
            remarks += found
        return replace(
            answer,
            claims=claims,
            expected=expected,
            confidence=likely,
            signs=signs,
            remarks=tuple(remarks),
            doubtful=bool(remarks)
            or (sentence and not all(one.supported for one in claims))
            or bool(asked and (asked.missing or asked.is_cut or not asked.is_sure))
            or unlikely,
        )

    def _prover(self, answer: Answer, question: str, quotes: Sequence[Citation]) -> Prover:
        return Prover(
            answer.passages,
            question=question,
            embed=self._guide.embed,
            judge=lambda: self._gatherer.judge(question, answer.passages),
            quoted=quotes,
            kin=self._gatherer.kin(question, answer.passages),
        )

    def _checked(
        self,
        answer: Answer,
        question: str,
        quotes: Sequence[Citation],
        claims: tuple[Claim, ...],
    ) -> tuple[tuple[Claim, ...], list[str]]:
        """Let what tables say, cell by cell, correct what was found of a sentence's claims.

        Returns
        -------
        claims : tuple of Claim
        remarks : list of str
            What is doubtful, a sentence each.
        """
        cited = [*quotes, *(one for claim in claims for one in claim.citations)]
        known = self._guide.knows(question)
        checked: list[Claim] = []
        for claim in claims:
            if rows := cells_that_answer(claim.text, question, cited, answer.passages):
                claim = replace(  # noqa: PLW2901 - the claim as it is known now
                    claim, supported=True, status="supported", citations=rows, contradicted_by=()
                )
            elif not known:
                if claim.status == "contradicted":  # it reads numbers and negations in English
                    status: Status = "supported" if claim.supported else "weak"
                    claim = replace(claim, status=status, contradicted_by=())  # noqa: PLW2901
                claim = rest_on_quotes(claim, question, quotes)  # noqa: PLW2901
            claim = rest_on_results(claim, replace(answer, quotes=tuple(quotes)), question)  # noqa: PLW2901
            checked.append(claim)
        said = Said(question, answer.answer, cited, answer.passages)
        return tuple(checked), [one for skill in self._skills for one in skill.remarks(said)]


def _expected(answer: Answer, judged: Guidance) -> float | None:
    """Ask the reader how much of what it expects is in an answer."""
    texts = [as_read(passage.text) for passage in answer.passages]
    return expected_recall(
        answer.answer, words=judged.words, texts=texts, sentences=judged.sentences
    )


def _by_what_it_adds(
    central: Claim, claims: tuple[Claim, ...], prover: Prover
) -> tuple[Claim, ...]:
    """Let a likely sentence that no passage has rest on the words that it adds to its question."""
    added = None if central.supported else prover.prove_added(central.text)
    if added is None or not added.supported:
        return claims
    return tuple(added if one is central else one for one in claims)
