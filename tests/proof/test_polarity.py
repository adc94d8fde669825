import pytest

from rare_app.proof import denials, opposed, polarity


@pytest.mark.parametrize(
    ("claim", "said", "denies"),
    [
        ("He won the prize.", "He did not win the prize.", True),
        ("The prize was paid.", "The prize was not paid.", True),
        ("The prize wasn't paid.", "The prize was paid.", True),
        ("The prize wasn't paid.", "The prize was not paid.", False),
        ("It has never been sold.", "It has been sold.", True),
        ("The flat is rented without furniture.", "The flat is rented with furniture.", True),
        ("It was paid.", "It was paid, but the tax was not refunded.", False),
        ("It is large.", "It is not only large but old.", False),
        ("It is in box 5.", "It is in box No. 5.", False),
    ],
)
def test_a_denial_is_found_by_the_words_it_speaks_of(claim, said, denies):
    assert (denials(polarity(claim), polarity(said)) > 0) is denies


def test_opposites_count_where_only_one_side_says_them():
    assert opposed(polarity("Sales increased."), polarity("Sales decreased.")) == 1
    assert opposed(polarity("It is impossible."), polarity("It is possible.")) == 1
    assert opposed(polarity("Sales rose."), polarity("Sales fell.")) == 1
    assert opposed(polarity("Sales rose."), polarity("Sales rose, costs fell.")) == 0
