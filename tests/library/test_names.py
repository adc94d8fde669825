"""Which documents a question names."""

import pytest

from rare_app.library.names import codes_of_kind, named_documents, owners_of, words_of_name

FILINGS = {1: "2022 Q3 MSFT", 2: "2023 Q3 MSFT", 3: "2023 Q1 INTC"}
REPORTS = {1: "ALPHA_2023Q4_EARNINGS", 2: "BETA_2023_10K", 3: "GAMMA_2023_8K_dated-2023-08-30"}
OWNERS = {1: {"microsoft"}, 2: {"microsoft"}, 3: {"intel"}}


def test_the_document_whose_name_is_asked_for_fits_best():
    named = named_documents("What was the tax rate in Q3 2022?", FILINGS)
    assert named.best == {1}
    assert named.fit[1] == 0 > named.fit[2] >= -1


def test_where_nothing_is_named_all_documents_fit_alike():
    named = named_documents("Where is the key?", FILINGS)
    assert named.best == frozenset()
    assert set(named.fit.values()) == {0}


def test_the_latest_names_the_newest_of_each_series():
    named = named_documents("What does the most recent report of MSFT say?", FILINGS)
    assert named.best == {2}
    compared = named_documents("MSFT's most recent margin against previous quarters?", FILINGS)
    assert compared.best == {1, 2}


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("What was ALPHA's revenue in FY 2023?", {1}),
        ("What is the FY2023 capital expenditure of Alpha?", {1}),
        ("How large are BETA's inventories at the end of FY2023?", {2}),
        ("Which director left Gamma in 2023?", {3}),
        ("Did ALPHA or BETA earn more in 2023?", {1, 2}),
        ("Alpha's margin in Q4 2023?", {1}),
    ],
)
def test_a_company_in_a_name_is_found_whatever_it_is_tied_to(question, best):
    assert named_documents(question, REPORTS).best == best


def test_a_period_that_only_another_companys_document_has_does_not_outweigh_the_company():
    names = {1: "ALPHA_2021_10K", 2: "BETA_2023_10K"}
    fit = named_documents("ALPHA's revenue in FY 2023?", names).fit
    assert fit[1] >= fit[2]


def test_names_written_as_one_word_are_found():
    names = {1: "AMERICANEXPRESS_2022_10K", 2: "BESTBUY_2024Q2_10Q", 3: "JOHNSON_JOHNSON_2022_10K"}
    assert named_documents("What did American Express earn in 2022?", names).best == {1}
    assert named_documents("Best Buy's gross margin in Q2 of FY2024?", names).best == {2}
    assert named_documents("What did Johnson & Johnson earn?", names).best == {3}


def test_quarters_in_words_and_the_company_name_documents_too():
    assert named_documents("How high is Intel's debt?", FILINGS, OWNERS).best == {3}
    question = "How high is Microsoft's tax in the third quarter of 2023?"
    fit = named_documents(question, FILINGS, OWNERS).fit
    assert fit[2] == 0 > fit[1] > fit[3] >= -1
    assert named_documents("Is Intel's debt above Microsoft's?", FILINGS, OWNERS).best == {1, 2, 3}


def test_a_word_that_a_company_is_called_by_is_a_name_with_a_capital():
    owners = {1: {"general", "electric"}, 2: {"acme"}}
    names = {1: "lease one", 2: "lease two"}
    for question in ("What are the general terms?", "General terms of the contract?"):
        assert named_documents(question, names, owners).best == frozenset()
    for question in ("What does General Electric owe?", "Electric's rent?", "the (General) rent"):
        assert named_documents(question, names, owners).best == {1}


def test_a_short_number_names_a_document_beside_another_word_of_its_name():
    names = {1: "offer-10", 2: "offer-19", 3: "offer-4711"}
    for question in ("How does COVID-19 spread?", "Who fell ill as of Feb. 10, 2020?", "19 beds?"):
        assert named_documents(question, names).best == frozenset()
    assert named_documents("What does offer 19 say of COVID-10?", names).best == {1, 2}
    assert named_documents("What does offer 19 cost?", names).best == {2}
    assert named_documents("What is the sum of no. 4711?", names).best == {3}


def test_words_of_a_name_are_taken_apart_without_the_period():
    assert words_of_name("ALPHA_2023Q4_EARNINGS") == ["alpha", "earnings"]
    assert words_of_name("GAMMA_2023_8K_dated-2023-08-30") == ["gamma", "8k", "dated"]


def test_a_code_that_most_documents_begin_with_says_what_kind_they_are_of():
    openings = ["FORM 10-Q\nQuarterly report", "Form 10-Q", "Invoice INV-7"]
    assert codes_of_kind("What does the 10-Q say of INV-7?", openings) == {"10-q"}
    assert codes_of_kind("What does INV-7 say?", openings) == frozenset()


def test_a_company_stands_before_its_legal_form():
    page = "FORM 10-Q\nINTEL CORPORATION\n(Exact name of registrant)\nSiemens Energy AG, Munich"
    assert owners_of("Report of Acme Widgets, Inc.", page) == {
        "report",
        "acme",
        "widgets",
        "intel",
        "siemens",
        "energy",
    } - {"report"}
    assert owners_of("Bees", "The limited view of an ordinary hive.") == set()
