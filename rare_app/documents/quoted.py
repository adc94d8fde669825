"""Taking a mail's text apart: what is said now, what is quoted of earlier mails, the signature.

Structure tells, not words: marks such as ``>``, a line with a date or an address that ends with a
colon, a block of header lines. So it holds in any language.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

QUOTED_MARK = "[Quoted from"
"""Begins every block that is quoted of an earlier mail."""
LONGEST_QUOTED = 600
"""Characters of what stands under one such mark, about."""
SIGNATURE_MARK = "[Signature]"

_DEPTH = re.compile(r"(?:>[ \t]?)+")
_DEEPEST = 50
_HEADER = re.compile(
    r"\**([^\W\d_][^\W\d_ .-]*(?:[ .-][^\W\d_]+){0,2})\**[ \t]?[:：]\**[ \t]*(\S.*)"
)
_RULE = re.compile(r"\W{4,}|\W{2,}[^\W_][^\n]{0,60}?[^\W_]\W{2,}|_{4,}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_ADDRESS = re.compile(r"[^\s@<>:]+@[^\s@<>]+\.\w+")
_REPLY = re.compile(r"^(?:[^\W\d_]{1,4}(?:\[\d+\])?[:：]\s*)+")
_LONGEST_OPENING = 3
"""Lines over which “On … somebody wrote:” may be wrapped."""


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph of a mail.

    Attributes
    ----------
    text : str
        Lines without marks of quotation.
    depth : int
        How many mails ago it was said; 0 for now.
    origin : str
        Of what is quoted: from whom and when, as far as it is told; else empty.
    signature : bool
    """

    text: str
    depth: int = 0
    origin: str = ""
    signature: bool = False

    @property
    def mark(self) -> str:
        """What to write in front of it; empty for what is said now."""
        if self.depth:
            return f"{QUOTED_MARK} {self.origin or 'an earlier mail'}]"
        return SIGNATURE_MARK if self.signature else ""


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines of one depth that follow one another."""

    depth: int
    lines: tuple[str, ...]
    origin: str = ""


def take_apart(text: str, *, subject: str = "") -> list[Said]:
    """Take a mail's text apart.

    Parameters
    ----------
    text : str
        The decoded text.
    subject : str
        The mail's own; an earlier mail's header lines repeat it.

    Returns
    -------
    list of Said
        The paragraphs in order; none of them is empty. What is quoted of one mail is joined, up to
        about :data:`LONGEST_QUOTED` characters.
    """
    said: list[Said] = []
    for run in _with_origins(_runs(text.split("\n"))):
        for one in _say(run, subject):
            last = said[-1] if said else None
            if last is not None and _belong_together(last, one):
                said[-1] = replace(last, text=f"{last.text}\n{one.text}")
            else:
                said.append(one)
    return said


def _belong_together(last: Said, one: Said) -> bool:
    """Tell whether two marked paragraphs that follow one another can stand under one mark."""
    if not one.mark or one.mark != last.mark or "|" in (last.text[:1], one.text[:1]):
        return False
    return len(last.text) + len(one.text) <= LONGEST_QUOTED


def _runs(lines: Sequence[str]) -> list[_Run]:
    """Group lines by how deep they are quoted; blank lines join the run before."""
    runs: list[tuple[int, list[str]]] = []
    for line in lines:
        found = _DEPTH.match(line)
        depth = min(found[0].count(">"), _DEEPEST) if found else 0
        own = line[found.end() :] if found else line
        if runs and (depth == runs[-1][0] or not line.strip()):
            runs[-1][1].append(own)
        else:
            runs.append((depth, [own]))
    return [_Run(depth, tuple(own)) for depth, own in runs]


def _with_origins(runs: Sequence[_Run]) -> list[_Run]:
    """Give every quoted run the line that tells whose it is, which stands above or opens it."""
    found: list[_Run] = []
    known: dict[int, str] = {}
    for run in runs:
        # Between answers the same mail is quoted on; what is deeper belongs to another one.
        known = {depth: origin for depth, origin in known.items() if depth <= max(1, run.depth)}
        if not run.depth:
            found.append(run)
            continue
        lines, origin = run.lines, known.get(run.depth, "")
        above = found[-1] if found and found[-1].depth < run.depth else None
        if above is not None and (count := _closing(above.lines)):
            kept = len(above.lines) - len(_trailing(above.lines)) - count
            origin = _one_line(above.lines[kept : kept + count])
            found[-1] = replace(above, lines=above.lines[:kept])
        elif count := _opening(lines):
            origin, lines = _one_line(lines[:count]), lines[count:]
        known[run.depth] = origin
        found.append(_Run(run.depth, lines, origin))
    return found


def _trailing(lines: Sequence[str]) -> Sequence[str]:
    """Give the blank lines at the end."""
    count = 0
    while count < len(lines) and not lines[-1 - count].strip():
        count += 1
    return lines[len(lines) - count :]


def _closing(lines: Sequence[str]) -> int:
    """Count the last lines that introduce what is quoted below; 0 where none do."""
    lines = lines[: len(lines) - len(_trailing(lines))]
    for count in range(1, min(_LONGEST_OPENING, len(lines)) + 1):
        if not lines[-count].strip():
            break
        if _introduces(_joined(lines[-count:])):
            return count
    return 0


def _opening(lines: Sequence[str]) -> int:
    """Count the first lines that introduce the rest; 0 where none do."""
    for count in range(1, min(_LONGEST_OPENING, len(lines) - 1) + 1):
        if not lines[count - 1].strip():
            break
        if _introduces(_joined(lines[:count])):
            return count
    return 0


def _introduces(line: str) -> bool:
    """Tell whether a line is like “On 10 March 2026 Ulf wrote:” in whatever language."""
    if not line.endswith((":", "：")) or len(line) > 300:
        return False
    return bool(_ADDRESS.search(line) or _DAY.search(line))


def _say(run: _Run, subject: str) -> list[Said]:
    """Take a run's paragraphs apart at header lines of earlier mails and at the signature."""
    said: list[Said] = []
    depth, origin, signature = run.depth, run.origin, False
    lines = list(run.lines)
    at = 0
    paragraph: list[str] = []

    def end() -> None:
        if text := "\n".join(paragraph).strip("\n"):
            said.append(Said(text, depth, origin, signature and not depth))
        paragraph.clear()

    while at < len(lines):
        line = lines[at]
        if (block := _headers_at(lines, at, subject=subject)) is not None:
            end()
            depth, signature = depth + 1, False
            origin = _origin_of(block.values)
            lines_told = "\n".join(block.rest)
            if lines_told:
                said.append(Said(lines_told, depth, origin))
            at = block.end
            continue
        if count := _unmarked_opening(lines, at):
            end()
            depth, origin, signature = depth + 1, _one_line(lines[at : at + count]), False
            at += count
            continue
        if line.rstrip() == "--" and not depth:
            end()
            signature = True
        elif not line.strip():
            end()
        else:
            paragraph.append(line.rstrip())
        at += 1
    end()
    return said


