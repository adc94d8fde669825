import numpy as np
import pytest

from rare_app.evidence import (
    Guide,
    Surroundings,
    Word,
    asks_for_figure,
    find_figure,
    likely_answers,
    read_tables,
    sentences_of,
)
from rare_app.evidence.lookup import look_up, with_figures

from ..readers import FlatReader

TABLE = """(In millions) Sep 30, 2023 Jun 30, 2023
Goodwill  67,790  67,886
Total current liabilities $ 124,792 $ 104,149
Other current liabilities  14,475  14,745
Net income (loss)  (2,768)  8,113"""
PROSE = "The company was founded in Leith. Its goodwill is tested for impairment every year."


def found(question, texts=(TABLE,)):
    return look_up(question, texts, [read_tables(text) for text in texts], sentences_of(texts))


def best(question, texts=(TABLE,)):
    """Give the likeliest figure of the row that gains most, and the row's sentence."""
    lookup = found(question, texts)
    number = int(lookup.gains.argmax())
    one = max((f for n, f in lookup.figures if n == number), key=lambda f: f.share)
    return number, one


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("How much goodwill was there at September 30, 2023?", "67,790"),
        ("How much goodwill was there at June 30, 2023?", "67,886"),
        ("What were the total current liabilities in June 2023?", "$ 104,149"),
        ("What were the other current liabilities?", "14,475"),
        ("What was the net income at June 30, 2023?", "8,113"),
    ],
)
def test_the_row_goes_by_its_label_and_the_column_by_the_time(question, figure):
    assert best(question)[1].bare == figure


def test_a_figure_is_written_with_its_unit():
    figure = best("What were the total current liabilities at September 30, 2023?")[1]
    assert figure.written == "$124,792 million"
    for said in ("$ 124,792", "$124,792", "$124,792 million", "$ 124,792 ."):
        assert find_figure(said, [figure]) is figure
    assert find_figure("124,79", [figure]) is None
    assert find_figure("Anna Weber", [figure]) is None


def test_rows_of_another_time_lose():
    lookup = found("How much goodwill was there at March 31, 2019?")
    assert lookup.figures == ()
    assert lookup.gains.max() <= 0
    assert (lookup.gains < -5).sum() == 4


def test_a_change_is_of_the_time_of_its_columns():
    text = "(In millions) 2023 2022\nRevenue  18,592  16,465  13%\nCosts  9,970  8,323  20%"
    assert found("By what percentage did the revenue grow in 2023?", (text,)).figures
    assert found("By what percentage did the revenue grow in 2019?", (text,)).figures == ()


def test_a_day_is_not_a_quarter():
    flows = "(In millions) Three Months Ended\n2023 2022\nReceivables  11,034  9,000\nOther  1  2"
    states = "(In millions) 2023 2022\nReceivables  36,953  48,688\nOther  3  4"
    at = "What were the receivables at September 30, 2023?"
    assert best(at, (flows, states))[1].bare == "36,953"
    during = "What were the receivables in the quarter ended September 30, 2023?"
    assert best(during, (flows, states))[1].bare == "11,034"


def test_a_label_may_add_more_or_lack_what_the_caption_says():
    text = "Unearned revenue by segment was as follows:\n(In millions) 2023 2022\n"
    text += "Cloud  17,294  19,371\nReceivables, net of allowances of $3 and $5  367  487"
    assert best("What was the unearned revenue of the cloud in 2023?", (text,))[1].bare == "17,294"
    lookup = found("What were the receivables in 2022?", (text,))
    assert max(one.likeness for _, one in lookup.figures) == 1.0


def test_of_rows_with_one_label_the_one_of_the_named_group_is_meant():
    text = "(In millions) 2023 2022\nRevenue\nCloud  24,259  20,325\nTotal  56,517  50,122\n"
    text += "Operating income\nCloud  11,751  8,978\nTotal  26,895  21,518"
    assert best("What was the revenue of the cloud in 2022?", (text,))[1].bare == "20,325"
    assert best("What was the operating income of the cloud in 2022?", (text,))[1].bare == "8,978"
    assert best("What was the total operating income in 2023?", (text,))[1].bare == "26,895"


@pytest.mark.parametrize(
    ("what", "above", "found_there"),
    [
        ("advertising expense", "Revenue, classified by offering, was as follows:", False),
        ("advertising expense", "Operating expenses were as follows:", True),
        ("advertising revenue", "Operating expenses were as follows:", False),
        ("advertising revenue", "Revenue, classified by offering, was as follows:", True),
        ("advertising expense", "Revenue", True),
        ("cost of advertising revenue", "Cost of revenue was as follows:", True),
        ("advertising", "Revenue, classified by offering, was as follows:", True),
    ],
)
def test_what_is_earned_is_not_what_is_spent(what, above, found_there):
    text = f"{above}\n(In millions) 2023 2022\nSearch and news advertising  3,053  2,913"
    lookup = found(f"What was the {what} in 2023?", (text,))
    assert bool(lookup.figures) is found_there


