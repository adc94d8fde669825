"""Dates, times and durations of a sheet as its program shows them."""

from datetime import datetime, timedelta

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

Tokens = tuple[tuple[str, str], ...]
"""What a number format consists of: kind and text of each."""


def show_date(value: float, tokens: Tokens, *, foreign: bool, from_1904: bool) -> str | None:
    """Write a date, a time or a duration.

    Parameters
    ----------
    value : float
        Days since the first of the calendar.
    tokens : Tokens
        What the number format consists of.
    foreign : bool
        Whether it names months and days in another language than English.
    from_1904 : bool
        Whether the calendar begins in 1904.

    Returns
    -------
    str or None
        ``None`` for a number that is no date.
    """
    if any(kind == "elapsed" for kind, _ in tokens):
        return _show_elapsed(value, tokens)
    epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
    try:
        moment = from_excel(value, epoch, timedelta=False)
    except (OverflowError, ValueError):
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(datetime(1900, 1, 1).date(), moment)
    if value < 0:
        return None
    half = any(kind == "half" for kind, _ in tokens)
    pieces: list[tuple[str, str]] = []
    for place, (kind, text) in enumerate(tokens):
        if kind == "date":
            pieces.append((_unit(tokens, place), text))
        elif kind == "half":
            pieces.append(("half", text))
        elif kind in ("literal", "slash", "point", "comma") or text.isdigit():
            pieces.append(("", text))
    units = [unit for unit, _ in pieces if unit]
    if any(unit in "dMy" for unit in units) and _can_be_mistaken(pieces, foreign=foreign):
        times = [unit for unit in units if unit in "hms"]
        clock = f" {moment:%H:%M:%S}" if "s" in times else f" {moment:%H:%M}" if times else ""
        return f"{moment:%Y-%m-%d}{clock}"
    return " ".join("".join(_piece(moment, *piece, half=half) for piece in pieces).split())


def _unit(tokens: Tokens, place: int) -> str:
    """Tell minutes (m) from months (M); the letter of the unit otherwise."""
    text = tokens[place][1]
    if text[0] != "m":
        return "y" if text[0] == "e" else text[0]
    dates = [(at, said) for at, (kind, said) in enumerate(tokens) if kind in ("date", "elapsed")]
    before = [said[0] for at, said in dates if at < place]
    after = [said[0] for at, said in dates if at > place]
    minutes = (before and before[-1] == "h") or (after and after[0] == "s")
    return "m" if minutes and len(text) < 3 else "M"


def _can_be_mistaken(pieces: list[tuple[str, str]], *, foreign: bool) -> bool:
    """Whether a date would be read differently elsewhere, or has names of another language."""
    dates = [(unit, text) for unit, text in pieces if unit in ("d", "M", "y")]
    named = any(len(text) > 2 for unit, text in dates if unit in "dM")
    if named:
        return foreign
    units = "".join(unit for unit, _ in dates)
    if "d" not in units or "M" not in units:
        return False
    long_year = any(unit == "y" and len(text) > 2 for unit, text in dates)
    dotted = any(text.strip() == "." for unit, text in pieces if not unit)
    return not (long_year and (units == "yMd" or (dotted and units == "dMy")))


def _piece(moment: datetime, unit: str, text: str, *, half: bool) -> str:
    """Write one part of a date."""
    width = len(text)
    if unit == "y":
        return f"{moment:%Y}" if width > 2 else f"{moment:%y}"
    if unit == "M":
        names = {3: "%b", 4: "%B", 5: "%b"}
        return f"{moment:{names[min(width, 5)]}}" if width > 2 else f"{moment.month:0{width}d}"
    if unit == "d":
        names = {3: "%a", 4: "%A"}
        return f"{moment:{names[min(width, 4)]}}" if width > 2 else f"{moment.day:0{width}d}"
    if unit == "h":
        return f"{(moment.hour % 12 or 12) if half else moment.hour:0{min(width, 2)}d}"
    if unit == "m":
        return f"{moment.minute:0{min(width, 2)}d}"
    if unit == "s":
        whole, _, parts = text.partition(".")
        share = f".{moment.microsecond:06d}"[: len(parts) + 1] if parts else ""
        return f"{moment.second:0{min(len(whole), 2)}d}{share}"
    if unit == "half":
        return "AM" if moment.hour < 12 else "PM"
    return text


def _show_elapsed(value: float, tokens: Tokens) -> str:
    """Write a duration: hours, minutes or seconds in all, then the rest."""
    left = round(timedelta(days=min(abs(value), 1e8)).total_seconds())
    sizes = {"h": 3600, "m": 60, "s": 1}
    out = ["-" if value < 0 else ""]
    for kind, text in tokens:
        if kind in ("elapsed", "date") and text[0] in sizes:
            amount, left = divmod(left, sizes[text[0]])
            out.append(f"{amount:0{len(text.partition('.')[0])}d}")
        elif kind in ("literal", "slash"):
            out.append(text)
    return "".join(out)