def _unmarked_opening(lines: Sequence[str], at: int) -> int:
    """Count lines that introduce a mail that is quoted without marks below; 0 where none do."""
    if at and lines[at - 1].strip():
        return 0
    for count in range(1, _LONGEST_OPENING + 1):
        part = lines[at : at + count]
        if len(part) < count or not part[-1].strip():
            return 0
        line = _joined(part)
        if _introduces(line) and _ADDRESS.search(line) and _YEAR.search(line):
            return count if any(one.strip() for one in lines[at + count :]) else 0
    return 0


@dataclass(frozen=True, slots=True)
class _Headers:
    """The header lines of an earlier mail: values in order, other lines, where they end."""

    values: tuple[str, ...]
    rest: tuple[str, ...]
    end: int


def _headers_at(lines: Sequence[str], at: int, *, subject: str) -> _Headers | None:
    """Find the header lines of an earlier mail that begin at a line.

    There are three or more, and one has a date. A rule above them, a sender's address or the
    mail's own subject tells them from other lines of this form.
    """
    begin = at
    ruled = bool(_RULE.fullmatch(lines[begin].strip()))
    if ruled:
        begin += 1
        while begin < len(lines) and begin <= at + 2 and not lines[begin].strip():
            begin += 1
    elif at and lines[at - 1].strip():
        return None
    values: list[str] = []
    told: list[str] = []
    end = begin
    while end < len(lines) and (found := _HEADER.fullmatch(lines[end].strip())):
        values.append(found[2].strip("* "))
        told.append(f"{found[1]}: {values[-1]}")
        end += 1
    dated = [one for one in values if _is_date(one)]
    if len(values) < 3 or not dated:
        return None
    own = _bare(subject)
    repeats = bool(own) and any(_bare(one) == own for one in values)
    if not (ruled or repeats or _ADDRESS.search(values[0])):
        return None
    sure = (values[0], dated[0])
    rest = tuple(line for line, value in zip(told, values, strict=True) if value not in sure)
    return _Headers((values[0], dated[0]), rest, end)


def _origin_of(values: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(values)).replace("]", ")").replace("[", "(")


def _is_date(text: str) -> bool:
    return bool(_YEAR.search(text) and len(_DAY.findall(text)) >= 1 and len(text) < 100)


def _bare(subject: str) -> str:
    """Take the marks of replies off a subject: “Re: AW: x”."""
    return _REPLY.sub("", " ".join(subject.split())).lower()


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip().strip("*_") for line in lines).strip()


def _one_line(lines: Sequence[str]) -> str:
    told = _joined(lines).rstrip(":： ").replace("]", ")").replace("[", "(")
    return f"an earlier mail: {told}"
