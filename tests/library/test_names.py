from rare_app.library.names import named_documents, owners_of

FILINGS = {1: "2022 Q3 MSFT", 2: "2023 Q3 MSFT", 3: "2023 Q1 INTC"}


def test_the_document_whose_name_is_asked_for_comes_first():
    shares = named_documents("What was the tax rate in Q3 2022?", FILINGS)
    assert shares == {1: 1.0, 2: 0.5}
    assert named_documents("Where is the key?", FILINGS) == {}


def test_the_latest_names_the_newest_document():
    assert named_documents("What does the most recent report say?", FILINGS) == {2: 1.0}


def test_quarters_in_words_and_the_company_name_documents_too():
    owners = {1: {"microsoft"}, 2: {"microsoft"}, 3: {"intel"}}
    assert named_documents("Intel's debt?", FILINGS, owners) == {3: 1.0, 1: -1.0, 2: -1.0}
    shares = named_documents("Microsoft's tax in the third quarter of 2023?", FILINGS, owners)
    assert max(shares, key=shares.__getitem__) == 2
    assert shares[3] < shares[1] < 1


def test_another_company_than_the_one_that_is_named_is_not_meant():
    owners = {1: {"microsoft"}, 2: {"microsoft"}, 3: {"intel"}}
    shares = named_documents("Microsoft's debt in 2023?", FILINGS, owners)
    assert shares[3] == -1.0 < shares[1] < shares[2]
    both = named_documents("Is Intel's debt above Microsoft's?", FILINGS, owners)
    assert min(both.values()) > 0
    assert -1.0 not in named_documents("the debt in 2023?", FILINGS, owners).values()


def test_a_word_that_a_company_is_called_by_is_a_name_with_a_capital():
    owners = {1: {"general", "electric"}, 2: {"acme"}}
    names = {1: "lease one", 2: "lease two"}
    for question in ("What are the general terms?", "General terms of the lease?"):
        assert -1.0 not in named_documents(question, names, owners).values()
    for question in ("What does General Electric owe?", "Electric's rent?", "the (General) rent"):
        assert named_documents(question, names, owners)[2] == -1.0


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
