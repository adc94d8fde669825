"""What the question's own writing does to the ranking, and what no question may do."""

from contextlib import contextmanager

import pytest

from rare_app.library import Library, QuestionError
from rare_app.settings import Settings

from ..conftest import BEES, BRIDGES

LINES = {
    "codes.md": "Type 2 diabetes without complications is coded E11.9 in this clinic.",
    "other-codes.md": "Type 2 diabetes with some complications is coded E11.8 in this clinic.",
    "clause.md": "Under § 4.2(b) the tenant pays for the heating of the flat.",
    "clause-c.md": "Under § 4.2(c) the tenant pays for the cleaning of the flat.",
    "dose.md": "Adults take 5mg of the drug in the evening.",
    "dose-ten.md": "Children take 10mg of the drug in the evening.",
    "visit.md": "A followup visit is due after three weeks at the ward.",
    "tokyo.md": "東京都の人口は約1400万人です。",
    "osaka.md": "大阪市の名物はたこ焼きです。",
    "russian.md": "Договор аренды заключается на пять лет.",
    "german.md": "Die Kündigungsfrist beträgt drei Monate.",
    "bees.md": BEES,
    "bridges.md": BRIDGES,
}


@contextmanager
def filled(folder, embedder, texts):
    """Open a library of some texts by file name."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(settings=Settings(home=folder / "home"), embedder=embedder)
    library.add([folder / name for name in texts])
    yield library
    library.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, embedder):
    with filled(tmp_path_factory.mktemp("lines"), embedder, LINES) as library:
        yield library


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Which disease is E11.9?", "codes.md"),
        ("Which disease is E11.8?", "other-codes.md"),
        ("What is said in 4.2(c)?", "clause-c.md"),
        ("Who takes 5 mg?", "dose.md"),
        ("When is the follow-up visit?", "visit.md"),
        ("東京都の人口は?", "tokyo.md"),
        ("大阪市の名物は何ですか", "osaka.md"),
        ("На сколько лет договор аренды?", "russian.md"),
        ("Kundigungsfrist?", "german.md"),
    ],
)
def test_what_is_asked_for_comes_first(shelf, question, document):
    assert shelf.retrieve(question, k=1)[0].document == document


def test_a_quoted_phrase_goes_first(shelf):
    plain = "What do queens of a honey bee colony do in winter"
    assert shelf.retrieve(plain, k=1)[0].document == "bees.md"
    quoted = f'{plain} with "two railway tracks"?'
    assert shelf.retrieve(quoted, k=1)[0].document == "bridges.md"


ODD = [
    'AND NOT "',
    "NEAR(",
    "NEAR(bees hive, 3)",
    "*",
    "bee*",
    "text:bees",
    "^bees - hive",
    "bees OR",
    '"""',
    "'; DROP TABLE chunks; --",
    "%_\\",
    "{bees} + [hive]",
    "bees\x00hive",
    "?!… -- ---",
    "🐝",
    "क्या हाल है",
    "مرحبا بالعالم",
    "\u202eseeb",
    "e\u0301" * 50,
    "a-b-c-d-e-f " * 500,
    '"' + "bee " * 400 + '"',
    "1.2.3.4.5(a)(b)(c) " * 300,
]


@pytest.mark.parametrize("question", ODD)
def test_no_question_breaks_the_search(shelf, question):
    found = shelf.retrieve(question, k=3)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert shelf.count_chunks() >= len(LINES)


@pytest.mark.parametrize("terms", [[], [""], ['"'], ["*"], ["\x00"], ["NEAR("], ["( )"]])
def test_signs_of_the_search_language_are_words_or_nothing(shelf, terms):
    [collection_id] = shelf._catalogue.collection_ids()
    assert shelf._catalogue.search_words(terms, collection_id=collection_id, k=5) == []
    assert shelf._catalogue.rarity(terms) >= 1.0


def test_ten_thousand_characters_are_refused_not_cut(shelf):
    with pytest.raises(QuestionError, match="10,000 characters"):
        shelf.retrieve("bees?" * 2000)
    assert shelf.retrieve("bees " * 1599, k=1)[0].document == "bees.md"


