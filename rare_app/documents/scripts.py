"""Scripts that are written without spaces."""


def is_ideographic(letter: str) -> bool:
    """Whether a character is of a script that is written without spaces, or its punctuation."""
    return (
        "\u2e80" <= letter <= "\ua4cf"
        or "\uf900" <= letter <= "\ufaff"
        or "\uff00" <= letter <= "\uffef"
    )
