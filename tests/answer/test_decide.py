"""Whether an answer may stand, and what takes its place."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from rare_app.answer import Judgement
from rare_app.answer.decide import (
    SURE_NATS,
    central_claim,
    conclude,
    decide,
    is_carried,
    rests_on_quotes,
    withheld,
)
from rare_app.answer.notes import take_notes
from rare_app.answer.question import Question
from rare_app.model import GENERIC, ConfidenceNumbers
from rare_app.prompt import REFUSAL
from rare_app.proof import date_of
from rare_app.reader import Sentence
from rare_app.types import Answer, Citation, Claim, Step

from ..conftest import BEES, BRIDGES, passage

QUESTION = "How long is the bridge?"
GOOD = Claim("The bridge is 2 km long.", True, 0.9)
WEAK = Claim("The bridge is long.", False, 0.4, status="weak")
BAD = Claim("The bridge is 3 km long.", False, 0.1)


def answer(*claims):
    return Answer(answered=True, answer=" ".join(one.text for one in claims), claims=claims)


def test_the_central_claim_holds_most_of_the_question():
    aside = Claim("Bees fly.", True, 0.9)
    assert central_claim([aside, BAD, GOOD], QUESTION) is BAD
    assert central_claim([], QUESTION) is None
    assert not is_carried(answer(aside, BAD), QUESTION)
    assert is_carried(answer(aside, GOOD), QUESTION)
    assert is_carried(answer(WEAK), QUESTION)


def test_what_is_withheld_is_kept():
    refused = withheld(replace(answer(BAD), doubtful=True))
    assert (refused.answered, refused.answer, refused.claims) == (False, REFUSAL, ())
    assert (refused.withheld, refused.doubtful) == (BAD.text, False)


BRIDGE = passage("The bridge must not be closed. It is 2 km long. | a | 5 |")
SENTENCES = (Sentence(0, 0, 30), Sentence(0, 31, 46), Sentence(0, 47, 56))


def quote(start, end):
    return Citation(0, "a.md", 1, start, end, BRIDGE.text[start:end])


def judged(*scores, odds=SURE_NATS):
    return Judgement(SENTENCES, np.array(scores, dtype=np.float32), odds)


def concluded(claim, *quotes, question="May the bridge be closed?", **options):
    said = replace(answer(claim), passages=(BRIDGE,), quotes=quotes)
    return conclude(said, question, judged(3.0, 1.0, 5.0, **options))


def test_a_conclusion_that_nothing_carries_gives_way_to_what_was_quoted():
    yes = Claim("Yes, the bridge may be closed.", False, 0.1, status="weak")
    given = concluded(yes, quote(31, 46), quote(0, 30), quote(47, 56))
    assert (given.answer, given.doubtful) == ("The bridge must not be closed.", True)
    assert [(one.status, one.citations) for one in given.claims] == [("supported", (quote(0, 30),))]
    alone = concluded(yes, quote(47, 56))  # a row of a table says too little
    assert (alone.answer, alone.doubtful) == (yes.text, True)


@pytest.mark.parametrize(
    ("said", "doubtful"),
    [("7,415 people work at Caster.", True), ("The water use of Caster was 7,415 m³.", False)],
)
def test_a_cell_does_not_answer_what_its_table_has_no_words_for(said, doubtful):
    table = passage("| Site | Water use (m³) |\n|---|---|\n| Caster | 7,415 |")
    at = table.text.index("| Caster")
    row = Citation(0, "a.pdf", 1, at, len(table.text), table.text[at:])
    given = replace(
        answer(Claim(said, True, 0.9, (row,))), passages=(table,), quotes=(row,), expected=0.6
    )
    told = conclude(given, "How many at Caster?", Judgement((), np.zeros(0, np.float32), 5.0))
    assert told.doubtful is doubtful


def test_an_answer_that_falls_into_english_is_doubted(settings):
    """The question is German: the proof cannot tell more."""
    guide = SimpleNamespace(knows=lambda question: False)
    asked = Question(text="Darf ich in der Wohnung einen Hund halten?", settings=settings)
    for said, doubtful in (
        ("Yes, I can keep a dog here.", True),
        ("Ja, ein Hund ist erlaubt.", False),
    ):
        given = Answer(True, said, claims=(Claim(said, True, 0.9),))
        told = decide(given, asked, gatherer=SimpleNamespace(guide=guide), profile=GENERIC)
        assert told.doubtful is doubtful


def test_a_list_does_not_give_way_to_two_of_its_lines():
    weak = Claim("The bridge is long.", False, 0.4, status="weak")
    said = replace(answer(weak, weak, weak), passages=(BRIDGE,), quotes=(quote(0, 30),))
    told = conclude(said, "What of the bridge?", judged(3.0, 1.0, 1.0))
    assert (told.answer, told.doubtful) == (said.answer, True)


def test_a_heading_that_was_quoted_is_no_answer():
    text = "## Closing\n\nThe bridge is closed."
    place = Citation(0, "a.md", 1, 0, 10, text[:10])
    said = replace(
        answer(Claim("It closes.", False, 0.1, status="weak")),
        passages=(passage(text),),
        quotes=(place,),
    )
    scores = np.array([5.0, 1.0], dtype=np.float32)
    judged_so = Judgement((Sentence(0, 0, 10), Sentence(0, 12, len(text))), scores, SURE_NATS)
    assert conclude(said, "What about closing?", judged_so).answer == "It closes."


def test_without_the_readers_word_it_is_withheld():
    wrong = Claim("The tunnel was flooded in spring.", False, 0.1)
    assert concluded(wrong, quote(0, 30)).answer == "The bridge must not be closed."
    refused = concluded(wrong, quote(0, 30), odds=SURE_NATS - 1)
    assert (refused.answered, refused.withheld) == (False, wrong.text)
    assert not concluded(wrong).answered


def test_words_of_a_quote_that_failed_give_way_to_it_whatever_the_reader_says():
    wrong = Claim("The bridge was closed.", False, 0.1)
    given = concluded(wrong, quote(0, 30), odds=SURE_NATS - 1)
    assert (given.answer, given.doubtful) == ("The bridge must not be closed.", True)


def test_a_conclusion_about_something_else_is_doubted():
    good = Claim("The bridge may not be closed.", True, 0.9)
    assert not concluded(good, quote(0, 30)).doubtful
    aside = Claim("The tank holds 100 litres.", True, 0.9)
    assert concluded(aside, quote(0, 30)).doubtful


def test_an_answer_that_hardly_fits_the_question_may_not_stand():
    hardly = replace(answer(GOOD), expected=0.005, doubtful=True)
    numbers = ConfidenceNumbers(least_expected=0.01)
    assert is_carried(hardly, QUESTION, replace(numbers, least_expected=0.0))
    assert not is_carried(hardly, QUESTION, numbers)
    assert is_carried(replace(hardly, expected=0.01), QUESTION, numbers)
    assert is_carried(replace(hardly, expected=None), QUESTION, numbers)


def test_how_likely_a_sentence_is_decides_where_all_was_weighed():
    numbers = ConfidenceNumbers(withhold_below=0.2)
    unlikely = replace(answer(GOOD), confidence=0.1, signs={"carried": 1.0, "reader": 0.0})
    assert not is_carried(unlikely, QUESTION, numbers)
    assert is_carried(replace(unlikely, signs={"carried": 1.0}), QUESTION, numbers)
    likely = replace(answer(BAD), confidence=0.3, signs={"carried": -5.0, "reader": 4.0})
    assert is_carried(likely, QUESTION, numbers)
    said = replace(likely, passages=(BRIDGE,), quotes=(quote(0, 30),))
    told = conclude(said, QUESTION, judged(1.0, 1.0, 1.0), numbers=numbers)
    assert (told.answer, told.answered) == (BAD.text, True)


def test_quoted_words_that_the_reader_expects_may_stand_whatever_their_claim_is():
    quote = Citation(passage=0, document="a.md", page=1, start=0, end=14, quote="Kublai's nephew")
    said = replace(answer(BAD), answer="Kublai", quotes=(quote,), expected=0.9)
    assert is_carried(said, QUESTION)
    assert not is_carried(replace(said, expected=0.3), QUESTION)
    assert not is_carried(replace(said, expected=None), QUESTION)
    assert not is_carried(replace(said, answer="Möngke"), QUESTION)
    assert not is_carried(replace(said, answer=""), QUESTION)


def test_notes_are_one_sentence_of_each_passage_that_matters():
    import numpy as np

    passages = [passage(BEES, number=1), passage(BRIDGES, number=2), passage("Ants.", number=3)]
    places = [(0, "A honey bee colony holds one queen."), (0, "The queen lays"), (1, "The Forth")]
    sentences = tuple(
        Sentence(i, passages[i].text.index(words), passages[i].text.index(words) + len(words))
        for i, words in [*places, (2, "Ants.")]
    )
    scores = np.array([1.0, 2.0, 0.5, -20.0], dtype=np.float32)
    notes = take_notes(Judgement(sentences, scores), passages)
    noted = [passages[one.text].text[one.start : one.end] for one in notes]
    assert noted == ["The queen lays", "The Forth"]
    assert take_notes(Judgement((), scores[:0]), passages) == []


@pytest.mark.parametrize("word", ["row", "single ", "x" * 500])
def test_a_long_sentence_is_noted_up_to_a_words_end(word):
    import numpy as np

    text = (word + " ") * 200
    score = np.zeros(1, dtype=np.float32)
    (note,) = take_notes(Judgement((Sentence(0, 0, len(text)),), score), [passage(text)])
    words = text[note.start : note.end]
    assert words == words.strip()
    assert 350 < len(words) <= 400
    assert len(word) > 400 or set(words.split()) == {word.strip()}


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"document": "2023 Q1 report.pdf"}, "2023 Q1"),
        ({"document": "lease_2021-04-30.pdf"}, "2021-04-30"),
        ({"title": "Rules of 4 March 2019"}, "4 March 2019"),
        ({"section": "Valid from May 2020"}, "May 2020"),
        ({"text": "In 1890 it opened. Last updated: 5 May 2022."}, "5 May 2022"),
        ({"text": "In 1890 it opened."}, ""),
    ],
)
def test_a_documents_date_is_read_from_its_name_first(fields, date):
    text = fields.pop("text", "Words.")
    assert date_of(passage(text, **fields)) == date


@pytest.mark.parametrize(
    ("said", "quotes", "rests"),
    [
        ("The bridge grew from 2 km to 2,467 metres.", ("It was 2 km.", "now 2,467 metres"), True),
        ("In 1890 the bridge was 2 km long.", ("It was 2 km long.",), False),
        ("In the year 1891 the bridge was 2 km long.", ("It was 2 km long.",), True),
        ("In the year 1891 the bridge was long.", ("It was very long.",), False),
        ("No passage tells of the bridge.", ("It was very long.",), False),
        ("The bridge is long.", (), False),
        ("Yes, in 1891 the bridge was long.", ("In 1891 it was not long.",), False),
    ],
)
def test_a_conclusion_rests_on_quotes_that_hold_its_figures(said, quotes, rests):
    cited = tuple(Citation(0, "1.md", 1, 0, len(one), one) for one in quotes)
    concluded = Answer(answered=True, answer=said, quotes=cited, passages=(BRIDGE,))
    assert rests_on_quotes(concluded, "How long was the bridge in 1891?") is rests


@pytest.mark.parametrize("concludes", [True, False])
def test_a_conclusion_with_figures_of_its_quotes_is_doubted_and_words_are_withheld(concludes):
    said = replace(answer(BAD), passages=(BRIDGE,), quotes=(quote(47, 56),))
    said = replace(said, answer="The bridge grew by 5 km.")
    told = conclude(said, QUESTION, judged(1.0, 1.0, 1.0, odds=0.0), concludes=concludes)
    assert told.answered is told.doubtful is concludes
    assert bool(told.withheld) is not concludes


def test_a_date_in_words_rests_on_the_one_in_figures_that_was_quoted() -> None:
    row = Citation(0, "a.xlsx", 1, 0, 30, "| Aldora | 01.04.2023 | 31.03.2027 |")
    read = (passage(row.quote),)
    said = Answer(answered=True, answer="It ends on 31 March 2027.", quotes=(row,), passages=read)
    assert rests_on_quotes(said, "When does it end?")
    other = replace(said, answer="It ends on 30 March 2027.")
    assert not rests_on_quotes(other, "When does it end?")


def test_a_figure_that_was_worked_out_is_no_reason_to_withhold() -> None:
    row = Citation(0, "a.md", 1, 0, 20, "| Fuel | 7,205 |")
    step = Step("calculation", "7205 + 8940", result="16145", quotes=(0,))
    said = Answer(
        answered=True,
        answer="Both cost 16145.",
        quotes=(row,),
        steps=(step,),
        passages=(passage(row.quote),),
    )
    assert rests_on_quotes(said, "What do both cost?")
    assert not rests_on_quotes(replace(said, steps=(replace(step, quotes=()),)), "Both?")
    assert not rests_on_quotes(replace(said, steps=()), "What do both cost?")


def test_a_year_above_a_quoted_row_counts_as_quoted() -> None:
    table = passage("| | 2023 | 2024 |\n| --- | --- | --- |\n| Loss | 12.1 | 30.8 |")
    at = table.text.index("| Loss")
    row = Citation(0, "a.md", 1, at, len(table.text), table.text[at:])
    said = Answer(
        answered=True, answer="The loss was 30.8 in 2024.", quotes=(row,), passages=(table,)
    )
    assert rests_on_quotes(said, "How big was the loss, and when?")
    assert not rests_on_quotes(
        replace(said, answer="The loss was 30.8 in 2022."), "How big was the loss, and when?"
    )
