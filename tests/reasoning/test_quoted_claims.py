"""Claims in other languages rest on the reasoning's quotes."""

from rare_app.reasoning.quoted_claims import rest_on_quotes
from rare_app.reasoning.types import Citation, Claim

ROW = Citation(0, "10q.pdf", 4, 100, 120, "| iPhone | $65,775 | $42,626 |")
NOTE = Citation(1, "10q.pdf", 9, 0, 20, "Amounts are in millions.")
WORD = Citation(2, "10q.pdf", 1, 3, 9, "iPhone")
QUESTION = "Wie hoch war der Umsatz mit dem iPhone im Jahr 2022?"


def claim(text: str, **options: object) -> Claim:
    found = {"supported": False, "score": 0.1, "status": "unsupported", "citations": (WORD,)}
    return Claim(text=text, **{**found, **options})  # type: ignore[arg-type]


def test_a_figure_in_another_locale_is_tied_to_the_row_that_was_quoted() -> None:
    proved = rest_on_quotes(claim("Der Umsatz betrug 65.775 im Jahr 2022."), QUESTION, [ROW, NOTE])
    assert (proved.status, proved.supported, proved.citations) == ("weak", False, (ROW,))


def test_a_figure_that_was_not_quoted_leaves_the_claim_as_it_was() -> None:
    found = claim("Der Umsatz betrug 65.776.")
    assert rest_on_quotes(found, QUESTION, [ROW, NOTE]) is found


def test_digits_are_not_enough() -> None:
    quote = Citation(0, "leaflet.pdf", 1, 0, 9, "35 mg a day")
    found = claim("Die Dosis beträgt 3,5 mg.")
    assert rest_on_quotes(found, "Wie hoch ist die Dosis?", [quote]) is found


def test_words_alone_are_shown_with_their_quotes_and_stay_in_doubt() -> None:
    proved = rest_on_quotes(claim("Der Vertrag ist kündbar."), QUESTION, [NOTE])
    assert (proved.status, proved.citations) == ("weak", (NOTE,))


def test_without_quotes_nothing_changes() -> None:
    found = claim("Der Umsatz betrug 65.775.")
    assert rest_on_quotes(found, QUESTION, []) is found
