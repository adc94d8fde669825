"""Quotes are words of the texts, whatever the model would like to write."""

import numpy as np
import pytest

from rare_app.model import Pieces, QuotedSpan, QuoteFilter, QuoteStart, Sampler, Usage, generate

from .scripted import CLOSE, LONG, OPEN, PIECES, allowed, make_filter, write

QUEEN = "The queen lays eggs.\nIt’s 3.5 °C — “cold”, 日本語 🐝🏽 says cafe\u0301."
WINTER = "In winter,\r\n\tbees  cluster.  "


def quoted(written):
    text = written.decode()
    assert text.startswith(OPEN)
    assert text.count(OPEN) == 1
    return text.removeprefix(OPEN).split("</quote>")[0]


@pytest.mark.parametrize("temperature", [0, 0.7, 3])
def test_whatever_is_written_the_quote_stands_in_a_text(temperature):
    texts = [QUEEN, WINTER]
    starts = [(0, 0), (0, QUEEN.index("It’s")), (1, 0)]
    for seed in range(60):
        made = make_filter(texts, starts=starts)
        made.accept(OPEN.encode())
        written = write(made, seed=seed, temperature=temperature)
        [span] = made.quotes
        said = written.decode().split("</quote>")[0]
        assert said.removeprefix(" ").rstrip() == texts[span.text][span.start : span.end]
        assert said.strip()
        assert (span.text, span.start) in starts


def test_a_quote_never_ends_inside_a_word_a_character_or_a_number():
    text = "— 3.5 café, cafe\u0301 no_one 🐝"
    found = ends(text, fewest=1)
    words = ["3.5", "café", "cafe\u0301", "no_one", "🐝"]
    assert all(any(one.rstrip(" ,").endswith(word) for word in words) for one in found)
    assert text in found
    made = make_filter([text])
    made.accept((OPEN + "— 3.5 caf").encode() + "é".encode()[:1])
    assert allowed(made) == {"é".encode()[1:]}


def test_no_quote_is_empty_and_only_one_blank_may_lead():
    made = make_filter(["Bees fly."])
    made.accept(OPEN.encode())
    assert allowed(made) == {b"B", b" "}
    made.accept(b" ")
    assert allowed(made) == {b"B"}
    made.accept(b"Bees")
    assert allowed(made) == {b" ", b"<", b"</", b"</quote"}


def ends(text, *, fewest):
    """What a quote from the text's beginning may be."""
    found = []
    for end in range(1, len(text) + 1):
        made = make_filter([text], fewest=fewest)
        made.accept((OPEN + text[:end]).encode())
        if b"<" in allowed(made):
            found.append(text[:end])
    return found


def test_a_quote_does_not_break_off_after_its_first_words():
    text = "Bees fly far. In 2 years they do more\nof it"
    assert ends(text, fewest=12) == [
        "Bees fly far.",
        "Bees fly far. In 2 years they do more",
        text,
    ]
    assert "Bees fly far. In 2" in ends(text, fewest=5)
    assert "Bees fly far. In" not in ends(text, fewest=5)
    assert ends(text, fewest=1)[0] == "Bees"
    assert ends("Bees", fewest=8) == ["Bees"]
    assert ends("“Bees fly.” (So.) They do", fewest=8)[0] == "“Bees fly."
    assert "“Bees fly.” (So.)" in ends("“Bees fly.” (So.) They do", fewest=8)


def test_what_is_left_to_close_a_quote_is_known_at_any_moment():
    made = make_filter(["Bees fly."])
    assert made.rest_of_close == ""
    made.accept(OPEN.encode())
    for written, rest in ((b"Bees", CLOSE), (b"</", CLOSE[2:]), (b"quote", CLOSE[7:]), (b">", "")):
        made.accept(written)
        assert made.rest_of_close == rest
    assert made.quotes == [QuotedSpan(text=0, start=0, end=4)]


def test_at_the_end_of_the_text_the_quote_must_close():
    made = make_filter(["Bees fly. \n "])
    made.accept((OPEN + "Bees fly").encode())
    assert allowed(made) == {b".", b".</", b"<", b"</", b"</quote"}
    made.accept(b".")
    assert allowed(made) == {b"<", b"</", b"</quote"}
    made.accept(b"</")
    assert allowed(made) == {b"q", b"qu"}
    made.accept(b"quote")
    assert allowed(made) == {b">", ">“".encode()}
    made.accept(b">")
    assert made.quotes == [QuotedSpan(text=0, start=0, end=9)]
    assert not made.is_open
    assert len(allowed(made)) == len(PIECES)


