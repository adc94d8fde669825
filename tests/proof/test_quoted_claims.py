"""Claims in other languages rest on the reasoning's quotes."""

from rare_app.proof.quoted_claims import rest_on_quotes, rests_aside
from rare_app.types import Answer, Citation, Claim

from ..conftest import passage

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


LEASE = (
    "## § 6 Schönheitsreparaturen\n\nDie Schönheitsreparaturen übernimmt der Vermieter.\n\n"
    "Der Mieter leistet eine Kaution von drei Kaltmieten."
)


def rests_on(words: str, question: str = "Wer trägt die Schönheitsreparaturen?") -> bool:
    at = 40 + LEASE.index(words)
    place = Citation(0, "1.md", 1, at, at + len(words), words)
    one = Claim(text=words, supported=True, score=0.9, citations=(place,))
    answer = Answer(
        answered=True, answer=words, claims=(one,), passages=(passage(LEASE, start=40),)
    )
    return rests_aside(answer, question)


def test_an_answer_on_words_that_others_are_more_like_the_question_than_rests_aside() -> None:
    assert rests_on("Der Mieter leistet eine Kaution von drei Kaltmieten.")
    assert not rests_on("Die Schönheitsreparaturen übernimmt der Vermieter.")


def test_a_heading_is_no_ground_for_an_answer() -> None:
    assert rests_on("§ 6 Schönheitsreparaturen")


def test_an_answer_without_a_place_is_not_judged() -> None:
    bare = Answer(answered=True, answer="Ja.", passages=(passage(LEASE),))
    assert not rests_aside(bare, "Ja?")
    assert not rests_aside(Answer(answered=True, answer="Ja."), "Ja?")
