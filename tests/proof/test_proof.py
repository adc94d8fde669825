"""Claims against passages: what is supported, weak, contradicted or in no passage."""

import pytest

from rare_app.answer import Judgement
from rare_app.proof import Prover, find_quote
from rare_app.proof.statements import added_words
from rare_app.reader import Sentence, Word

from ..conftest import passage

PAGE = (
    "Preface.\nThe bridge was opened on 4 March 1890. It is 2,467 metres long.\nIt carries rails."
)
BRIDGE = passage(PAGE[9:], number=1, start=9)
TOWER = passage("The tower has 324 metres. It was opened in 1889 by Eiffel.", number=2)
PAGES = {"1.md": PAGE, "2.md": TOWER.text}


@pytest.fixture(scope="module")
def prove(embedder):
    def prove_one(claim, *passages, question="", **options):
        prover = Prover(passages or [BRIDGE, TOWER], question=question, embed=embedder.embed,
                        **options)  # fmt: skip
        return prover.prove(claim)

    return prove_one


@pytest.mark.parametrize(
    ("claim", "question", "quote"),
    [
        ("The bridge was opened on 4 March 1890.", "", "The bridge was opened on 4 March 1890"),
        ("the BRIDGE  was opened on 4\nMarch 1890", "", "The bridge was opened on 4 March 1890"),
        ("The bridge opened on March 4, 1890.", "", "The bridge was opened on 4 March 1890."),
        ("The bridge was openned on 4 March 1890.", "", "The bridge was opened on 4 March 1890."),
        ("2467 metres", "How long is the bridge?", "It is 2,467 metres long."),
        ("4 March 1890", "When was the bridge opened?", "The bridge was opened on 4 March 1890."),
        ("Eiffel", "Who opened the tower?", "It was opened in 1889 by Eiffel."),
    ],
)
def test_supported_claims_are_cited_with_their_words(prove, claim, question, quote):
    result = prove(claim, question=question)
    assert (result.status, result.supported) == ("supported", True)
    assert result.citations[0].quote == quote
    for one in result.citations:
        assert PAGES[one.document][one.start : one.end] == one.quote


@pytest.mark.parametrize(
    ("claim", "added"),
    [
        ("Dali was conquered by the Yuan in 1253.", "1253"),
        ("It was the Yuan who conquered Dali, in spring 1253.", "spring 1253"),
        ("Dali was conquered by the Yuan.", ""),
        ("Im Jahr 1253.", "Im Jahr 1253"),
        ("", ""),
    ],
)
def test_what_a_sentence_adds_to_its_question_is_its_own_words(claim, added):
    assert added_words(claim, "When was Dali conquered by the Yuan?") == added


def test_a_sentence_stands_by_the_words_that_it_adds(embedder):
    prover = Prover([BRIDGE, TOWER], question="Who opened the tower?", embed=embedder.embed)
    stands = prover.prove_added("The tower was opened by Eiffel, then.")
    assert (stands.text, stands.status) == (
        "The tower was opened by Eiffel, then.",
        "supported",
    )
    assert stands.citations[0].quote == "It was opened in 1889 by Eiffel."
    assert prover.prove_added("Napoleon opened the tower.").status == "unsupported"
    assert prover.prove_added("The tower was opened.") is None


@pytest.mark.parametrize(
    ("claim", "question"),
    [
        ("The bridge was opened on 4 March 1891.", ""),
        ("The bridge was opened on 4 May 1890.", ""),
        ("The bridge was not opened on 4 March 1890.", ""),
        ("The bridge was never opened.", ""),
        ("The bridge was closed on 4 March 1890.", ""),
        ("It is 2,468 metres long.", ""),
        ("It is 2,467 miles long.", ""),
        ("It was opened in 1889 by Napoleon.", ""),
        ("2,468 metres", "How long is the bridge?"),
        ("24 metres", "How high is the tower?"),
        ("Napoleon", "Who opened the tower?"),
        ("Bees make honey in summer.", ""),
        ("Yes.", "Do bees sleep in winter?"),
        ("</think><answer>", ""),
        ("", ""),
    ],
)
def test_what_the_passages_do_not_say_is_not_supported(prove, claim, question):
    result = prove(claim, question=question)
    assert not result.supported
    assert result.status in ("unsupported", "contradicted")


def test_numbers_may_be_written_in_other_ways(prove):
    text = passage("Sales rose by 18% to $4.2 million in 2023. Twelve people left.", number=1)
    for claim in (
        "Sales rose by 18 percent to $4,200,000 in 2023.",
        "In 2023 sales rose by 18 per cent to 4.2m dollars.",
        "12 people left.",
    ):
        assert prove(claim, text).supported, claim
    for claim in (
        "Sales rose by 18% to $4.2 billion in 2023.",
        "Sales rose by 18% to €4.2 million in 2023.",
        "Sales fell by 18% to $4.2 million in 2023.",
        "13 people left.",
    ):
        assert not prove(claim, text).supported, claim


def test_what_means_the_same_is_found_by_meaning(prove):
    other = passage("The whole structure has a length of 2,467 metres.", number=1)
    result = prove("In total the structure measures 2,467 metres.", TOWER, other)
    assert result.supported
    assert result.citations[0].quote == other.text


def test_of_several_places_the_one_that_fits_the_question_comes_first(prove):
    texts = ("Revenue in Spain was 40 million.", "Staff costs were 40 million.")
    passages = [passage(text, number=i) for i, text in enumerate(texts, start=1)]
    for question, first in (("How high was revenue?", 0), ("What did staff cost?", 1)):
        assert prove("40 million", *passages, question=question).citations[0].passage == first


