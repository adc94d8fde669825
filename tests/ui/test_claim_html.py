"""Claims on the page: each kind told in words, and passages that disagree side by side."""

from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Citation, Claim
from rare_app.ui.cited import places_of
from rare_app.ui.render import answer_html

from ..conftest import passage

PASSAGES = (
    passage("The notice period is <b>30</b> days.", number=1, document="Lease 2019.pdf"),
    passage("The notice period is <b>60</b> days.", number=2, document="Lease.pdf"),
)
CITATIONS = tuple(
    Citation(i, one.document, one.page, one.start, one.end, one.text)
    for i, one in enumerate(PASSAGES)
)


def html(*claims, **fields):
    text = " ".join(one.text for one in claims)
    options = {"answered": True, "answer": text, "claims": claims, "passages": PASSAGES}
    return answer_html(Answer(**{**options, **fields}), turn=1)


def test_each_kind_of_claim_is_told_in_words():
    shown = html(
        Claim("It is long.", True, 0.9, CITATIONS[:1]),
        Claim("It is old.", False, 0.4, CITATIONS[:1], status="weak"),
        Claim("It is <i>red</i>.", False, 0.1),
    )
    supported, weak, unsupported = (shown.split("It is")[i] for i in (1, 2, 3))
    assert "rare-flag" not in supported.split("rare-weak")[0]
    assert "not quite what the source says" in weak
    assert "data-place='0'" in weak
    assert "not found in the passages" in unsupported
    assert "&lt;i&gt;red&lt;/i&gt;" in unsupported
    assert "rare-conflicts" not in shown


def test_passages_that_disagree_stand_side_by_side_with_their_dates():
    claim = Claim("30 days", True, 0.9, CITATIONS[:1], "contradicted", CITATIONS[1:])
    shown = html(claim)
    sides = shown[shown.index("rare-conflicts") : shown.index("</section>")]
    assert sides.count("<div class='rare-side'>") == 2
    first, second = sides.split("Says otherwise")
    assert "dated 2019" in first
    assert "no date given" in second
    assert "<mark>&lt;b&gt;30&lt;/b&gt;</mark> days." in first
    assert "<mark>&lt;b&gt;60&lt;/b&gt;</mark> days." in second
    assert "<b>" not in sides
    places = places_of(Answer(answered=True, answer="", claims=(claim,), passages=PASSAGES))
    assert places[1] == CITATIONS[1]
    assert "data-place='1' aria-label='Open page 2 of Lease.pdf'" in second


def test_what_an_older_version_said_is_told_as_said_before():
    claim = Claim("30 days", True, 0.9, CITATIONS[:1], "supported", CITATIONS[1:])
    shown = html(claim)
    assert "<h4>An older version said otherwise</h4>" in shown
    assert "Said before" in shown
    assert "disagree" not in shown


def test_a_claim_that_is_only_denied_is_shown_against_the_words():
    claim = Claim("The notice period is 20 days.", False, 0.1, (), "contradicted", CITATIONS[1:])
    shown = html(claim)
    assert "The answer says" in shown
    assert "the passages disagree" in shown


def test_a_withheld_answer_is_said_and_not_shown():
    shown = html(answered=False, answer=REFUSAL, withheld="Nonsense.")
    assert REFUSAL in shown
    assert "hardly fits the question; it is not shown" in shown
    assert "Nonsense" not in shown
    assert "Closest passages" in shown


def test_an_answer_that_may_not_fit_the_question_says_so():
    assert "may not be what was asked for" in html(doubtful=True)
    assert "may not be what was asked for" not in html()
    assert "may not be what was asked for" not in html(
        answered=False, answer=REFUSAL, doubtful=True
    )


def test_an_answer_of_items_is_a_list():
    said = ("The tenant shall:", "pay <b>30</b> euros;", "go.")
    claims = tuple(Claim(text, True, 1.0, CITATIONS[:1], "supported") for text in said)
    shown = html(*claims, answer=f"{said[0]}\n(a) {said[1]}\n(b) {said[2]}\n\nThat is all.")
    assert "<p class='rare-text'><span class='rare-supported'>The tenant shall:</span>" in shown
    assert shown.count("<ul class='rare-items'>") == 1
    assert shown.count("<li>") == 2
    assert "<span class='rare-item-mark'>(a)</span><span><span class='rare-supported'>" in shown
    assert "pay &lt;b&gt;30&lt;/b&gt; euros;</span><a class='rare-mark'" in shown
    assert "<p class='rare-text'>That is all.</p>" in shown
    bullets = html(answer="- one\n- two", claims=())
    assert bullets.count("<span class='rare-item-mark'>•</span>") == 2
    alone = html(answer="- one <i>line</i>", claims=())
    assert "<ul" not in alone
    assert "- one &lt;i&gt;line&lt;/i&gt;" in alone
