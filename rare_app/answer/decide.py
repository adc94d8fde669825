"""Decide: the one place where an answer stands, is doubted, gives way to a quote or is withheld."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rare_app.answer.gather import Gatherer
from rare_app.answer.question import Question
from rare_app.language import ENGLISH, language_of
from rare_app.model import GENERIC, ConfidenceNumbers, Profile
from rare_app.prompt import REFUSAL, as_read
from rare_app.proof import rests_aside
from rare_app.reader import Guidance, mark_headings
from rare_app.skills import quoted_rows
from rare_app.types import Answer, Citation, Claim
from rare_app.words import content_words, held_words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = 4
"""Words from which an answer's language can be told."""
SURE_NATS = 2.5
"""Log-odds of the reader that a passage answers from which a quote is shown in place of a
conclusion that nothing carries: of 8 such answers to questions that no passage answers all had
less, of 12 to others half had more."""
CLOSE_NATS = 1.0
"""How much less than the best one another quote may say and still be shown."""
MOSTLY_SAID = 0.6
"""Share of a conclusion's words of content that its quotes hold from which they take its place,
whatever the reader says."""
MOST_QUOTES = 2
LEAST_TAKEN_UP = 0.34
"""Share of the question's words of content that a conclusion takes up, at least."""
LEAST_HEARD = 0.5
"""Share of the words of a claim over rows of a table that their passages hold, at least."""
EXPECTED_FROM = 0.5
"""Expected recall of a quoted answer's words from which it may stand whatever its claims are."""


def central_claim(claims: Sequence[Claim], question: str) -> Claim | None:
    """Pick the claim that answers: the one with most of the question's words, the first of equals.

    Returns
    -------
    Claim or None
        ``None`` without claims.
    """
    asked = set(content_words(question))
    return max(claims, key=lambda one: len(asked & set(content_words(one.text))), default=None)


def is_carried(
    answer: Answer, question: str, numbers: ConfidenceNumbers = GENERIC.confidence
) -> bool:
    """Tell whether an answer may stand: its central claim is supported, or at least weak.

    It may, too, where its words are quoted and those that the reader expects: “Ogedei” is who was
    asked for where “Ogedei's grandson Kaidu” is quoted, and no sentence says so in those words.

    Parameters
    ----------
    numbers : ConfidenceNumbers
        An answer whose words the reader expects less, or that is less likely, may not.
    """
    if (likely := _likely(answer)) is not None:
        return likely >= numbers.withhold_below
    if answer.expected is not None and answer.expected < numbers.least_expected:
        return False
    if answer.expected is not None and answer.expected >= EXPECTED_FROM and _is_quoted(answer):
        return True
    central = central_claim(answer.claims, question)
    return central is None or central.supported or central.status == "weak"


def _likely(answer: Answer) -> float | None:
    """How likely an answer is right of which the proof and the reader have had their say."""
    return answer.confidence if answer.signs.keys() >= {"carried", "reader"} else None


def decide(answer: Answer, question: Question, *, gatherer: Gatherer, profile: Profile) -> Answer:
    """Let an answer stand, give way to what it quotes, or be withheld; and say what is doubtful.

    In a language that the proof does not read, what it does not find is a doubt and no more; so is
    an answer that falls into English.

    Parameters
    ----------
    profile : Profile
        Of the model that answered.
    """
    asked, numbers = question.text, profile.confidence
    if not answer.answered or answer.stopped:
        return answer
    if not gatherer.guide.knows(asked):
        stands = is_carried(answer, asked, numbers) and not rests_aside(answer, asked)
        english = len(answer.answer.split()) >= _WORDS and language_of(answer.answer) == ENGLISH
        return replace(answer, doubtful=answer.doubtful or english or not stands)
    guidance = gatherer.judge(asked, answer.passages)
    return conclude(answer, asked, guidance, concludes=profile.concludes, numbers=numbers)