def test_of_equal_places_the_one_that_was_quoted_comes_first(prove):
    passages = [passage(f"Part {i}: 40 million was spent.", number=i) for i in (1, 2, 3)]
    quoted = [find_quote("Part 3: 40 million", passages)]
    found = prove("40 million", *passages, question="How much was spent?", quoted=quoted)
    assert found.citations[0].passage == 2


def test_the_same_words_are_cited_once(prove):
    twice = [passage("Honey keeps for years.", number=i) for i in (1, 2)]
    result = prove("Honey keeps for years.", *twice)
    assert (len(result.citations), result.contradicted_by) == (1, ())


@pytest.mark.parametrize(
    ("says", "otherwise", "claim", "question"),
    [
        ("The notice period is 30 days.", "The notice period is 60 days.", "30 days",
         "How long is the notice period?"),
        ("The tenant may keep a dog.", "The tenant may not keep a dog.",
         "The tenant may keep a dog.", ""),
        ("The contract was signed by Anna Weber in Bonn.",
         "The contract was signed by Karl Frisch in Bonn.", "Anna Weber",
         "Who signed the contract?"),
        ("Sales increased in the second quarter of the year.",
         "Sales decreased in the second quarter of the year.",
         "Sales increased in the second quarter.", ""),
    ],
)  # fmt: skip
def test_another_passage_that_says_otherwise_is_shown(prove, says, otherwise, claim, question):
    passages = [passage(says, number=1), TOWER, passage(otherwise, number=3)]
    result = prove(claim, *passages, question=question)
    assert (result.status, result.supported) == ("contradicted", True)
    assert [one.passage for one in result.citations] == [0]
    assert says.startswith(result.citations[0].quote)
    assert [(one.passage, one.quote) for one in result.contradicted_by] == [(2, otherwise)]


def test_a_claim_that_only_a_passage_denies_is_contradicted(prove):
    result = prove("The bridge was opened on 4 March 1891.")
    assert (result.status, result.supported, result.citations) == ("contradicted", False, ())
    assert result.contradicted_by[0].quote == "The bridge was opened on 4 March 1890."


@pytest.mark.parametrize(
    ("other", "claim", "question"),
    [
        ("The notice period for garages is 14 days and runs from the first of a month.",
         "30 days", "How long is the notice period?"),
        ("The deposit is 60 days' rent.", "30 days", "How long is the notice period?"),
        ("The notice period is 30 days for tenants.", "30 days", "How long is the notice period?"),
    ],
)  # fmt: skip
def test_other_matters_are_no_contradiction(prove, other, claim, question):
    first = passage("The notice period of a flat is 30 days.", number=1)
    result = prove(claim, first, passage(other, number=2), question=question)
    assert (result.status, result.contradicted_by) == ("supported", ())


def test_yes_and_no_are_read_with_their_question(prove):
    text = passage("The tenant may keep a dog in the flat.", number=1)
    question = "May the tenant keep a dog in the flat?"
    assert prove("Yes", text, question=question).supported
    assert prove("No.", text, question=question).status == "weak"
    denied = passage("The tenant may not keep a dog in the flat.", number=1)
    assert prove("no", denied, question=question).supported
    assert not prove("yes", denied, question=question).supported
    assert prove("yes", TOWER, question=question).status == "unsupported"


def test_a_sentence_that_only_names_the_question_proves_no_yes(prove):
    """An abstract's aim holds all of the question's words."""
    question = "Does green tea reduce blood pressure in adults?"
    aim = passage("To find out whether green tea reduces blood pressure in adults.", number=1)
    found = passage("Green tea reduced blood pressure in adults by 5 mmHg.", number=2)
    assert prove("yes", aim, question=question).status == "weak"
    proved = prove("yes", aim, found, question=question)
    assert proved.supported
    assert {one.document for one in proved.citations} == {"2.md"}


def test_a_sentence_on_the_same_matter_proves_no_yes(prove):
    """It is near enough to be shown, and does not say what is asked."""
    question = "Should circumcision be performed in childhood on healthy boys?"
    near = passage("Circumcision of healthy boys has a long history.", number=1)
    assert prove("yes", near, question=question).status == "weak"
    whether = passage("It was debated whether or not the tenant may keep a dog.", number=1)
    assert not prove("no", whether, question="May the tenant keep a dog?").supported


def test_the_reader_tells_which_of_two_numbers_answers(prove):
    text = passage("The mill was built in 1780 and sold in 1850.", number=1)

    def judge():
        words = (Word(0, 22, 26, -0.1, -0.1), Word(0, 39, 43, -9.0, -9.0))
        return Judgement((Sentence(0, 0, len(text.text)),), None, 5.0, words)

    question = "When was the mill built?"
    right, wrong = (prove(one, text, question=question, judge=judge) for one in ("1780", "1850"))
    assert right.supported
    assert wrong.score < right.score - 0.02


def test_without_embedder_words_alone_decide():
    prover = Prover([BRIDGE, TOWER])
    assert prover.prove("The bridge was opened on 4 March 1890.").supported
    assert not prover.prove("The bridge was opened on 5 March 1890.").supported


def test_without_passages_nothing_is_supported():
    assert Prover([]).prove("Anything.").status == "unsupported"
    assert Prover([], question="What?").prove("yes").status == "unsupported"
