"""Which way a text runs."""

import unicodedata


def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter of a text is of a script that is written from the right."""
    for one in text:
        direction = unicodedata.bidirectional(one)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False
