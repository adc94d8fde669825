import pytest

from rare_app.evidence import read_tables
from rare_app.evidence.arithmetic import work_out

TEXT = """(In millions, except per share amounts)  2023  2022
Revenue  $ 41,990  $ 44,454
Loss  (12)  (10)
Net income (loss)  (2,768)  8,113
Earnings per share  $ 2.35  $ 2.71
Tax rate  21.0%  19.5%
Growth  0  5
Total assets  10  20
Fees  —  20"""
BETWEEN = "from 2022 to 2023"


def worked(question, label, text=TEXT):
    row = [one for one in read_tables(text).cells if one.row == label]
    found = work_out(question, row, text)
    return found and found.written


@pytest.mark.parametrize(
    ("question", "label", "written"),
    [
        (f"the change {BETWEEN}", "Revenue", "-$2,464 million (41,990 - 44,454)"),
        (f"How much did it fall {BETWEEN}", "Revenue", "$2,464 million (44,454 - 41,990)"),
        (f"the percentage change {BETWEEN}", "Revenue", "-5.5% ((41,990 - 44,454) / 44,454)"),
        (f"what percent did it fall {BETWEEN}", "Revenue", "5.5% ((44,454 - 41,990) / 44,454)"),
        ("the average of 2022 and 2023", "Revenue", "$43,222 million ((41,990 + 44,454) / 2)"),
        ("the sum of 2022 and 2023", "Revenue", "$86,444 million (41,990 + 44,454)"),
        (f"the change {BETWEEN}", "Loss", "-2 million (-12 - (-10))"),
        (f"the percentage change {BETWEEN}", "Loss", "20% ((-12 - (-10)) / (-10))"),
        (f"the change {BETWEEN}", "Net income (loss)", "-10,881 million (-2,768 - 8,113)"),
        (f"the change {BETWEEN}", "Earnings per share", "-$0.36 (2.35 - 2.71)"),
        ("the average of 2022 and 2023", "Earnings per share", "$2.53 ((2.35 + 2.71) / 2)"),
        (f"the change {BETWEEN}", "Tax rate", "1.5 percentage points (21.0% - 19.5%)"),
        ("the average of 2022 and 2023", "Tax rate", "20.25% ((21.0% + 19.5%) / 2)"),
        (f"the percentage change {BETWEEN}", "Growth", "-100% ((0 - 5) / 5)"),
    ],
)
def test_what_is_worked_out_is_written_with_its_formula(question, label, written):
    assert worked(question, label) == written


@pytest.mark.parametrize(
    ("question", "label"),
    [
        (f"the percentage change {BETWEEN}", "Net income (loss)"),  # across zero
        ("the sum of 2022 and 2023", "Total assets"),  # a total of each year
        (f"the change {BETWEEN}", "Fees"),  # one figure is missing
        ("the revenue in 2023", "Revenue"),  # nothing is to be worked out
        ("the change from 2021 to 2022", "Revenue"),  # one year is missing
    ],
)
def test_what_cannot_be_worked_out_is_left(question, label):
    assert worked(question, label) is None


def test_nothing_is_divided_by_zero():
    text = "(In millions)  2023  2022\nGrowth  5  0\nCosts  1  2"
    assert worked(f"the percentage change {BETWEEN}", "Growth", text) is None


def test_the_operands_are_the_cells_in_the_order_of_the_formula():
    row = [one for one in read_tables(TEXT).cells if one.row == "Revenue"]
    found = work_out(f"How much did it fall {BETWEEN}", row, TEXT)
    assert [TEXT[one.start : one.end] for one in found.operands] == ["$ 44,454", "$ 41,990"]
    assert found.bare == "2,464"
