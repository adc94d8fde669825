import pytest

from rare_app.reasoning import align_claim, find_quote

from ..conftest import passage

PAGE = (
    "Preface.\nThe bridge was opened on 4 March 1890. It is 2,467 metres long.\nIt carries rails."
)
BRIDGE = passage(PAGE[9:], number=1, start=9)
TOWER = passage("The tower has 324 metres. It was opened in 1889 by Eiffel.", number=2)


def check_spans(citations, pages=None):
    pages = pages or {"1.md": PAGE, "2.md": TOWER.text}
    for one in citations:
        assert pages[one.document][one.start : one.end] == one.quote


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("It is 2,467 metres long.", "It is 2,467 metres long."),
        ("it IS\n 2,467   metres", "It is 2,467 metres"),
        ("long. It carries", "long.\nIt carries"),
        ("467 metres", "467 metres"),
        ("67 metres", None),
        ("ridge was", None),
        ("The bridge was closed", None),
        ("(.*)", None),
        ("", None),
    ],
)
def test_quotes_are_found_word_for_word(quote, found):
    citation = find_quote(quote, [TOWER, BRIDGE])
    assert (citation and citation.quote) == found
    if citation:
        assert (citation.passage, citation.document, citation.page) == (1, "1.md", 1)
        check_spans([citation])


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The bridge was opened on 4 March 1890.", "The bridge was opened on 4 March 1890"),
        ("the BRIDGE  was opened on 4\nMarch 1890", "The bridge was opened on 4 March 1890"),
        ("The bridge opened on 4 March 1890.", "The bridge was opened on 4 March 1890."),
        ("The bridge was openned on 4 March 1890.", "The bridge was opened on 4 March 1890."),
        ("2467 metres", "It is 2,467 metres long."),
        ("Eiffel", "It was opened in 1889 by Eiffel."),
    ],
)
def test_supported_claims_are_cited_with_their_words(claim, quote):
    result = align_claim(claim, [BRIDGE, TOWER])
    assert result.supported
    assert result.score >= 0.6
    assert result.citations[0].quote == quote
    check_spans(result.citations)


@pytest.mark.parametrize(
    "claim",
    [
        "The bridge was opened on 4 March 1891.",
        "It is 2,468 metres long.",
        "It is 467 metres long.",
        "The tower has 24 metres.",
        "Bees make honey in summer.",
        "Yes.",
        "",
        "</think><answer>",
    ],
)
def test_unsupported_claims_are_said_to_be(claim, embedder):
    result = align_claim(claim, [BRIDGE, TOWER], embed=embedder.embed)
    assert not result.supported
    assert result.citations == ()
    assert result.score < 0.6


def test_what_means_the_same_is_found_by_meaning(embedder):
    claim = "In total the structure measures 2,467 metres."
    assert not align_claim(claim, [BRIDGE]).supported
    other = passage("The whole structure has a length of 2,467 metres.", number=1)
    result = align_claim(claim, [TOWER, other], embed=embedder.embed)
    assert result.supported
    assert result.citations[0].quote == other.text


def test_of_several_places_the_one_that_fits_the_question_comes_first():
    texts = ("Revenue in Spain was 40 million.", "Staff costs were 40 million.")
    passages = [passage(text, number=i) for i, text in enumerate(texts, start=1)]
    for question, first in (("How high was revenue?", 0), ("What did staff cost?", 1)):
        result = align_claim("40 million", passages, question=question)
        assert [one.passage for one in result.citations] == [first, 1 - first]


def test_of_equal_places_the_one_that_was_quoted_comes_first():
    passages = [passage(f"Part {i}: 40 million was spent.", number=i) for i in (1, 2, 3)]
    quoted = find_quote("Part 3: 40 million", passages)
    assert align_claim("40 million", passages, quoted=[quoted]).citations[0].passage == 2
    assert align_claim("40 million", passages).citations[0].passage == 0


def test_the_same_words_are_cited_once():
    twice = [passage("Honey keeps for years.", number=i) for i in (1, 2)]
    assert len(align_claim("Honey keeps for years.", twice).citations) == 1


def test_without_passages_nothing_is_supported():
    assert not align_claim("Anything.", []).supported
