"""A line of a cover that holds all that is asked about counts, whatever stands round it."""

from rare_app.library.sentence import sentence_share
from rare_app.words import content_words

COVER = (
    "Indicate by check mark whether the registrant is a shell company. Yes No\n"
    "As of April 21, 2023, the registrant had outstanding 4,171 million shares of common stock."
)


def share(question, text):
    return sentence_share(text, frozenset(content_words(question)))


def test_a_sentence_with_every_word_counts_in_full_and_half_of_them_nothing():
    assert share("How many shares were outstanding in April 2023?", COVER) >= 0.6
    assert share("Shares outstanding April?", COVER) == 1.0
    assert share("Shares outstanding check shell?", COVER) == 0.0
    assert share("Shares outstanding?", COVER) == 0.0