def conclude(
    answer: Answer,
    question: str,
    guidance: Guidance,
    *,
    concludes: bool = True,
    numbers: ConfidenceNumbers = GENERIC.confidence,
) -> Answer:
    """Let an answer stand, give way to its quotes, or be withheld.

    A small model quotes better than it concludes: “Yes, glycol can be added”, it says behind
    “Glycol must not be added”. Where no passage carries the conclusion, the quote is the answer,
    with a doubt, and the reader of the page concludes.

    Parameters
    ----------
    guidance : Guidance
        What the guide says of the answer's passages; without a reader's word that one of them
        answers, an answer that nothing carries is withheld.
    concludes : bool
        Whether the answer is a sentence of the model's own, and not words of a passage.
    """
    carried = is_carried(answer, question, numbers)
    central = central_claim(answer.claims, question)
    hardly = central is not None and central.status == "weak"
    weak = not carried or (concludes and hardly and _likely(answer) is None)
    if not weak or (concludes and rests_on_quotes(answer, question)):
        aside = concludes and answer.expected is None and not _speaks_of(answer, question)
        unheard = concludes and _is_unheard_of(answer, central)
        return replace(answer, doubtful=answer.doubtful or aside or unheard or not carried)
    quotes = _telling_quotes(answer, guidance)
    listed = len(answer.claims) > MOST_QUOTES  # two of its lines would say less
    sure = carried or (guidance.answers_log_odds or 0.0) >= SURE_NATS
    if quotes and not listed and (sure or _is_mostly_said(answer, quotes)):
        return replace(
            answer,
            answer="\n".join(" ".join(one.quote.split()) for one in quotes),
            claims=tuple(Claim(one.quote, True, 1.0, (one,), "supported") for one in quotes),
            doubtful=True,
        )
    return replace(answer, doubtful=True) if carried else withheld(answer)


def _is_mostly_said(answer: Answer, quotes: Sequence[Citation]) -> bool:
    """Whether quotes hold most of an answer's words: it fails to say no more than how they go."""
    said = set(content_words(answer.answer))
    held = content_words(" ".join(one.quote for one in quotes))
    return len(held_words(said, held)) >= MOSTLY_SAID * len(said)


def _speaks_of(answer: Answer, question: str) -> bool:
    """Whether an answer of which the reader expects no words takes up some of the question's."""
    asked, said = set(content_words(question)), content_words(answer.answer)
    return len(held_words(asked, said)) >= LEAST_TAKEN_UP * len(asked)


def _is_unheard_of(answer: Answer, central: Claim | None) -> bool:
    """Whether a claim that rests on rows of tables says what their passages have no words for.

    “7,415 people work at Caster”, of a row of that name below “Water use”.
    """
    rows = central.citations if central is not None else ()
    if central is None or not rows or not all("|" in one.quote for one in rows):
        return False
    read = content_words(
        " ".join(
            f"{one.title} {one.section} {one.head} {one.text}"
            for one in (answer.passages[row.passage] for row in rows)
        )
    )
    said = {one for one in content_words(central.text) if one.isalpha()}
    return len(held_words(said, read)) < LEAST_HEARD * len(said)


def _telling_quotes(answer: Answer, guidance: Guidance) -> list[Citation]:
    """Give the quotes that say most of what is asked; no headings, and no rows of tables."""
    texts = [as_read(one.text) for one in answer.passages]
    heads = mark_headings(texts, guidance.sentences)
    scores: dict[Citation, float] = {}
    for one in answer.quotes:
        begin = one.start - answer.passages[one.passage].start
        own = [
            float(score)
            for sentence, score, head in zip(
                guidance.sentences, guidance.scores, heads, strict=True
            )
            if sentence.passage == one.passage
            and not head
            and sentence.start < begin + len(one.quote)
            and begin < sentence.end
        ]
        if own and "|" not in one.quote and not one.quote.lstrip().startswith("#"):
            scores[one] = max(own)
    best = max(scores.values(), default=0.0)
    kept = [one for one, score in scores.items() if score >= best - CLOSE_NATS]
    return kept[:MOST_QUOTES]


def withheld(answer: Answer) -> Answer:
    """Refuse in an answer's place, which is kept."""
    return replace(
        answer, answered=False, answer=REFUSAL, claims=(), withheld=answer.answer, doubtful=False
    )


def rests_on_quotes(answer: Answer, question: str) -> bool:
    """Tell whether an answer has a figure of its quotes or calculations, and no others.

    The question's aside: “W18” in both proves nothing. Such a conclusion may follow from its
    quotes, although no sentence says it in those words. One without a figure has nothing that code
    could check.
    """
    worked_out = " ".join(one.result for one in answer.steps if one.quotes)
    heads = (
        " ".join([grid.above, *grid.columns])
        for grid, _ in quoted_rows(answer.quotes, answer.passages)
    )
    quoted = _figures(" ".join([*(one.quote for one in answer.quotes), *heads, worked_out]))
    said, asked = set(_FIGURE.findall(answer.answer)), _figures(question)
    return bool((said - asked) & quoted) and said <= quoted | asked


def _figures(text: str) -> set[str]:
    """Give a text's figures and the parts of each: “31.03.2027” is said as “31 March 2027”, too."""
    whole = _FIGURE.findall(text)
    return {*whole, *(part.lstrip("0") or "0" for one in whole for part in re.findall(r"\d+", one))}


def _is_quoted(answer: Answer) -> bool:
    said = answer.answer.strip(" .").casefold()
    return bool(said) and any(said in one.quote.casefold() for one in answer.quotes)