def test_a_quote_ends_where_its_start_says():
    made = QuoteFilter(
        pieces=Pieces(PIECES),
        texts=["é one\ntwo"],
        starts=[QuoteStart(text=0, at=0, end=6)],
        tags=(OPEN, CLOSE),
    )
    made.accept((OPEN + "é one").encode())
    assert allowed(made) == {b"<", b"</", b"</quote"}


def test_a_quote_does_not_end_before_what_it_is_for():
    """It may at every word behind it, and at its text's end however far it is to reach."""
    text = "é In a great need, the house was opened in May. Bees fly."
    reached = text.index("house") + len("house")
    made = QuoteFilter(
        pieces=Pieces(PIECES),
        texts=[text, "Bees fly."],
        starts=[QuoteStart(text=0, at=0), QuoteStart(text=1, at=0)],
        tags=(OPEN, CLOSE),
        scores=lambda: [1.0, 0.0],
        reaches=lambda: [reached, 0],
        weight=1.0,
    )
    made.accept((OPEN + "é In a great need").encode())
    assert allowed(made) == {b","}
    made.accept(b", the house")
    assert {b"<", b"</", b" "} <= allowed(made)
    made.accept(f"{CLOSE}{OPEN}Bees".encode())
    assert {b"<", b"</", b" "} <= allowed(made)


def test_a_text_with_tags_of_its_own_is_quoted_through():
    text = "if a </b> c </quotes> d"
    made = make_filter([text])
    made.accept((OPEN + "if a ").encode())
    assert {b"<", b"</"} <= allowed(made)
    made.accept(b"</")
    assert allowed(made) == {b"b", b"q", b"qu", b"<", b"</", b"</quote"}
    made.accept(b"b> c </quote")
    assert allowed(made) == {b"s", b">", ">“".encode()}
    made.accept(b">")
    assert made.quotes == [QuotedSpan(text=0, start=0, end=len("if a </b> c"))]


def test_tokens_that_hold_the_tag_and_the_first_words():
    bad, good = ">“".encode(), b">"
    made = make_filter(["The queen"])
    made.accept(b"<quote")
    assert bad not in allowed(made)
    assert good in allowed(made)
    assert len(allowed(made)) == len(PIECES) - 1
    made = make_filter(["“The” queen"])
    made.accept(b"<quote")
    made.accept(bad)
    assert allowed(made) == {b"T", b"The"}


def test_texts_without_words_cannot_be_quoted():
    made = make_filter(["", ""])
    made.accept(b"<quote")
    assert not {piece for piece in allowed(made) if piece.startswith(b">")}
    made.demand()
    assert b"x" in allowed(made)


def test_a_demanded_quote_comes_at_once():
    made = make_filter(["The queen"])
    made.demand()
    written = write(made, seed=4)
    assert quoted(written).strip() in "The queen"
    assert b"x" in allowed(made)


def test_a_sentence_in_two_texts_is_followed_in_both():
    texts = ["Bees fly. Bees hum.", "Wasps sting. Bees fly. Bees rest."]
    starts = [(0, 0), (0, 10), (1, 0), (1, 13), (1, 23)]
    made = make_filter(texts, starts=starts)
    made.accept((OPEN + "Bees fly. Bees").encode())
    assert b"h" not in allowed(made)
    made.accept(b" ")
    assert {b"h", b"r"} <= allowed(made)
    made.accept(b"rest." + CLOSE.encode())
    assert made.quotes == [QuotedSpan(text=1, start=13, end=33)]
    made.accept((OPEN + "Bees fly." + CLOSE).encode())
    assert made.quotes[1] == QuotedSpan(text=0, start=0, end=9)


def test_what_was_quoted_is_quoted_again_only_when_nothing_else_is_left():
    text = "Ants dig. Bees fly. Crabs walk."
    starts = [(0, 0), (0, 10), (0, 20)]
    made = make_filter([text, "Bees fly."], starts=[*starts, (1, 0)])
    made.accept((OPEN + "Bees fly." + CLOSE + OPEN).encode())
    assert {b"A", b"C"} == allowed(made) - {b" "}
    made.accept(b"Ants dig.")
    assert b" " not in allowed(made)
    made.accept((CLOSE + OPEN + "Crabs walk." + CLOSE + OPEN).encode())
    assert {b"A", b"B", b"C"} == allowed(made) - {b" "}


