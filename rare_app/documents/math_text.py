"""Formulas of Office files (OMML) on one line."""

from lxml import etree

from rare_app.documents.docx_parts import MATH, local

_DEEPEST = 40


def write_math(element: etree._Element, *, _depth: int = 0) -> str:
    """Write a formula as text: ``(a + b)/c``, ``x^2``, ``√(y)``.

    Parameters
    ----------
    element : element
        ``m:oMath`` or a part of it.
    """
    if _depth > _DEEPEST:
        return "".join(text for text in element.itertext())

    def part(name: str) -> str:
        child = element.find(MATH + name)
        return write_math(child, _depth=_depth + 1) if child is not None else ""

    name = local(element)
    if name == "t":
        return element.text or ""
    if name == "f":
        return f"{_group(part('num'))}/{_group(part('den'))}"
    if name in ("sSup", "sSub", "sSubSup"):
        low, high = part("sub"), part("sup")
        return (
            _group(part("e"))
            + (f"_{_group(low)}" if low else "")
            + (f"^{_group(high)}" if high else "")
        )
    if name == "rad":
        degree = part("deg")
        return f"{degree}√({part('e')})" if degree else f"√({part('e')})"
    if name == "nary":
        sign = element.find(f"{MATH}naryPr/{MATH}chr")
        drawn = sign.get(MATH + "val", "∫") if sign is not None else "∫"
        low, high = part("sub"), part("sup")
        bounds = (f"_{_group(low)}" if low else "") + (f"^{_group(high)}" if high else "")
        return f"{drawn}{bounds} {part('e')}"
    if name == "d":
        inner = ", ".join(write_math(e, _depth=_depth + 1) for e in element.findall(MATH + "e"))
        return f"({inner})"
    return "".join(
        write_math(child, _depth=_depth + 1)
        for child in element
        if isinstance(child.tag, str)
        and child.tag.startswith(MATH)
        and not local(child).endswith("Pr")
    )


def _group(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"
