"""What a question is after: a fact, a whole document, or the same thing in each of several.

The model says so in one word, and only where that is no fact it goes on to write a plan: which
documents, which of their sections, what to look for in each. A grammar holds it to documents and
sections that there are. Whatever is not clear is a question for a fact.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal, get_args

from rare_app.answer.consult import put, weigh, write
from rare_app.answer.run import Stop
from rare_app.language import language_of
from rare_app.model import Loaded
from rare_app.prompt import neutralise

Kind = Literal["fact", "summary", "section", "compare", "each", "changes"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LOOKING: tuple[Kind, ...] = ("compare", "each", "changes")
"""Kinds for which something is looked for in each document."""

MOST_LISTED = 24
"""Documents that a plan chooses from."""
MOST_SECTIONS = 40
"""Sections that a plan chooses from."""
MOST_THINGS = 5
"""Things that are looked for in each document."""
SURE: dict[Kind, float] = {
    "summary": 1.9,
    "section": 1.3,
    "compare": 1.8,
    "each": 2.5,
    "changes": 1.4,
}
"""Nats by which another kind must be likelier than a fact, measured on questions for either."""

_KIND_SYSTEM = """\
Questions are put to a collection of documents. Say in one word where the answer is.
fact: in one place. It is a figure, name, date, rule, reason, list or definition, also where \
years, groups or products are compared. Most questions are of this kind.
summary: in whole documents. It is asked what they are about, or for their main points.
section: in a whole section or chapter, which is named. It is asked what it is about, or for its \
main points.
compare: in several documents, which have to be set against one another.
each: in every one of several documents, which are all asked for the same thing.
changes: in two versions of a document, old and new."""
_KIND_EXAMPLES: tuple[tuple[str, Kind], ...] = (
    ("What was the net income in 2021?", "fact"),
    ("What is this contract about?", "summary"),
    ("Who approves travel requests, and within how many days?", "fact"),
    ("Which of the two bids has the shorter warranty?", "compare"),
    ("Wie lautet der Name des Geschäftsführers?", "fact"),
    ("Fasse den Bericht zusammen.", "summary"),
    ("What does section 5 say about late payment?", "fact"),
    ("Summarise section 5.", "section"),
    ("By how much did sales rise from 2020 to 2021?", "fact"),
    ("Welche Pflichten hat der Verkäufer?", "fact"),
    ("What is new in this year's edition of the handbook?", "changes"),
    ("Is there a difference between mild and severe cases?", "fact"),
    ("Welche Kündigungsfrist steht in jedem der Verträge?", "each"),
    ("Wer haftet bei Verlust?", "fact"),
    ("Compare costs in 2019 and 2020.", "fact"),
    ("Set the quotes side by side: price, delivery, service.", "compare"),
    ("这份报告主要讲什么？", "summary"),
    ("保修期是多长时间？", "fact"),
    ("Which group of patients recovered fastest?", "fact"),
    ("Give me the key messages of the chapter on training.", "section"),
    ("How does the pump work?", "fact"),
    ("Was hat sich gegenüber der alten Fassung geändert?", "changes"),
    ("Ab wann gilt die neue Satzung?", "fact"),
    ("员工可以申请哪些补贴？", "fact"),
    ("Vergleiche die Angebote.", "compare"),
    ("Wann wurde die Satzung zuletzt geändert?", "fact"),
    ("Quelles sont les conditions de résiliation ?", "fact"),
    ("What does every supplier say about recycling?", "each"),
    ("Which supplier was chosen in May?", "fact"),
    ("What does article 12 oblige the bank to do?", "fact"),
    ("What are the main points of these papers?", "summary"),
    ("Summarise the results for children under five.", "fact"),
    ("What does the agreement mean by “affiliate”?", "fact"),
    ("List the fee in each of the offers.", "each"),
    ("Wie viele Stunden arbeitet eine Teilzeitkraft?", "fact"),
    ("Who is the cheapest bidder?", "compare"),
    ("How many people took part in each survey?", "fact"),
    ("What did the auditors find out about stocks?", "fact"),
    ("哪份合同的租金最低？", "compare"),
    ("谁负责设备维护？", "fact"),
    ("What steps does the guide give for cleaning?", "fact"),
    ("What is excluded from the guarantee?", "fact"),
)

_PLAN_SYSTEM = f"""\
Documents are listed by number, and a question is asked about several of them. First write the \
numbers of the documents that it means; all, unless it names some. Then write what has to be \
looked up in a document to answer it, a line each: a short name, and a whole question to that one \
document: about “the offer”, never “each offer”. If the question names what to look up, write that \
and nothing else. Only if it names nothing, choose what matters most, at most {MOST_THINGS} lines. \
Write in the question's language."""
_PLAN_EXAMPLES = (
    (
        "1. 方案一.docx\n2. 方案二.docx\n3. 方案三.docx\n\nQuestion (zh): 哪个方案最便宜？",
        "documents: all\n- 价格: 该方案的价格是多少？\n",
    ),
    (
        "1. lease-oak.pdf (Lease of flat 3)\n2. lease-elm.pdf (Lease of flat 7)\n3. minutes.docx\n"
        "\nQuestion (en): How do the two leases differ?",
        "documents: 1, 2\n- Rent: How much is the rent?\n- Deposit: How much is the deposit?\n"
        "- Term: How long is the term of the lease?\n- Notice: What is the notice period?\n"
        "- Repairs: Who pays for repairs?\n",
    ),
    (
        "1. Bericht Nord.pdf\n2. Bericht Süd.pdf\n\n"
        "Question (de): Vergleiche die Filialen nach Umsatz und Mitarbeiterzahl.",
        "documents: all\n- Umsatz: Wie hoch ist der Umsatz der Filiale?\n"
        "- Mitarbeiterzahl: Wie viele Mitarbeiter hat die Filiale?\n",
    ),
    (
        "1. bid-east.pdf\n2. bid-west.pdf\n3. bid-north.pdf\n\n"
        "Question (en): Which bidder starts first?",
        "documents: all\n- Start: When does the work start?\n",
    ),
    (
        "1. trial-a.pdf\n2. trial-b.pdf (Second trial of the drug)\n\n"
        "Question (en): Compare the trials by number of patients and dose.",
        "documents: all\n- Patients: How many patients took part in the trial?\n"
        "- Dose: What dose was given?\n",
    ),
)
_SECTION_SYSTEM = """\
The sections of a document are listed, and a question is asked about one of them. Write the \
heading of that section as it is listed; none, if it is not in the list."""
_NO_SECTION = "none"
_SECTION_EXAMPLES = (
    ("- 1. Scope\n- 2. Duties\n- 3. Fees\n\nQuestion: Summarise section 3.", "3. Fees\n"),
    (
        "- Einleitung\n- Daten und Methoden\n\nQuestion: Worum geht es im Methodenteil?",
        "Daten und Methoden\n",
    ),
    ("- 1. Scope\n- 2. Duties\n- 3. Fees\n\nQuestion: What is section 9 about?", "none\n"),
)
_PLAN_TOKENS = 220
_NAMED = 0.7
"""Share of a thing's name that stands in a question that names it."""
_LABEL, _ASK = 40, 160
"""Characters of a thing's name and of its question; what is longer is left out."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is looked for in each document: its name, and the question for it."""

    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How a question is to be carried out.

    Attributes
    ----------
    kind : Kind
    documents : tuple of int
        Places of the documents among those that were listed, in order.
    things : tuple of Thing
        What is looked for in each; empty where whole documents are told.
    """

    kind: Kind
    documents: tuple[int, ...] = ()
    things: tuple[Thing, ...] = field(default=())


def kind_of(question: str, *, loaded: Loaded, cancelled: Stop = lambda: False) -> Kind:
    """Let the model say what a question is after; in doubt it is a fact.

    Raises
    ------
    Cancelled
        The user stopped the question.
    ModelError
        llama.cpp failed.
    """
    asked = neutralise(question)
    if not put(loaded, asked, system=_KIND_SYSTEM, examples=_KIND_EXAMPLES, cancelled=cancelled):
        return "fact"
    return likeliest(weigh(loaded, KINDS))


def likeliest(nats: dict[str, float]) -> Kind:
    """Choose the likeliest kind; another than a fact must be :data:`SURE` more likely."""
    return max(KINDS, key=lambda kind: nats[kind] - SURE.get(kind, 0.0))


def write_plan(
    kind: Kind,
    question: str,
    listed: Sequence[str],
    *,
    loaded: Loaded,
    cancelled: Stop = lambda: False,
) -> Plan | None:
    """Let the model choose documents and, where they are gone through, what to look for in each.

    Parameters
    ----------
    listed : sequence of str
        What the documents are called, a line each; at most :data:`MOST_LISTED`.

    Returns
    -------
    Plan or None
        ``None`` where there is no room for it, or it comes to nothing.

    Raises
    ------
    Cancelled, ModelError
        As for :func:`kind_of`.
    """
    lines = [f"{n}. {' '.join(neutralise(one).split())}" for n, one in enumerate(listed, start=1)]
    code = language_of(question)
    asked = "\n".join([*lines, "", f"Question ({code}): {neutralise(question)}"])
    options = {"system": _PLAN_SYSTEM, "examples": _PLAN_EXAMPLES, "reserve": _PLAN_TOKENS}
    if not put(loaded, asked, cancelled=cancelled, **options):  # type: ignore[arg-type]
        return None
    grammar = plan_grammar(len(listed), things=MOST_THINGS if kind in LOOKING else 0)
    written = write(loaded, grammar, longest=_PLAN_TOKENS, cancelled=cancelled)
    plan = read_plan(kind, written, len(listed))
    return plan and replace(plan, things=as_far_as_named(plan.things, question))


def plan_grammar(documents: int, *, things: int) -> str:
    """Write the grammar of a plan over so many documents, with so many things at most."""
    ones = [f"one{number}" for number in range(1, documents + 1)]
    rules = [
        # Rising numbers alone: none is chosen twice, and there is no going round in circles.
        f'{one} ::= "{number}"' + (f' (", " ({" | ".join(later)}))?' if later else "")
        for number, one in enumerate(ones, start=1)
        for later in [ones[number:]]
    ]
    looks = " thing" * min(1, things) + " thing?" * (things - 1)
    return "\n".join(
        (
            f'root ::= "documents: " chosen "\\n"{looks}',
            f'chosen ::= "all" | {" | ".join(ones)}',
            *rules,
            r'thing ::= "- " [^\n\r:<>{}|()]+ ": " [^\n\r<>{}|()]+ "\n"',
        )
    )


def read_plan(kind: Kind, written: Sequence[str], documents: int) -> Plan | None:
    """Read a plan; what it says twice counts once, and without a document there is none."""
    if not written:
        return None
    chosen = [int(one) for one in re.findall(r"\d+", written[0])]
    everything = range(1, documents + 1)
    places = tuple(n - 1 for n in everything if n in chosen or not chosen)
    things: dict[str, Thing] = {}
    for line in written[1:]:
        name, _, asked = (part.strip() for part in line.removeprefix("- ").partition(": "))
        if any(threes(name) <= threes(one.name) for one in things.values()):
            continue  # “Price” after “Total price”
        if 0 < len(name) <= _LABEL and len(asked) <= _ASK and any(c.isalpha() for c in asked):
            things.setdefault(asked.casefold(), Thing(name, asked))
    if not places or (kind in LOOKING and not things):
        return None
    return Plan(kind, places, tuple(things.values()))


def as_far_as_named(things: Sequence[Thing], question: str) -> tuple[Thing, ...]:
    """Leave out what follows the last thing that a question names; all stay where it names none.

    A small model goes on with what such documents hold. A thing is named where most of its name
    stands in the question in one piece, in any language.
    """
    asked = question.casefold()

    def is_named(name: str) -> bool:
        match = SequenceMatcher(None, name.casefold(), asked, autojunk=False)
        return match.find_longest_match().size >= _NAMED * len(name)

    named = [place for place, one in enumerate(things, start=1) if is_named(one.name)]
    return tuple(things[: named[-1]] if named else things)


def threes(text: str) -> set[str]:
    """Give a text's groups of three letters, by which texts of any language are compared."""
    letters = " ".join(text.casefold().split())
    return {letters[i : i + 3] for i in range(len(letters) - 2)}


def choose_section(
    question: str, headings: Sequence[str], *, loaded: Loaded, cancelled: Stop = lambda: False
) -> str:
    """Let the model choose the section that a question means; empty where it is none of these.

    Raises
    ------
    Cancelled, ModelError
        As for :func:`kind_of`.
    """
    lines = {" ".join(neutralise(one).split()): one for one in headings}
    asked = "\n".join([*(f"- {line}" for line in lines), "", f"Question: {neutralise(question)}"])
    options = {"system": _SECTION_SYSTEM, "examples": _SECTION_EXAMPLES, "reserve": _PLAN_TOKENS}
    if not put(loaded, asked, cancelled=cancelled, **options):  # type: ignore[arg-type]
        return ""
    known = " | ".join(_literal(line) for line in (*lines, _NO_SECTION))
    written = write(loaded, f'root ::= ({known}) "\\n"', longest=_PLAN_TOKENS, cancelled=cancelled)
    return lines.get(written[0], "") if written else ""


def _literal(text: str) -> str:
    """Write a text as a grammar's literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