QUARTER = "Our effective tax rate was {rate}% in the quarter. It fell because of lower duties.\n"


@pytest.fixture(scope="module")
def reports(tmp_path_factory, embedder):
    texts = {
        "terms.md": "The cost of goods sold (COGS) is explained here.\n",
        "costs.md": "Cost of goods sold came to 12 thousand for the garden tools.\n",
    }
    for year, rate in ((2021, 17), (2022, 19), (2023, 18)):
        text = f"Acme Corporation\n\n{QUARTER.format(rate=rate)}\nSales rose in {year - 1}."
        texts[f"{year} Q3 ACM.md"] = text
    with filled(tmp_path_factory.mktemp("reports"), embedder, texts) as library:
        yield library


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("What was the effective tax rate in the third quarter of fiscal 2023?", "2023 Q3 ACM.md"),
        ("What was the effective tax rate in Q3 2021?", "2021 Q3 ACM.md"),
        ("What was the effective tax rate in the latest report?", "2023 Q3 ACM.md"),
    ],
)
def test_the_period_that_is_asked_for_goes_before_its_twins(reports, question, document):
    found = reports.retrieve(question, k=3)
    assert found[0].document == document
    assert all(one.score < found[0].score - 0.4 for one in found[1:])


def test_a_question_through_time_sees_all_periods(reports):
    question = "How did the effective tax rate of 2023 develop since the earlier reports?"
    found = {one.document for one in reports.retrieve(question, k=3)}
    assert found == {"2021 Q3 ACM.md", "2022 Q3 ACM.md", "2023 Q3 ACM.md"}


def test_an_abbreviation_finds_what_it_stands_for(reports):
    found = {one.document for one in reports.retrieve("How high was COGS?", k=2)}
    assert found == {"terms.md", "costs.md"}


SHEET = """{name} Corporation

{about}

(In millions) 2023 2022
Cash and securities  8,232  11,144
Receivables  3,847  4,133
{row}
Long-term obligations  48,836  37,684
Retained earnings  65,649  70,405
"""


@pytest.fixture(scope="module")
def sheets(tmp_path_factory, embedder):
    prose = "Research and development (R&D) matters to us. Stocks of goods are counted each year.\n"
    costs = SHEET.format(name="Acme", about="Costs.", row="Research and development  4,109  4,362")
    texts = {"Acosts.md": costs}
    for name in ("Acme", "Zenith"):
        for number, row in enumerate(("Inventories  12,993  13,224", "Goodwill  27,591  27,500")):
            text = SHEET.format(name=name, about="Balance sheet, first part.", row=row)
            texts[f"{name[:2]}{number}.md"] = text
    for number in range(4):
        text = (
            f"Acme Corporation\n\n{prose * 2}Page {number} tells of inventories, R&D and goodwill."
        )
        texts[f"prose{number}.md"] = text
    with filled(tmp_path_factory.mktemp("sheets"), embedder, texts) as library:
        yield library


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("What were the inventories of Acme in 2023?", "Ac0.md"),
        ("How much goodwill did Acme have in 2023?", "Ac1.md"),
        ("How much goodwill did Zenith have in 2023?", "Ze1.md"),
        ("How much did Acme spend on research and development in 2023?", "Acosts.md"),
    ],
)
def test_the_row_of_a_table_is_found_by_its_label(sheets, question, document):
    assert sheets.retrieve(question, k=1)[0].document == document


def test_a_label_is_found_by_its_abbreviation(sheets):
    found = {one.document: one.score for one in sheets.retrieve("How much was Acme's R&D?", k=9)}
    assert found["Acosts.md"] > max(found["Ac0.md"], found["Ac1.md"]) + 0.2


def test_rows_do_not_count_where_no_figure_is_asked_for(sheets):
    found = [one.document for one in sheets.retrieve("Who counts Acme's stocks of goods?", k=4)]
    assert all(one.startswith("prose") for one in found)
