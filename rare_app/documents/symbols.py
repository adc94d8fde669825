"""Characters of the Symbol and Wingdings fonts, which stand for others than their codes say."""

_GREEK = dict(
    zip(
        "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcywV",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψως",
        strict=True,
    )
)
_SYMBOL = {
    **{ord(code): letter for code, letter in _GREEK.items()},
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞",
    0xB0: "°", 0xB7: "•", 0xAE: "→", 0xAC: "←", 0xD6: "√", 0xE5: "∑", 0xF2: "∫", 0x44: "Δ",
    0xA0: "€", 0xBC: "…", 0xDE: "⇒", 0xDB: "⇔", 0xB5: "∝", 0xCE: "∈", 0x24: "∃", 0x22: "∀",
}  # fmt: skip
_WINGDINGS = {
    0xFC: "✓", 0xFB: "✗", 0xFE: "☒", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0x78: "☒", 0x52: "☑",
    0x53: "☒", 0x54: "☒", 0xA3: "☐", 0xA7: "•", 0x6E: "•", 0x6C: "•", 0x76: "•", 0xD8: "•",
    0xE0: "→", 0xDF: "←", 0xE8: "→", 0x28: "☎", 0x2A: "✉",
}  # fmt: skip


def symbol(code: str, font: str) -> str:
    """Give the character that a symbol stands for.

    Parameters
    ----------
    code : str
        Hexadecimal, as in Word's ``w:char``, often in the private area (``F0FE``).
    font : str

    Returns
    -------
    str
        Empty for a picture that stands for no character.
    """
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    bare = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
    name = font.lower()
    if name.startswith("wingdings"):
        return _WINGDINGS.get(bare, "")
    if name.startswith("symbol"):
        return _SYMBOL.get(bare, chr(bare) if bare < 0x7F else "")
    return chr(number) if number == bare and 0x20 <= number < 0x110000 else ""
