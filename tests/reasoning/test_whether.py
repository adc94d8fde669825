"""What a sentence says to a question for yes or no."""

import pytest

from rare_app.reasoning.whether import Told, share_spoken_of, tell_whether

ASSIGN = "The Tenant may not assign the lease without consent."
INSURE = (
    "The Landlord shall keep the roof in repair, insure the building against fire and flood, and"
    " allow the Tenant quiet enjoyment."
)
DENIED = "It does not include structural repairs, the cost of letting, or the Landlord's own fees."
SWITCH = "Do not switch the dryer on more than six times an hour."


@pytest.mark.parametrize(
    ("question", "sentence", "lead", "verdict", "limited"),
    [
        ("Is the rent payable in advance?", "The rent is payable in advance.", "", "yes", False),
        ("Must the landlord insure the building against flood?", INSURE, "", "yes", False),
        ("May I use public Wi-Fi?", "Public Wi-Fi may be used only at home.", "", "yes", True),
        ("Can I end the lease?", "The Tenant may end the lease after a year.", "", "yes", True),
        ("May the tenant assign the lease without consent?", ASSIGN, "", "no", False),
        ("Do passwords have to be changed?", "Passwords need not be changed.", "", "no", False),
        ("Are the hoses included?", "Inlet and outlet hoses are not included.", "", "no", False),
        ("Are parking fines reimbursed?", "parking fines", "Not reimbursed are:", "no", False),
        ("Can it be taken with milk?", "together with milk", "Do not take it:", "no", False),
        ("Can the dryer be put outdoors?", "Put the dryer indoors.", "", "no", False),
        ("May untrained staff open it?", "Only trained staff may open it.", "", "no", False),
        ("Does it grant rights?", "It does not grant rights (except to members).", "", "no", True),
        ("Does it cause pain?", "It rarely causes pain.", "", "yes", True),
        ("Is it contraindicated in asthma?", "It is contraindicated in asthma.", "", "yes", False),
        ("Does the charge include the Landlord's fees?", DENIED, "", "no", False),
    ],
)  # fmt: skip
def test_a_sentence_with_all_words_of_the_question_says_yes_or_no(
    question, sentence, lead, verdict, limited
):
    told = tell_whether(question, sentence, lead=lead, names="Charge lease")
    assert told == Told(verdict, limited)


@pytest.mark.parametrize(
    ("question", "sentence", "lead"),
    [
        # a word is missing
        ("Can the tenant end the lease early?", "The Tenant may end the lease after a year.", ""),
        # a permission is no duty
        ("Must the tenant end the lease?", "The Tenant may end the lease.", ""),
        # someone else does it
        ("Must the tenant insure the building against flood?", INSURE, ""),
        # denied in some cases only
        ("May the tenant assign the lease?", ASSIGN, ""),
        ("May I switch the dryer on?", SWITCH, ""),
        ("Can I take it?", "if you have a fever", "Do not take it:"),
        # a duty that is none is no ban
        ("May passwords be changed?", "Passwords need not be changed.", ""),
        # only a condition
        ("Is the tenant insolvent?", "The lease ends if the tenant is insolvent.", ""),
        # another number
        ("Does the committee meet every month?", "The committee meets every three months.", ""),
        ("Is it reported within 72 hours?", "It is reported within 36 hours.", ""),
        # open, or a guess
        ("Does tea help?", "We asked whether tea helps.", ""),
        ("Does tea help?", "Tea might help.", ""),
        ("Is a licence granted?", "If you sue, every licence granted ends.", ""),
        # of another one, and opposites that are denied
        ("Must the tenant repair it?", "The Landlord must repair it.", ""),
        ("Is it put outdoors?", "It is not put indoors.", ""),
        # an exception
        ("Is it safe in pregnancy?", "It is safe except in pregnancy.", ""),
        # a question
        ("Is it safe in pregnancy?", "Is it safe in pregnancy?", ""),
        # a title
        ("Is there a patent licence?", "Grant of Patent Licence.", ""),
        # all of them
        ("Is all waste burned?", "Waste is burned.", ""),
        # no such question
        ("Who pays the rent?", "The Tenant pays the rent.", ""),
    ],
)
def test_elsewhere_nothing_is_told(question, sentence, lead):
    assert tell_whether(question, sentence, lead=lead).verdict is None


def test_names_may_hold_the_words_that_say_which_document_is_meant():
    question, sentence = "Is sublicensing allowed under the GPL?", "Sublicensing is not allowed."
    assert tell_whether(question, sentence, names="gpl-3.txt").verdict == "no"
    assert tell_whether(question, sentence, names="mpl-2.txt").verdict is None


def test_the_share_of_the_words_that_a_text_holds():
    question = "Is a spare key needed?"
    assert share_spoken_of(question, "A spare key is kept.") == 1
    assert share_spoken_of(question, "A key is kept.") == 0.5
    assert share_spoken_of("Who has it?", "") == 1