def test_a_quote_that_was_written_against_the_constraint_is_let_go():
    made = make_filter(["The queen"])
    made.accept((OPEN + "Nonsense").encode())
    assert not made.is_open
    assert made.quotes == []
    made.accept((CLOSE + OPEN + "The queen" + CLOSE).encode())
    assert made.quotes == [QuotedSpan(text=0, start=0, end=9)]


def test_an_open_quote_can_be_ended_where_it_stands():
    made = make_filter(["Bees like 日本."])
    made.accept((OPEN + "Bees like ").encode() + "日".encode()[:2])
    made.close()
    assert made.quotes == [QuotedSpan(text=0, start=0, end=10)]
    made.accept(OPEN.encode())
    made.close()
    assert len(made.quotes) == 1


def test_a_vocabulary_that_cannot_spell_the_text_ends_the_constraint():
    pieces = [b"<", b">", b"/", b"q", b"u", b"o", b"t", b"e"]
    made = make_filter(["Bees"], pieces=pieces)
    made.accept(OPEN.encode())
    assert len(allowed(made, pieces=pieces)) == len(pieces)
    assert not made.is_open


def test_the_guide_weighs_the_places_and_adds_up():
    texts = ["The ants dig.", "The bees fly.", "Crabs walk."]
    made = make_filter(texts, scores=lambda: [0.1, 0.9, 0.4], weight=10)
    made.accept(OPEN.encode())
    zero = np.zeros(len(PIECES), dtype=np.float32)
    adjusted = made.adjust(zero)
    assert adjusted[ord("T")] == adjusted[PIECES.index(b"The")] == 0
    assert adjusted[ord("C")] == pytest.approx(-5)
    made.accept(b"The ")
    adjusted = made.adjust(zero)
    assert adjusted[ord("b")] == 0
    assert adjusted[ord("a")] == pytest.approx(-8)
    made.accept(b"ants")
    assert made.adjust(zero)[ord(" ")] == 0


def test_the_guide_is_asked_once_and_only_when_a_quote_opens():
    asked = []

    def scores():
        asked.append(1)
        return [0.5, 0.6]

    made = make_filter(["Ants.", "Bees."], scores=scores, weight=1)
    made.accept(b"no quote yet <b>")
    made.adjust(np.zeros(len(PIECES), dtype=np.float32))
    assert not asked
    made.accept((OPEN + "Ants." + CLOSE + OPEN).encode())
    assert len(asked) == 1


def test_a_vocabulary_with_the_tag_as_one_token():
    pieces = [*PIECES, OPEN.encode(), b"<quote>The", b"<quote>No"]
    made = make_filter(["The queen"], pieces=pieces)
    assert b"<quote>No" not in allowed(made, pieces=pieces)
    made.demand()
    expected = {b"<", b"<quote", b"<quote>", b"<quote>The"}
    assert allowed(made, pieces=pieces) == expected
    assert "ote" in LONG


# --- the bundled model ---


@pytest.mark.model
@pytest.mark.parametrize("temperature", [0, 1.5])
def test_the_bundled_model_cannot_invent_a_quote(model, temperature):
    """It is made to quote where it would rather write anything else."""
    texts = [QUEEN, WINTER, "``Quoted'' (in brackets) — Ünïcödé; 東京都は日本の首都。 " * 3]
    for seed in range(4):
        made = QuoteFilter(
            pieces=model.pieces,
            texts=texts,
            starts=[QuoteStart(text=i, at=0) for i in range(len(texts))],
            tags=(OPEN, CLOSE),
        )
        made.demand()
        model.read(model.tokenise(f"One, two, three, {'four, ' * seed}"))
        stop = (CLOSE,)
        sampler = Sampler(temperature=temperature, seed=seed)
        pieces = generate(
            model, sampler=sampler, longest=300, stop=stop, usage=Usage(), token_filter=made
        )
        said = "".join(pieces).removeprefix(OPEN).split(CLOSE)[0]
        [span] = made.quotes
        assert said.strip() == texts[span.text][span.start : span.end]


@pytest.mark.model
def test_a_filter_without_a_quote_changes_nothing(model):
    def said(token_filter):
        model.read(model.tokenise("The capital of France is"))
        return "".join(
            generate(
                model,
                sampler=Sampler(temperature=0, seed=0),
                longest=12,
                stop=(),
                usage=Usage(),
                token_filter=token_filter,
            )
        )

    made = QuoteFilter(
        pieces=model.pieces,
        texts=["The queen"],
        starts=[QuoteStart(text=0, at=0)],
        tags=(OPEN, CLOSE),
    )
    assert said(made) == said(None)
    assert made.quotes == []
