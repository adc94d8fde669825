"""Lay out an answered turn: numbered sources, marks in the answer, pictures."""

from collections.abc import Iterator, Sequence
from typing import Any

from rare_app.answer import BLANK, formula, looked_for, trail
from rare_app.export.pictures import PagePictures
from rare_app.export.types import AnsweredTurn, ClaimLine, Part, Picture, Source, TurnSheet
from rare_app.plain import plain_line, plain_text
from rare_app.prompt import unwrap
from rare_app.proof import MISREAD
from rare_app.types import Step

Data = dict[str, Any]

_NOT_FOUND = "not found in the passages"
_SUPPORTED = "supported"
_DOUBTFUL = "may not be what was asked for"


def lay_out(turn: AnsweredTurn, *, pictures: PagePictures | None) -> TurnSheet:
    """Lay out one answered question.

    Sources are numbered as on the page: in the order in which the claims cite them, then those
    that the reasoning quotes.

    Parameters
    ----------
    pictures : PagePictures or None
        Draws the cited pages; ``None`` for an export without pictures.
    """
    data = turn.answer
    passages: list[Data] = list(data.get("passages") or ())
    claims: list[Data] = list(data.get("claims") or ())
    quotes: list[Data] = list(data.get("quotes") or ())
    answered = bool(data.get("answered", True))
    cited = [one for claim in claims for one in claim.get("citations") or ()]
    places = [_passage_of(one, passages) for one in (*cited, *(quotes if answered else ()))]
    order = list(dict.fromkeys(place for place in places if place is not None))
    numbers = {passage: number for number, passage in enumerate(order, start=1)}
    drawn: dict[tuple[str, int], Picture | None] = {}
    for passage in order:
        where = (str(passages[passage]["document"]), int(passages[passage]["page"]))
        if pictures is not None and where not in drawn:
            spans = [
                (int(one["start"]), int(one["end"]), str(one["quote"]))
                for other in order
                if _where(passages[other]) == where
                for one in _citations_of(other, cited, quotes, passages)
            ]
            drawn[where] = pictures.draw(
                where[0], page=where[1], spans=spans, collection=turn.collection
            )
    sources = tuple(
        _source(
            passages[passage],
            number=numbers[passage],
            quotes=[str(one["quote"]) for one in _citations_of(passage, cited, quotes, passages)],
            picture=drawn.get(_where(passages[passage])),
            kind=_kind(passages[passage], turn, pictures),
        )
        for passage in order
    )
    others = tuple(
        _source(one, number=0, quotes=(), picture=None, kind=_kind(one, turn, pictures))
        for number, one in enumerate(passages)
        if number not in numbers
    )
    return TurnSheet(
        question=plain_text(turn.question).strip(),
        answered=answered,
        answer=tuple(_answer_parts(data, claims, passages, numbers)),
        reasoning="\n".join(_steps(data, turn, pictures)),
        claims=tuple(
            ClaimLine(
                text=plain_line(str(claim["text"])),
                verdict=_verdict(claim),
                sources=_numbers_of(claim, passages, numbers),
            )
            for claim in claims
        ),
        sources=sources,
        others=others,
        facts=_facts(turn),
        table=_table(data, claims, passages, numbers),
    )


def _steps(data: Data, turn: AnsweredTurn, pictures: PagePictures | None) -> Iterator[str]:
    """Write the steps, a line each: quotes with their places, results, what searches found."""
    passages: list[Data] = list(data.get("passages") or ())
    quotes: list[Data] = list(data.get("quotes") or ())

    def name(passage: int) -> str:
        one = passages[passage]
        return f"{plain_line(str(one['document']))}, {_kind(one, turn, pictures)} {one['page']}"

    steps = [
        Step(
            kind=one["kind"],
            text=plain_line(str(one["text"])),
            result=plain_line(str(one.get("result", ""))),
            trouble=plain_line(str(one.get("trouble", ""))),
            quotes=tuple(at for at in one.get("quotes") or () if at < len(quotes)),
            passages=tuple(at for at in one.get("passages") or () if at < len(passages)),
        )
        for one in data.get("steps") or ()
    ]
    told = [plain_text(str(one["quote"])) for one in quotes]
    reasoning = plain_text(str(data.get("reasoning") or ""))
    for piece in trail(reasoning, quotes=told, steps=steps):
        text, step = piece.text, piece.step
        if piece.kind == "quote":
            place = None if piece.quote is None else _passage_of(quotes[piece.quote], passages)
            number = "" if piece.quote is None else f"Quote {piece.quote + 1}: "
            yield f"{number}“{text}”{'' if place is None else f' ({name(place)})'}"
        elif piece.kind == "calculation":
            used = (
                " and ".join(f"quote {at + 1}" for at in dict.fromkeys(step.quotes)) if step else ""
            )
            yield f"{formula(step) if step else text}{f' (from {used})' if used else ''}"
        elif piece.kind == "search":
            yield looked_for(step or Step("search", text), name)
        else:
            yield text


def _where(passage: Data) -> tuple[str, int]:
    return str(passage["document"]), int(passage["page"])


def _passage_of(citation: Data, passages: Sequence[Data]) -> int | None:
    """Find the passage that a citation is of: by its number, or else by its place."""
    number = citation.get("passage")
    if isinstance(number, int) and 0 <= number < len(passages):
        return number
    for i, one in enumerate(passages):
        same_page = _where(one) == _where(citation)
        if same_page and one["start"] <= citation["start"] and citation["end"] <= one["end"]:
            return i
    return None


