"""Which sentences of the passages a question is after: as the reader says, or by likeness."""

import logging
import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.answer.asked_whether import asks_whether
from rare_app.errors import UserError
from rare_app.language import ENGLISH, language_of
from rare_app.proof import opposed, polarity
from rare_app.reader import (
    HEADING_NATS,
    Evidence,
    EvidenceReader,
    Guidance,
    Sentence,
    Word,
    mark_headings,
    sentences_of,
)
from rare_app.skills import NOTHING_KNOWN, SKILLS, AskedList, Seen, Skill, Surroundings, find_lists
from rare_app.words import content_words

log = logging.getLogger(__name__)

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

LEXICAL_WEIGHT = 1.0
"""What a full match of the question's words is worth, in units of cosine similarity."""
_SATURATION, _LENGTH = 1.2, 0.5
"""k1 and b of BM25 (Robertson and Zaragoza 2009, section 3.5); b is low, sentences are short."""


LIKENESS_NATS = 15.0
"""Nats that one unit of likeness is worth where there is no reader; chosen on data
(docs/quoting-tried.md)."""


READER_LIKENESS_NATS = 2.0
"""Nats that one unit of likeness adds to what the reader says; chosen on data."""


SHARED_WORDS_NATS = 2.4
"""Nats that the best sentence says less of whether any answers where it holds all of the
question's words: reader and model trust a question too readily that is made of a passage's own
words; chosen on data."""


OPPOSED_NATS = 2.0
"""Nats that the best sentence says less of it for each word of the question whose opposite it holds
in its place: “before 1973” does not answer “after 1973”; chosen on data."""


PASSED_NATS = 4.0
"""Nats that a sentence's score is lowered by, and an answer's beginning and end each, where an
earlier mail is quoted or a newer version says the same anew."""


@dataclass(frozen=True, slots=True)
class Judgement(Guidance):
    """What the guide says of some passages, with what code finds in them.

    Attributes
    ----------
    lists : tuple of AskedList
        Lists that may be asked for as a whole, the likest first.
    """

    lists: tuple[AskedList, ...] = ()


