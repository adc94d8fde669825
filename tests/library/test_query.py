import pytest

from rare_app.library.query import parse_query, words_of


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        ("Is E11.9 covered?", ["e11 9"]),
        ("What does ICD-10 say?", ["icd 10", "icd10"]),
        ("See § 4.2(b), please", ["4 2 b"]),
        ("What is the R&D spending?", ["r d"]),
        ("Where is 40,215 from?", ["40 215", "40215"]),
        ("Give 5mg daily", ["5 mg"]),
        ("Give 2.5 mg daily", ["2 5", "2.5mg", "2.5 mg"]),
        ("Any follow-up visits?", ["follow up", "followup"]),
        ("Plain words only.", []),
    ],
)
def test_codes_numbers_units_and_hyphens_are_looked_up_as_documents_write_them(question, forms):
    assert [one for one in parse_query(question).forms if one in forms] == forms
    if not forms:
        assert parse_query(question).forms == ()


def test_words_leave_out_function_words_and_document_names():
    query = parse_query("What was the gross margin of Acme?", spoken_for=frozenset({"acme"}))
    assert query.words == ("gross", "margin")
    assert query.pairs == ("gross margin",)
    assert words_of("The the of") == []


@pytest.mark.parametrize(
    "quoted", ['"net cash flow"', "“net cash flow”", "„net cash flow“", "«net cash flow»"]
)
def test_quoted_phrases_are_taken_whole(quoted):
    assert parse_query(f"Where is {quoted} defined?").phrases == ("net cash flow",)


def test_quotation_marks_without_words_are_no_phrase():
    assert parse_query('Is "--" or "" or " a phrase?').phrases == ()


def test_scripts_without_blanks_are_looked_up_by_pairs():
    query = parse_query("東京都の人口は?")
    assert query.words[:2] == ("東 京", "京 都")
    assert parse_query("“東京都” 2020").phrases == ("東 京 都",)


def test_a_long_question_stays_bounded():
    query = parse_query(" ".join(f"word{n} x-{n}.{n}" for n in range(5000)))
    assert max(map(len, (query.words, query.forms, query.pairs, query.phrases))) <= 200
