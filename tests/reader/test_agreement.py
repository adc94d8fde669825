"""Which of the likeliest answers agrees best with all of them."""

import pytest

from rare_app.reader import share_by_agreement

TEXT = "The fee of 3 percent is waived for students."


def likely(**shares):
    found = []
    for said, share in shares.items():
        at = TEXT.index(words := said.replace("_", " "))
        found.append((0, at, at + len(words), share))
    return found


def said(answers):
    return [TEXT[start:end] for _, start, end, _ in answers]


def test_what_agrees_with_most_comes_before_the_likeliest_fragment():
    answers = likely(fee=0.24, fee_of_3_percent=0.22, of_3_percent=0.2, students=0.2)
    assert said(share_by_agreement(answers, texts=[TEXT]))[0] == "fee of 3 percent"


def test_a_sure_answer_stays_the_first():
    answers = likely(students=0.9, waived_for_students=0.05, fee_of_3_percent=0.04)
    [best, *others] = share_by_agreement(answers, texts=[TEXT])
    assert said([best]) == ["students"]
    assert best[3] > 10 * max(share for *_, share in others)


def test_the_shares_add_up_to_what_they_did():
    answers = likely(fee=0.2, students=0.1, waived=0.05)
    shares = [share for *_, share in share_by_agreement(answers, texts=[TEXT])]
    assert sum(shares) == pytest.approx(0.35)
    assert shares == sorted(shares, reverse=True)


def test_the_same_words_are_one_answer_written_as_the_likeliest():
    text = "Nobody knew it; she knew it."
    answers = [(0, 0, 6, 0.35), (0, 7, 14, 0.2), (0, 20, 28, 0.3)]
    [first, second] = share_by_agreement(answers, texts=[text])
    assert text[first[1] : first[2]] == "knew it."
    assert text[second[1] : second[2]] == "Nobody"
    assert first[3] > second[3]


def test_signs_alone_agree_with_nothing():
    found = share_by_agreement([(0, 43, 44, 0.6), *likely(students=0.3)], texts=[TEXT])
    assert said(found)[0] == "students"


def test_nothing_likely_is_nothing():
    assert share_by_agreement([], texts=[TEXT]) == []
    unlikely = likely(fee=0.0, students=0.0)
    assert share_by_agreement(unlikely, texts=[TEXT]) == unlikely
