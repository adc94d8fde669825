"""A question as the model understands it: held to a form, and to what was asked and said."""

import pytest

from rare_app.model import GrammarFilter, ModelError, Prompt, Sampler, Usage, generate
from rare_app.reasoning import Turn
from rare_app.reasoning import understand as module
from rare_app.reasoning.understand import asks_several, guarded, understand

LEASE = [Turn("What is the rent of the flat in Mill Road?", "The rent is 1,190 euros a month.")]
MIETE = [Turn("Wie hoch ist die Miete der Wohnung in der Mühlstraße?", "Sie beträgt 1.190 Euro.")]


@pytest.mark.parametrize(
    ("written", "question", "history", "kept"),
    [
        ("- When is the rent of the flat due?", "When is it due?", LEASE, True),
        ("- What is the deposit for the flat?", "And the deposit?", LEASE, True),
        ("- Who wrote Hamlet in London?", "When is it due?", LEASE, False),
        ("- The rent is due on the third working day.", "When is it due?", LEASE, False),
        ("- Wann ist die Miete der Wohnung fällig?", "Und wann ist sie fällig?", MIETE, True),
        ("- When is the rent due?", "Und wann ist sie fällig?", MIETE, False),
        ("- ", "When is it due?", LEASE, False),
    ],
)
def test_what_is_written_keeps_to_what_was_asked_and_said(written, question, history, kept):
    assert bool(guarded(written, question, history)) is kept


def test_several_questions_are_taken_where_they_keep_all_that_was_asked(monkeypatch):
    question = "What is the rent, and when is it due?"
    lines = ["- What is the rent?", "- When is the rent due?"]
    monkeypatch.setattr(module, "_write", lambda *_: lines)
    assert understand(question, (), loaded=None) == ("What is the rent?", "When is the rent due?")
    lines[1] = "- What is the capital of France?"
    assert understand(question, (), loaded=None) == (question,)
    lines[1] = lines[0]
    assert understand(question, (), loaded=None) == (question,)


def test_the_model_is_asked_only_where_it_may_matter():
    assert asks_several("What is the rent? When is it due?")
    assert asks_several("What is the rent, and when is it due?")
    assert not asks_several("When is the rent due?")
    assert not asks_several("Wann ist die Miete fällig?")


@pytest.mark.model
def test_a_grammar_holds_what_is_written_to_its_form(model):
    held = GrammarFilter(model, 'root ::= "- " [a-z ]+ "?\\n"')
    prompt = Prompt((), (), tuple(model.tokenise("List three questions about bees:\n")))
    model.read(prompt.tokens)
    written = "".join(
        generate(
            model,
            sampler=Sampler(temperature=0.0, seed=0),
            longest=60,
            stop=("\n",),
            usage=Usage(),
            token_filter=held,
        )
    )
    held.close()
    assert written.startswith("- ")
    assert set(written[2:]) <= set("abcdefghijklmnopqrstuvwxyz ?\n")


@pytest.mark.model
def test_a_grammar_that_is_none_is_refused(model):
    with pytest.raises(ModelError, match="grammar"):
        GrammarFilter(model, "root ::= (")
