"""A text that may be quoted: its bytes, the characters they belong to, where a quote may end."""

import unicodedata
from array import array

_BETWEEN_DIGITS = ".,"
_ENDINGS = ".!?"
_CLOSING = '"”’)]'


class Source:
    """A text as bytes, with the way back to its characters.

    Parameters
    ----------
    text : str
        As the model has read it.

    Attributes
    ----------
    data : bytes
        The text in UTF-8.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.data = text.encode("utf-8", "replace")
        self._byte_of = array("l", [0])
        for character in text:
            width = len(character.encode("utf-8", "replace"))
            self._byte_of.append(self._byte_of[-1] + width)
        self._character_at = array("l", [-1]) * (len(self.data) + 1)
        for index, at in enumerate(self._byte_of):
            self._character_at[at] = index

    def byte_of(self, character: int) -> int:
        """Offset in bytes of a character."""
        return self._byte_of[character]

    def character_of(self, at: int) -> int:
        """Character that a byte belongs to."""
        while self._character_at[at] < 0:
            at -= 1
        return self._character_at[at]

    def trimmed(self, start: int, end: int) -> int:
        """Move an end in bytes back over white space, not before the start."""
        while end > start and self.data[end - 1 : end].isspace():
            end -= 1
        return end

    def holds_words(self, start: int, end: int, count: int) -> bool:
        """Whether at least so many words or numbers stand between two bytes."""
        first, last = self.character_of(start), self.character_of(end)
        inside = False
        for index in range(first, last):
            if inside != self._text[index].isalnum():
                inside = not inside
                count -= inside
                if count <= 0:
                    return True
        return False

    def ends_sentence(self, at: int) -> bool:
        """Whether a sentence, or a line, may end at this byte."""
        index = self.character_of(at)
        line = index < len(self._text) and self._text[index] in "\r\n"
        return line or self._text[:index].rstrip(_CLOSING).endswith(tuple(_ENDINGS))

    def may_end(self, at: int) -> bool:
        """Whether a quote may end at this byte: never inside a character, word or number."""
        index = self._character_at[at]
        if index < 0:
            return False
        if index in (0, len(self._text)):
            return True
        before, after = self._text[index - 1], self._text[index]
        if unicodedata.combining(after):
            return False
        if _is_word(before) and _is_word(after):
            return False
        return not (
            (after in _BETWEEN_DIGITS and self._are_digits(index - 1, index + 1))
            or (before in _BETWEEN_DIGITS and self._are_digits(index - 2, index))
        )

    def _are_digits(self, one: int, other: int) -> bool:
        text = self._text
        return one >= 0 and other < len(text) and text[one].isdigit() and text[other].isdigit()


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