class Guide:
    """Scores sentences against a question; keeps the vectors of the latest texts. Safe to share.

    Parameters
    ----------
    embed : callable
        Texts to unit-length vectors, shape (texts, dimension).
    reader : EvidenceReader, optional
        Left out, sentences are judged by their likeness to the question.
    skills : sequence of Skill
        Have a say beside the reader.
    kept : int
        How many vectors are kept.
    """

    def __init__(
        self,
        *,
        embed: Embed,
        reader: EvidenceReader | None = None,
        skills: Sequence[Skill] = SKILLS,
        kept: int = 4096,
    ) -> None:
        self._embed = embed
        self._reader = reader
        self._skills = skills
        self._kept = kept
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._latest: tuple[str, tuple[str, ...], Surroundings, Judgement] | None = None
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, each only once as long as its vector is kept."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
            if new:
                self._vectors.update(zip(new, self._embed(new), strict=True))
            found = [self._vectors[text] for text in texts]
            for text in texts:
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
        return np.stack(found)

    def knows(self, question: str) -> bool:
        """Whether what is said of a question's passages can be relied on: it is in English."""
        return language_of(question) == ENGLISH

    @property
    def has_reader(self) -> bool:
        """Whether a reader judges the sentences, and not their likeness to the question alone."""
        return self._reader is not None

    def warm_up(self) -> None:
        """Load the reader, if there is one."""
        self.judge("What is it?", ["It is a sentence."])

    def judge(
        self, question: str, texts: Sequence[str], around: Surroundings = NOTHING_KNOWN
    ) -> Judgement:
        """Judge the sentences of some passages; what was judged last is not read again.

        Quotes, proof and notes of one answer all ask for the same.

        Parameters
        ----------
        around : Surroundings
            What else is known of the passages.
        """
        key, known = (question, tuple(texts), around), self._latest
        if known is None or known[:3] != key:
            judged = _lower_passed(self._judge(question, texts, around), around)
            known = self._latest = (*key, judged)
        return known[3]

    def _judge(self, question: str, texts: Sequence[str], around: Surroundings) -> Judgement:
        if self._reader is not None and self.knows(question):
            try:
                evidence = self._reader.read(question, texts)
            except UserError as error:
                log.warning("%s Sentences are judged by their likeness to the question.", error)
                self._reader = None
            else:
                likeness = self._likeness_of(question, texts, evidence.sentences)
                scores = evidence.scores + READER_LIKENESS_NATS * likeness
                scores -= HEADING_NATS * mark_headings(texts, evidence.sentences)
                seen = Seen(question, tuple(texts), evidence.sentences, around)
                for skill in self._skills:
                    scores = scores + skill.gains(seen)
                lists = find_lists(question, seen.texts, around)
                best = self._answers(question, texts, evidence, scores, likeness)
                return Judgement(evidence.sentences, scores, best, evidence.words, lists)
        sentences = sentences_of(texts)
        scores = LIKENESS_NATS * self._likeness_of(question, texts, sentences)
        return Judgement(tuple(sentences), scores - HEADING_NATS * mark_headings(texts, sentences))

    @staticmethod
    def _answers(
        question: str,
        texts: Sequence[str],
        evidence: Evidence,
        scores: NDArray[np.float32],
        likeness: NDArray[np.float32],
    ) -> float:
        """Say how much likelier it is that the best sentence answers than that none does."""
        if not evidence.sentences:
            return -math.inf
        said = _said(texts, evidence.sentences)
        own = scores - READER_LIKENESS_NATS * likeness
        own -= SHARED_WORDS_NATS * lexical_scores(question, said)
        # A row may stand before the sentence of which the reader is sure.
        best = max(int(scores.argmax()), int(evidence.scores.argmax()), key=lambda one: own[one])
        found = float(own[best])
        if not asks_whether(question):  # “Is it allowed?” is answered by “It is forbidden.”
            found -= OPPOSED_NATS * min(2, opposed(polarity(question), polarity(said[best])))
        return found + evidence.shift

    def _likeness_of(
        self, question: str, texts: Sequence[str], sentences: Sequence[Sentence]
    ) -> NDArray[np.float32]:
        return self.likeness(question, _said(texts, sentences))

    def likeness(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Say how like a question sentences are.

        Returns
        -------
        array of float32, shape (sentences,)
            Cosine similarity in [-1, 1] plus :data:`LEXICAL_WEIGHT` times :func:`lexical_scores`.
        """
        if not sentences:
            return np.zeros(0, dtype=np.float32)
        vectors = self.embed([question, *sentences])
        scores = vectors[1:] @ vectors[0] + LEXICAL_WEIGHT * lexical_scores(question, sentences)
        return np.asarray(scores, dtype=np.float32)


def _lower_passed(guidance: Judgement, around: Surroundings) -> Judgement:
    """Lower what is passed by :data:`PASSED_NATS`; whether any sentence answers stays as it is."""
    if not around.passed:
        return guidance

    def lowered(one: Sentence | Word) -> float:
        inside = any(
            passage == one.passage and start <= one.start < end
            for passage, start, end in around.passed
        )
        return PASSED_NATS * inside

    lower = [lowered(one) for one in guidance.sentences]
    words = [
        replace(one, opens=one.opens - by, closes=one.closes - by) if (by := lowered(one)) else one
        for one in guidance.words
    ]
    scores = guidance.scores - np.array(lower, dtype=np.float32)
    return replace(guidance, scores=scores, words=tuple(words))


def _said(texts: Sequence[str], sentences: Sequence[Sentence]) -> list[str]:
    """Give the sentences' words."""
    return [texts[one.passage][one.start : one.end] for one in sentences]


def lexical_scores(question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Score sentences by the question's words that they hold.

    BM25 over these sentences alone, as a share of what a sentence could reach: words of the
    question that stand in no sentence count against all of them.

    Returns
    -------
    array of float32, shape (sentences,)
        In [0, 1].
    """
    asked = set(content_words(question))
    words = [content_words(sentence) for sentence in sentences]
    scores = np.zeros(len(sentences), dtype=np.float32)
    if not asked or not words:
        return scores
    holding = Counter(word for one in words for word in set(one) & asked)
    rarity = {
        word: math.log1p((len(words) - holding[word] + 0.5) / (holding[word] + 0.5))
        for word in asked
    }
    mean = sum(map(len, words)) / len(words) or 1.0
    most = sum(rarity.values()) * (1 + _SATURATION)
    for i, one in enumerate(words):
        counts = Counter(word for word in one if word in asked)
        damped = _SATURATION * (1 - _LENGTH + _LENGTH * len(one) / mean)
        reached = sum(
            rarity[word] * count * (1 + _SATURATION) / (count + damped)
            for word, count in counts.items()
        )
        scores[i] = min(1.0, reached / most)
    return scores
