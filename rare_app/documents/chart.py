"""Charts of Office files as tables: a row a category, a column a series."""

from typing import TYPE_CHECKING

from rare_app.documents.clean import clean_characters
from rare_app.documents.number_format import show_number
from rare_app.documents.package import text_of
from rare_app.documents.tables import JOINT, Table

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_POINTS = 10_000
_MOST_SERIES = 256

Points = dict[int, str]


def read_chart(root: "_Element") -> Table | None:
    """Read a chart from what is stored with it, so that no other file is needed.

    Parameters
    ----------
    root : lxml element
        The chart's part (``chartSpace`` of DrawingML).

    Returns
    -------
    Table or None
        Its title is the chart's, its unit that of the axis of values. ``None`` for a chart
        without numbers.
    """
    area = root.find("{*}chart/{*}plotArea")
    if area is None:
        return None
    series = list(area.iter("{*}ser"))[:_MOST_SERIES]
    names = [_name(one) or (f"Series {n}" if len(series) > 1 else "")
             for n, one in enumerate(series, start=1)]  # fmt: skip
    values = [_points(one, "val", "yVal", "bubbleSize") for one in series]
    places = [_points(one, "cat", "xVal") for one in series]
    if not any(values):
        return None
    title = _title(root.find("{*}chart"))
    across = _title(next(area.iter("{*}catAx", "{*}dateAx"), None))
    unit = JOINT.join(filter(None, (_title(axis) for axis in area.iter("{*}valAx"))))
    if any(one.find("{*}xVal") is not None for one in series):
        points = [
            (name, place.get(at, ""), value[at])
            for name, place, value in zip(names, places, values, strict=True)
            for at in sorted(value)
        ]
        axes = [_title(axis) for axis in area.iter("{*}valAx")]
        x, y = (axes[0], axes[1]) if len(axes) > 1 and all(axes[:2]) else ("x", "y")
        return Table(rows=(("", x, y), *points), heads=1, title=title)
    labels: Points = {}
    for one in places:
        labels = {**one, **labels}
    numbers = sorted({at for one in values for at in one} | labels.keys())
    rows = [(labels.get(at, str(at + 1)), *(one.get(at, "") for one in values)) for at in numbers]
    head = (across, *names)
    return Table(rows=(head, *rows), heads=1 if any(head) else 0, title=title, unit=unit)


def _name(series: "_Element") -> str:
    text = series.find("{*}tx")
    if text is None:
        return ""
    return _clean(" ".join(one.text or "" for one in text.iter("{*}v")))


def _points(series: "_Element", *names: str) -> Points:
    """Read the points of a series by their index; those of several levels are joined."""
    holder = next((one for name in names if (one := series.find(f"{{*}}{name}")) is not None), None)
    if holder is None:
        return {}
    levels = [
        {
            int(point.get("idx", "0")): _point(point, code)
            for point in level.iterfind("{*}pt")
            if point.get("idx", "").isdigit() and int(point.get("idx", "0")) < _MOST_POINTS
        }
        for level, code in _levels(holder)
    ]
    if not levels:
        return {}
    inner = levels[0]
    # An outer level has a point where a group of the inner one begins.
    for level in levels[1:]:
        known = ""
        for at in sorted(inner):
            known = level.get(at, known)
            inner[at] = f"{known}{JOINT}{inner[at]}" if known else inner[at]
    return inner


def _levels(holder: "_Element") -> list[tuple["_Element", str]]:
    levels = [(one, "") for one in holder.iter("{*}lvl")]
    if levels:
        return levels
    found = []
    for kind in ("strCache", "strLit", "numCache", "numLit"):
        for one in holder.iter(f"{{*}}{kind}"):
            code = one.findtext("{*}formatCode") or "General"
            found.append((one, code if kind.startswith("num") else ""))
    return found[:1]


def _point(point: "_Element", code: str) -> str:
    text = _clean(point.findtext("{*}v") or "")
    try:
        return show_number(float(text), point.get("formatCode", code)) if code else text
    except (ValueError, OverflowError):
        return text


def _title(holder: "_Element | None") -> str:
    """Give the title of a chart or an axis."""
    title = holder.find("{*}title") if holder is not None else None
    if title is None:
        return ""
    said = " ".join(text_of(one) for one in title.iter("{*}p"))
    return _clean(said) or _clean(" ".join(one.text or "" for one in title.iter("{*}v")))


def _clean(text: str) -> str:
    return " ".join(clean_characters(text).split())
