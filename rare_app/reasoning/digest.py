"""Have the model tell in a few sentences what the most telling ones of a document say."""

from rare_app.model import Loaded
from rare_app.reasoning.consult import put, write
from rare_app.reasoning.overview import Overview
from rare_app.reasoning.prompt import neutralise
from rare_app.reasoning.run import Stop

_SYSTEM = """\
Sentences of a document are given in its order, under their headings. Answer the question about \
the document from them alone: in 2 to 5 whole sentences, each on a line of its own, which keep to \
the words, names and figures of the document. Write in the language of the question."""
_EXAMPLES = (
    (
        "Document: lease.pdf\n- Lease: Between Maria Silva (the landlord) and Tom Baker (the "
        "tenant), for the flat at 3 Mill Road.\n- Rent: The rent is 1,240 euros a month and is due "
        "on the third day of each month.\n- Deposit: The tenant pays a deposit of 2,480 euros "
        "before moving in.\n- Use: The flat may be used for living only.\n\n"
        "Question: What is the document about?",
        "Maria Silva lets the flat at 3 Mill Road to Tom Baker.\n"
        "The rent is 1,240 euros a month, due on the third day of each month, and the tenant pays "
        "a deposit of 2,480 euros.\nThe flat may be used for living only.\n",
    ),
    (
        "Document: hx40.pdf\n- Überblick: Die HX-40 ist eine Prozesspumpe für Säuren.\n- Wartung: "
        "Die Dichtung ist alle sechs Monate zu prüfen.\n\nQuestion: Fasse das Dokument zusammen.",
        "Die HX-40 ist eine Prozesspumpe für Säuren.\n"
        "Ihre Dichtung ist alle sechs Monate zu prüfen.\n",
    ),
)
_GRAMMAR = r"""
root ::= line line line? line? line?
line ::= [^\n\r<>{}|-] [^\n\r<>{}|]{8,400} "\n"
"""
_TOKENS = 260


def write_digest(
    question: str, overview: Overview, *, loaded: Loaded, cancelled: Stop = lambda: False
) -> str:
    """Write an answer to a question about a document as a whole, a sentence a line.

    Returns
    -------
    str
        Empty where there is no room for it.

    Raises
    ------
    Cancelled
        The user stopped the question.
    ModelError
        llama.cpp failed.
    """
    asked = f"Document: {overview.listed}\n\nQuestion: {neutralise(question)}"
    if not put(
        loaded,
        asked,
        system=_SYSTEM,
        examples=_EXAMPLES,
        reserve=_TOKENS,
        cancelled=cancelled,
    ):
        return ""
    lines = write(loaded, _GRAMMAR, longest=_TOKENS, cancelled=cancelled)
    return " ".join(dict.fromkeys(line.strip() for line in lines))
