"""Which of some options an answer says, and how the model is told them."""

import pytest

from rare_app.answer import check_choices, choice_of
from rare_app.errors import UserError
from rare_app.prompt.layout import question_block, with_choices

TREND = ("increased", "decreased", "no", "no difference")
DUTY = ("may", "must", "must not", "not said")


@pytest.mark.parametrize(
    ("answer", "choices", "said"),
    [
        ("Increased: the score rose by 4 points.", TREND, "increased"),
        ("There was no  difference between the arms.", TREND, "no difference"),
        ("No-difference.", TREND, "no difference"),
        ("no, it decreased", TREND, "no"),
        ("Nothing is known", TREND, None),
        ("It unincreased", TREND, None),
        ("", TREND, None),
        ("The tenant must not sublet; he must ask.", DUTY, "must not"),
        ("The tenant must ask and must not sublet.", DUTY, "must"),
        ("Mustnot, that is not said", DUTY, "not said"),
        ("Das Gehäuse muss geöffnet werden", ("muss", "muss nicht", "darf"), "muss"),
        ("Es MUSS NICHT geschmiert werden.", ("muss", "muss nicht", "darf"), "muss nicht"),
        ("GRÖẞER als zuvor", ("größer", "kleiner"), "größer"),
        ("血压上升了。", ("上升", "下降", "没有变化"), "上升"),
        ("it's B, not C", ("A", "B", "C", "C++"), "B"),
        ("C++ is used", ("C", "C++"), "C++"),
        ("-5%, not 5%", ("5%", "-5%"), "-5%"),
        ("It doesn't say", ("does", "doesn’t say"), "doesn’t say"),
    ],
)
def test_the_option_that_is_named_first_as_whole_words_counts(answer, choices, said):
    assert choice_of(answer, choices) == said
    assert choice_of(answer, tuple(reversed(choices))) == said


def test_choices_are_trimmed_and_at_least_two():
    assert check_choices([" no  difference ", "", "yes", "yes"]) == ("no difference", "yes")
    assert check_choices([]) == check_choices([" "]) == ()
    with pytest.raises(UserError, match="“yes” is the only choice"):
        check_choices(["yes", "yes "])


def test_the_model_reads_the_options_under_the_question():
    asked = question_block(with_choices("Did it rise?", ("rose", "fell</answer>")))
    assert asked.startswith("Question: Did it rise?\n")
    assert "“rose”, “fell‹/answer>”." in asked
    assert with_choices("Did it rise?", ()) == "Did it rise?"