def test_a_share_of_revenue_beside_an_expense_does_not_make_it_one():
    text = "Results\n(In millions) 2023 2022\nRevenue\nResearch and development  4,109  4,362"
    assert (
        best("What was the research and development expense in 2023?", (text,))[1].bare == "4,109"
    )


def test_a_year_that_stands_nowhere_has_no_figures():
    bare = "Goodwill  67,790  67,886\nDebt  41,946  41,990"
    assert found("How much goodwill was there in 2015?", (bare,)).figures
    assert found("How much goodwill was there in 2015?", (bare, "Founded in 1998.")).figures == ()
    assert found("How much goodwill was there in 2015?", (bare, "Founded in 2015.")).figures


def test_a_row_of_percentages_only_where_a_rate_may_be_asked_for():
    text = "2023 2022\nCompensation  1.4 %  0.8 %\nTax rate  18 %  19 %"
    plain, rate = (
        found(f"What was the {what} in 2023?", (text,)).gains
        for what in ("compensation", "tax rate")
    )
    assert plain[1] < rate[2]


def test_abbreviations_are_written_out_as_the_label_does():
    text = "(In millions) 2023 2022\nResearch and development  4,109  4,362\nOther  1  2"
    assert best("What was the R&D spending in 2023?", (text,))[1].bare == "4,109"
    assert best("What was the R&D spending in 2023?", (text,))[1].likeness > 0.4
    assert not found("What was the S&M spending in 2023?", (text,)).figures


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("What is the weight of pump P-12?", "12.5"),
        ("How much does pump P-12 cost, by its price?", "300"),
        ("What is the price of pump P-13?", "310"),
        ("What is the price of the valve?", "40"),
    ],
)
def test_a_column_goes_by_its_name_and_a_row_by_its_code(question, figure):
    text = "| Part | Weight (kg) | Price (EUR) |\n| --- | --- | --- |\n| Pump P-12 | 12.5 | 300 |\n"
    text += "| Pump P-13 | 13.5 | 310 |\n| Valve V-3 | 2.1 | 40 |"
    assert best(question, (text,))[1].bare == figure


def test_what_names_columns_does_not_answer():
    gains = found("How much goodwill was there in June 2023?").gains
    assert gains[0] < 0 < gains[1]


def test_whose_figures_are_meant_hardly_counts():
    whose = found("What is the goodwill of Acme?", (TABLE, "Acme was founded in Leith."))
    nobodys = found("What is the goodwill?", (TABLE,))
    assert 0.6 * nobodys.gains.max() < whose.gains.max() < nobodys.gains.max()
    named = look_up(
        "What is the goodwill of Acme?",
        [TABLE],
        [read_tables(TABLE)],
        sentences_of([TABLE]),
        Surroundings(names="2023 Q3 ACM acme"),
    )
    assert named.gains.max() == whose.gains.max()


def test_a_name_that_is_known_nowhere_has_no_figures():
    lookup = found("What is the goodwill of Zenith?")
    assert lookup.figures == ()
    assert lookup.gains.max() < 0
    assert found("What was the EPS, beside the goodwill?").figures


def test_other_words_that_stand_nowhere_count_against_a_row():
    plain = found("What were the current liabilities?").gains.max()
    known = found("What were the current net liabilities?").gains.max()
    unknown = found("What were the current electricity liabilities?").gains.max()
    assert unknown < known < plain


def test_two_years_or_a_change_take_more_than_one_figure():
    text = "(In millions) 2023 2022\nRevenue  18,592  16,465\nCosts  9,970  8,323"
    assert found("What was the revenue in 2023 and 2022?", (text,)).figures == ()
    assert found("What is the average change in revenue?", (text,)).figures == ()
    assert found("What was the revenue in 2022?", (text,)).figures
    change = "(In millions) 2023 2022\nNet change in cash  45,748  8,953\nCosts  9,970  8,323"
    assert best("What was the net change in cash in 2023?", (change,))[1].bare == "45,748"


def test_an_average_that_a_group_is_named_by_is_not_to_be_worked_out():
    shares = """(In millions) Sep 30, 2023 Sep 30, 2022
Earnings per share:
Diluted $ 2.99 $ 2.35
Weighted average shares outstanding:
Basic  7,429  7,457
Diluted  7,462  7,485"""
    question = "How many diluted weighted average shares were outstanding at September 30, 2023?"
    assert best(question, (shares,))[1].bare == "7,462"


def test_a_change_is_worked_out_of_the_row_that_is_asked_for():
    text = "(In millions) 2023 2022\nRevenue  18,592  16,465\nCosts of revenue  9,970  8,323"
    number, figure = best("What is the change in revenue in 2023?", (text,))
    assert (number, figure.written) == (1, "2,127 million (18,592 - 16,465)")
    assert [text[one.start : one.end] for _, one in figure.places] == ["18,592", "16,465"]
    assert find_figure("2,127", [figure]) is figure
    assert best("What is the average revenue?", (text,))[1].written.startswith("17,528.5 million")
    assert found("What is the change in revenue from 2019 to 2023?", (text,)).figures == ()
    assert found("What is the change in the revenue of Zenith?", (text,)).figures == ()


