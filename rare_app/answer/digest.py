"""Have the model tell in a few sentences what the most telling ones of a document say."""

from rare_app.answer.consult import put, write
from rare_app.answer.overview import Overview
from rare_app.answer.run import Stop
from rare_app.model import Loaded
from rare_app.prompt import neutralise

_SYSTEM = """\
Sentences of a document are given in its order, under their headings. Answer the question about \
the document from them alone, in 2 to 6 whole sentences, each on a line of its own. Say first what \
the document is, then what matters most in it, from its beginning to its end: what was found, \
decided, asked for or agreed goes before how. Put together what belongs together. Keep to the \
words, names and figures of the document, and to the language of the question."""
_EXAMPLES = (
    (
        "Document: harbour.pdf\n- Noise in the harbour: The council asked Brandt & Co in 2020 to "
        "find out why residents of the harbour complain of noise.\n- Noise in the harbour: This "
        "paper reports on a year of work.\n- Methods: Noise was recorded at nine places for 40 "
        "weeks.\n- Methods: All microphones were checked once a month.\n- Results: At night the "
        "limit of 45 decibels was passed on 112 days.\n- Results: Two thirds of the noise came "
        "from the ferries’ engines in port.\n- Advice: Ferries should take power from the land "
        "while they are in port.\n- Costs: The connections would cost 1.2 million euros.\n\n"
        "Question: What is this document about?",
        "Brandt & Co report to the council why residents of the harbour complain of noise.\n"
        "At night the limit of 45 decibels was passed on 112 days, and two thirds of the noise "
        "came from the ferries’ engines in port.\nFerries should take power from the land while "
        "they are in port, which would cost 1.2 million euros.\n",
    ),
    (
        "Document: hx40.pdf\n- Überblick: Die HX-40 ist eine Prozesspumpe für Säuren.\n- "
        "Überblick: Sie wird seit 2015 gebaut.\n- Wartung: Die Dichtung ist alle sechs Monate zu "
        "prüfen.\n- Wartung: Das Öl wird jährlich gewechselt.\n- Gewährleistung: Die "
        "Gewährleistung beträgt zwei Jahre.\n\nQuestion: Fasse das Dokument zusammen.",
        "Das Dokument beschreibt die HX-40, eine Prozesspumpe für Säuren.\n"
        "Die Dichtung ist alle sechs Monate zu prüfen, das Öl wird jährlich gewechselt.\n"
        "Die Gewährleistung beträgt zwei Jahre.\n",
    ),
)
_GRAMMAR = r"""
root ::= line line line? line? line? line?
line ::= [^\n\r<>{}|-] [^\n\r<>{}|]+ "\n"
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