def _citations_of(
    passage: int, cited: Sequence[Data], quotes: Sequence[Data], passages: Sequence[Data]
) -> list[Data]:
    """List what of a passage is marked: the claims' citations, or else the reasoning's quotes."""
    found = [one for one in cited if _passage_of(one, passages) == passage]
    found = found or [one for one in quotes if _passage_of(one, passages) == passage]
    return list({(one["start"], one["end"]): one for one in found}.values())


def _numbers_of(claim: Data, passages: Sequence[Data], numbers: dict[int, int]) -> tuple[int, ...]:
    found = (_passage_of(one, passages) for one in claim.get("citations") or ())
    return tuple(sorted({numbers[one] for one in found if one is not None}))


def _verdict(claim: Data) -> str:
    """Say what was found of a claim, in the word that the check gave it where there is one."""
    said = claim.get("verdict") or claim.get("status")
    if isinstance(said, str) and said:
        return plain_line(said)
    return _SUPPORTED if claim.get("supported") else _NOT_FOUND


def _answer_parts(
    data: Data, claims: Sequence[Data], passages: Sequence[Data], numbers: dict[int, int]
) -> Iterator[Part]:
    """Give the answer's text; of several answers each below what it answers."""
    for part, own in _told(data, claims)[_cells(data) :]:
        yield Part(plain_text(f"{part['asked']}\n"))
        yield from _text_parts(str(part["answer"]), own, passages, numbers)
        yield Part("", warning=_DOUBTFUL if part["doubtful"] else "")
        yield Part("\n\n")
    if not data.get("parts"):
        yield from _text_parts(str(data.get("answer", "")), claims, passages, numbers)


def _told(data: Data, claims: Sequence[Data]) -> list[tuple[Data, Sequence[Data]]]:
    """Give each of several answers with its claims."""
    found, at = [], 0
    for part in data.get("parts") or ():
        found.append((part, claims[at : at + part["claims"]]))
        at += part["claims"]
    return found


def _cells(data: Data) -> int:
    grid = data.get("grid") or {"rows": (), "columns": ()}
    return len(grid["rows"]) * len(grid["columns"])


def _table(
    data: Data, claims: Sequence[Data], passages: Sequence[Data], numbers: dict[int, int]
) -> tuple[tuple[tuple[Part, ...], ...], ...]:
    """Lay the first answers out as a table, where they are one."""
    if not _cells(data):
        return ()
    rows, columns = data["grid"]["rows"], data["grid"]["columns"]
    cells = [
        (
            *_text_parts(str(part["answer"]), own, passages, numbers),
            Part("", warning=_DOUBTFUL if part["doubtful"] else ""),
        )
        if part["answered"]
        else (Part(BLANK),)
        for part, own in _told(data, claims)[: _cells(data)]
    ]
    wide = len(columns)
    heads = tuple((Part(plain_line(one)),) for one in ("", *columns))
    below = (
        ((Part(plain_line(name)),), *cells[row * wide : (row + 1) * wide])
        for row, name in enumerate(rows)
    )
    return (heads, *below)


def _text_parts(
    text: str, claims: Sequence[Data], passages: Sequence[Data], numbers: dict[int, int]
) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = 0
    for claim in claims:
        words = str(claim["text"])
        start = text.find(words, at)
        if start < 0:
            continue
        if start > at:
            parts.append(Part(plain_text(text[at:start])))
        verdict = _verdict(claim)
        parts.append(
            Part(
                plain_text(words),
                marks=_numbers_of(claim, passages, numbers),
                warning="" if verdict == _SUPPORTED else verdict,
            )
        )
        at = start + len(words)
    if at < len(text):
        parts.append(Part(plain_text(text[at:])))
    return tuple(parts)


def _source(
    passage: Data, *, number: int, quotes: Sequence[str], picture: Picture | None, kind: str
) -> Source:
    return Source(
        number=number,
        document=plain_line(str(passage["document"])),
        place=f"{kind} {passage['page']}",
        section=plain_line(str(passage.get("section") or "")),
        quotes=tuple(plain_text(unwrap(one)).strip() for one in quotes),
        text=plain_text(unwrap(str(passage.get("text", "")))).strip(),
        picture=picture,
    )


def _kind(passage: Data, turn: AnsweredTurn, pictures: PagePictures | None) -> str:
    if said := passage.get("page_kind"):
        return str(said)
    if pictures is None:
        return "page"
    return pictures.kind(str(passage["document"]), collection=turn.collection)


def _facts(turn: AnsweredTurn) -> tuple[str, ...]:
    data = turn.answer
    model, adapter = data.get("model"), data.get("adapter")
    facts = [turn.asked_at]
    if model:
        facts.append(f"Model: {model}" + (f" with the adapter {adapter}" if adapter else ""))
    else:
        facts.append("Answered without asking the model")
    facts += data.get("remarks") or ()
    if data.get("doubtful") and data.get("answered") and not data.get("remarks"):
        facts.append("The words of the answer may not be what was asked for")
    if MISREAD in str(data.get("notice", "")):
        facts.append(MISREAD)
    return tuple(plain_line(one) for one in facts if one)
