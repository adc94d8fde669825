import pytest

from rare_app.documents.number_format import is_date, show_number, show_text

ACCOUNTS = '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1250000, '#,##0.00 "€"', "1,250,000.00 €"),
        (1250000, "[$€-407]#,##0", "€1,250,000"),
        (2.35, "#,##0.00 [$USD]", "2.35 USD"),
        (0.125, "0.0%", "12.5%"),
        (-0.125, "0.0%", "-12.5%"),
        (-310.4, "#,##0.00;[Red](#,##0.00)", "(310.40)"),
        (1234.5, ACCOUNTS, "$ 1,234.50"),
        (-1234.5, ACCOUNTS, "$ (1,234.50)"),
        (0, ACCOUNTS, "$ -"),
        (14, '0" days"', "14 days"),
        (1234567, '#,##0.0,,"M"', "1.2M"),
        (41000, "#,##0,", "41"),
        (1500, '[>=1000]0.0,"k";0', "1.5k"),
        (5551234, "000-0000", "555-1234"),
        (7, "00000", "00007"),
        (1234, "#,##0.##", "1,234"),
        (0.5, "#.00", ".50"),
        (2.5, "# ?/?", "2 1/2"),
        (0.25, "# ??/??", "1/4"),
        (12345, "0.00E+00", "1.23E+04"),
        (2.675, "0.00", "2.68"),
        (1, '"Yes";"Yes";"No"', "Yes"),
        (5, ";;;", ""),
        (0.07000000000000001, "General", "0.07"),
        (1 / 3, "General", "0.3333333333"),
        (123456789012, "General", "123456789012"),
        (-3, "General", "-3"),
        (1e300, "0.00", "1e+300"),
    ],
)
def test_numbers_are_shown_as_the_sheet_shows_them(value, code, shown):
    assert show_number(float(value), code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (46477, "dd.mm.yyyy", "31.03.2027"),
        (46477, "d mmmm yyyy", "31 March 2027"),
        (46477, "d-mmm-yy", "31-Mar-27"),
        (46477, "yyyy-mm-dd", "2027-03-31"),
        (46477, "mm/yyyy", "03/2027"),
        (45000.5, "dddd, mmmm dd, yyyy", "Wednesday, March 15, 2023"),
        # Another country reads these the other way round, or in another language.
        (46477, "mm-dd-yy", "2027-03-31"),
        (46477, "d/m/yyyy", "2027-03-31"),
        (46477, "[$-407]D. MMMM YYYY", "2027-03-31"),
        (46477.75, "m/d/yy h:mm", "2027-03-31 18:00"),
        (0.75, "hh:mm:ss", "18:00:00"),
        (0.5, "h:mm AM/PM", "12:00 PM"),
        (1.5, "[h]:mm", "36:00"),
        (0.0625, "[mm]:ss", "90:00"),
        (-5, "dd.mm.yyyy", "-5"),
        (1e9, "dd.mm.yyyy", "1000000000"),
    ],
)
def test_dates_times_and_durations(value, code, shown):
    assert show_number(float(value), code) == shown
    assert is_date(code)


def test_days_from_1904():
    assert show_number(45015.0, "yyyy-mm-dd", from_1904=True) == "2027-03-31"


def test_a_text_gets_what_its_format_puts_around_it():
    assert show_text("12", '"No. "@') == "No. 12"
    assert show_text("12", "0.00") == "12"


@pytest.mark.parametrize("code", ["", "[", '"', "\\", ";;;;;;;", "0" * 5000, "#,##0" * 900, "?/"])
def test_an_odd_format_raises_nothing(code):
    assert len(show_number(12.5, code)) < 6000
    assert show_number(float(-1), code) is not None
