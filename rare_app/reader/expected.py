"""How much of the answer that the reader expects is in the answer that was given."""

from collections import Counter
from collections.abc import Sequence

from rare_app.numbers import has_new_figure
from rare_app.reader.answers import likely_answers
from rare_app.reader.reader import Sentence, Word
from rare_app.words import answer_words

_VERDICTS = frozenset({"yes", "no", "maybe", "true", "false"})


def expected_recall(
    answer: str, *, words: Sequence[Word], texts: Sequence[str], sentences: Sequence[Sentence]
) -> float | None:
    """Give the recall of an answer's words, expected over what the reader takes for the answer.

    The sum, over the likeliest spans of the passages, of the span's probability times the share of
    its words that the answer has: token recall (Rajpurkar et al. 2016, section 6.1, has it inside
    F1) against an answer that is known by its probabilities alone. Recall and not F1, so that a
    whole sentence may hold the few words that were asked for.

    Parameters
    ----------
    words : sequence of Word
        What the reader says of the word pieces of the passages.
    texts : sequence of str
        The passages.
    sentences : sequence of Sentence
        Their sentences: no span runs over one's end.

    Returns
    -------
    float or None
        In [0, 1]. ``None`` where the reader cannot tell: a verdict (yes, no, maybe), or a number
        that was worked out (a figure that stands in no passage).
    """
    said = answer_words(answer)
    if not words or not said or _VERDICTS.issuperset(said):
        return None
    if has_new_figure(answer, texts):
        return None
    held = Counter(said)
    spans = likely_answers(
        words,
        texts=texts,
        within=[(one.passage, one.start, one.end) for one in sentences],
    )
    recall = 0.0
    for passage, start, end, share in spans:
        wanted = Counter(answer_words(texts[passage][start:end]))
        if wanted:
            recall += share * (wanted & held).total() / wanted.total()
    return min(1.0, recall)