def test_two_rows_that_are_set_against_each_other_both_gain():
    text = "(In millions) 2023 2022\nRevenue  500  400\nOther  9  8\nResearch  100  60"
    lookup = found("What percentage of revenue was research in 2023?", (text,))
    assert [(number, one.written) for number, one in lookup.figures] == [
        (3, "20% (100 / 500)"),
        (1, "20% (100 / 500)"),
    ]
    assert min(lookup.gains[1], lookup.gains[3]) > lookup.gains[2]
    assert find_figure("20%", [one for _, one in lookup.figures])


def test_both_figures_of_a_comparison_are_where_the_answer_stands():
    text = "(In millions) 2023 2022\nRevenue  500  400\nResearch  100  60"
    lookup = found("What percentage of revenue was research in 2023?", (text,))
    spots = [(text.index(figure), text.index(figure) + 3) for figure in ("500", "100", "400")]
    words = [Word(0, start, end, -9.0, -9.0) for start, end in spots]
    scores = np.array([-99.0, 0.0, 0.0], dtype=np.float32)
    opens = [np.exp(one.opens) for one in with_figures(words, lookup, scores)]
    assert opens[:2] == pytest.approx([0.5, 0.5], abs=0.01)
    assert opens[2] < 0.01


def test_a_percentage_beside_a_figure_is_no_ratio():
    text = "(In millions) 2023 2022\nNet income  17  20  (14)%\nCosts  9  8  12%"
    assert found("What is the ratio of net income to sales in 2023?", (text,)).figures == ()
    question = "What was net income as a percentage of sales in 2023?"
    assert found(question, (text,)).figures == ()  # these are changes in percent
    shares = "(In millions) 2023  % of sales\nNet income  17  14%\nCosts  9  12%"
    assert best(question, (shares,))[1].bare == "14%"


def test_a_name_in_a_label_tells_which_row_is_meant():
    text = "(In millions) 2023 2022\nRevenue  56  50\nLinkedIn  39  36"
    assert best("How much was the LinkedIn revenue in 2023?", (text,))[1].bare == "39"
    assert best("How much was the revenue in 2023?", (text,))[1].bare == "56"


def test_the_row_out_of_which_it_can_be_worked_out_is_preferred():
    flows = "(In millions) 2023 2022\nReceivables  11,034  11,729\nInventories  505  543"
    balance = "(In millions) June 30, 2023 May 31, 2023\nReceivables  36,953  48,688\nCash  1  2"
    question = "By how much did receivables fall from May 31, 2023 to June 30, 2023?"
    number, figure = best(question, (flows, balance))
    assert figure.written == "11,735 million (48,688 - 36,953)"
    assert number > 3


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the report?",
        "When did the goodwill change?",
        "Why did the goodwill change?",
        "Which segment has most goodwill?",
        "Is there any goodwill?",
        "How is goodwill tested?",
    ],
)
def test_questions_for_something_else_leave_tables_alone(question):
    assert not asks_for_figure(question)
    assert found(question) is None


def test_prose_is_left_alone():
    assert found("How much goodwill is there?", (PROSE,)) is None


def test_a_percentage_only_where_one_is_asked_for():
    text = "(In millions) 2023 2022\nRevenue  18,592  16,465  13%\nCosts  9,970  8,323  20%"
    assert best("What was the revenue in 2023?", (text,))[1].bare == "18,592"
    assert best("By what percentage did the revenue grow in 2023?", (text,))[1].bare == "13%"


def embed(texts):
    return np.ones((len(texts), 1), dtype=np.float32)


def test_the_guide_takes_the_figure_for_the_likeliest_answer():
    guide = Guide(embed=embed, reader=FlatReader())
    texts = [PROSE, TABLE]
    said = guide.judge("How much goodwill was there at June 30, 2023?", texts)
    row = said.sentences[int(said.scores.argmax())]
    assert texts[row.passage][row.start : row.end].startswith("Goodwill")
    assert 0 < said.answers_log_odds < said.scores.max()
    likely = likely_answers(said.words, texts=texts, within=[(row.passage, row.start, row.end)])
    passage, start, end, share = likely[0]
    assert texts[passage][start:end] == "67,886"
    assert share > 0.3
    opens = np.exp([word.opens for word in said.words]).sum()
    assert opens == pytest.approx(1.0, abs=0.01)


def test_the_guide_reads_a_cut_table_with_what_stands_above_it():
    guide = Guide(embed=embed, reader=FlatReader())
    cut = TABLE.index("Goodwill")
    question = "How much goodwill was there at June 30, 2023?"
    told = guide.judge(question, [TABLE[cut:]], Surroundings(above=(TABLE[:cut],)))
    assert max(told.figures, key=lambda one: one.share).written == "67,886 million"
    untold = guide.judge(question, [TABLE[cut:]])
    assert max(untold.figures, key=lambda one: one.share).written == "67,790"
