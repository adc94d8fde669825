"""Answers and their steps as HTML."""

from rare_app.ui.render import reasoning_html


def test_a_calculation_is_a_formula_among_the_steps() -> None:
    found = reasoning_html("<quote>a</quote> <calc>(41.2 - 38.9) / 38.9</calc> = 0.06 <b>")
    assert "<code class='rare-calc'>(41.2 − 38.9) ÷ 38.9</code> = 0.06 &lt;b&gt;" in found
    assert "<code class='rare-calc'>41.2 −</code>" in reasoning_html("so <calc>41.2 -")
