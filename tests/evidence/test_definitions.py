"""The forms in which documents say what a term means."""

import pytest

from rare_app.evidence import Term, definitions


def explained(name, text, *, section="", is_asked=True):
    _, found = definitions(Term((name,), is_asked), [text], [section])
    return [([text[start:end] for _, start, end in one.places], one.is_sure) for one in found]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "legal entity",
            '1.1 "Legal Entity" shall mean a company. The Legal Entity pays.',
            '"Legal Entity" shall mean a company.',
        ),
        (
            "convey",
            'You may copy. To "convey" a work means to let others copy it. It is free.',
            'To "convey" a work means to let others copy it.',
        ),
        (
            "User Product",
            "A “User Product” is either a toy or a tool. It is small.",
            "A “User Product” is either a toy or a tool.",
        ),
        (
            "lone working",
            "Staff report in. For the purposes of this policy, lone working means working where "
            "nobody hears a call. Lone working is planned.",
            "For the purposes of this policy, lone working means working where nobody hears a "
            "call.",
        ),
        (
            "near misses",
            "A near miss is an event that could have harmed someone. Near misses are counted.",
            "A near miss is an event that could have harmed someone.",
        ),
        (
            "Tenant",
            'Between Harbour Ltd (the "Landlord") and Dental LLP (the "Tenant"), of today.',
            'Dental LLP (the "Tenant")',
        ),
        (
            "RTO",
            "The recovery time objective (RTO) is four hours. The RTO is tested.",
            "recovery time objective (RTO)",
        ),
        (
            "ARNI",
            "Start an ARNI (angiotensin receptor–neprilysin inhibitor) early.",
            "ARNI (angiotensin receptor–neprilysin inhibitor)",
        ),
        ("EPS", "ROE  Return on equity\nEPS  Earnings per share", "EPS  Earnings per share"),
        ("cavitation", "| term | meaning |\n| Cavitation | bubbles collapse |", None),
        (
            "duty holder",
            "Whoever owns the site is referred to as the duty holder. The duty holder signs.",
            "Whoever owns the site is referred to as the duty holder.",
        ),
        (
            "DER",
            "It has Distinguished Encoding Rules (DER, as per\nX.690) of its own.",
            "Distinguished Encoding Rules (DER, as per\nX.690)",
        ),
    ],
)
def test_a_term_is_explained_in_many_forms(name, text, told):
    (places, sure), *_ = explained(name, text)
    assert places == [told if told is not None else "| Cavitation | bubbles collapse |"]
    assert sure


def test_the_limbs_of_a_definition_belong_to_it():
    text = '"Loss" means any of the following:\n\n(a) damage; or\n\n(b) theft.\n\nLoss is reported.'
    ((places, _),) = explained("loss", text)
    assert places == ['"Loss" means any of the following:', "(a) damage; or", "(b) theft."]


def test_a_line_of_a_glossary_is_sure_and_another_one_is_not():
    line = "Grace period: ten days behind the due date"
    assert explained("grace period", line, section="Glossary") == [([line], True)]
    assert explained("grace period", line, section="Payment") == [([line], False)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tenant", 'The "Tenant" leaves by any means of transport.'),
        ("Tenant", "The Tenant shall pay the rent. The Tenant is late."),
        ("barracks", "A surname meant “barracks” and could also mean “thanks”."),
        ("rate", "The rate (see Table 3) is fixed. Rates (2024) fell."),
        ("entity", '"Legal Entity" means a company.'),
    ],
)
def test_a_term_that_is_used_is_not_explained(name, text):
    assert explained(name, text) == []


def test_another_word_before_a_term_makes_another_one_of_it():
    ((_, sure),) = explained("hypotension", "Severe hypotension means less than 70 mmHg.")
    assert not sure


def test_what_is_a_thing_is_answered_where_there_is_no_doubt():
    assert explained("rent", "Rent is a sum that is paid.", is_asked=False)
    assert explained("hypotension", "Severe hypotension means shock.", is_asked=False) == []
    assert explained("rent", "Rent: paid in May", is_asked=False) == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "Benchmark",
            "The fund beat the Benchmark, by which we mean a blend of two indices, again. Good.",
            "The fund beat the Benchmark, by which we mean a blend of two indices, again.",
        ),
        (
            "dry weight",
            "Weigh the patient. We use “dry weight” for the weight without oedema.",
            "We use “dry weight” for the weight without oedema.",
        ),
        (
            "swing pricing",
            "The price is moved up or down. This, known as swing pricing, was used twice. So.",
            "The price is moved up or down. This, known as swing pricing, was used twice.",
        ),
        ("LOTO", "Lock out the driver (LOTO; lock-out, tag-out) first.", "LOTO; lock-out, tag-out"),
        (
            "soft foot",
            "Soft foot, the condition in which a foot does not sit flat, is corrected first.",
            "Soft foot, the condition in which a foot does not sit flat, is corrected first.",
        ),
        (
            "OCF",
            "- OCF, the ongoing charges figure: all running costs\n- Share: the part that differs",
            "OCF, the ongoing charges figure: all running costs",
        ),
        (
            "dealing day",
            "It is put off. A dealing day is every weekday on which it trades. Others are none.",
            "A dealing day is every weekday on which it trades.",
        ),
    ],
)
def test_a_term_is_explained_in_passing(name, text, told):
    assert ([told], True) in explained(name, text)


def test_the_limbs_may_follow_a_who():
    text = (
        "For the purposes of this standard a competent person is one who\n\n"
        "a)  holds a licence, and\n\nb)  has rebuilt pumps.\n\nOthers watch."
    )
    ((places, sure),) = explained("competent person", text)
    assert places[1:] == ["a)  holds a licence, and", "b)  has rebuilt pumps."]
    assert sure


def test_a_figure_beside_a_term_is_its_value():
    assert explained("NAV", "| NAV | 128.41p |\n| turnover | 31% |") == []
    assert explained("NAV", "NAV: 128.41p") == []
