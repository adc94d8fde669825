"""The words and groups of an RTF file, with its characters decoded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ",
    "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "~": "\xa0", "_": "-", "-": "\xad", "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip

Kind = Literal["open", "close", "word", "star", "text"]


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes
    ----------
    kind : {"open", "close", "word", "star", "text"}
        ``star`` says that a reader who does not know the next word skips its group.
    text : str
        The control word, or decoded characters.
    number : int or None
        The word's parameter.
    """

    kind: Kind
    text: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Coding:
    """How bytes are decoded inside a group; `skip` characters stand in for one of Unicode."""

    skip: int = 1
    codec: str = ""
    font: int = -1


class Tokens:
    """Goes through an RTF file.

    Parameters
    ----------
    data : bytes
        The whole file. Groups may be nested to any depth and need not be closed.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._page = "cp1252"
        self._default_font = -1
        self._fonts: dict[int, str] = {}
        self._coding = _Coding()
        self._groups: list[_Coding] = []
        self._bytes = bytearray()
        self._to_skip = 0

    def __iter__(self) -> Iterator[Token]:
        """Give the tokens in order; adjoining characters may come as several."""
        position, size = 0, len(self._data)
        while position < size and (found := _TOKEN.match(self._data, position)):
            position = found.end()
            word, number, byte, symbol, brace, plain = found.groups()
            if byte or plain:
                self._take(bytes([int(byte, 16)]) if byte else plain)
                continue
            if not (word or symbol or brace):
                continue
            if word == b"bin":
                position += max(0, int(number or 0))
                continue
            if self._bytes:
                yield Token("text", self._flush())
            yield from self._control(word, number, symbol, brace)
        if self._bytes:
            yield Token("text", self._flush())

    def _control(
        self, word: bytes | None, number: bytes | None, symbol: bytes | None, brace: bytes | None
    ) -> Iterator[Token]:
        if brace == b"{":
            self._groups.append(self._coding)
            self._to_skip = 0
            yield Token("open")
        elif brace == b"}":
            self._coding = self._groups.pop() if self._groups else _Coding()
            self._to_skip = 0
            yield Token("close")
        elif symbol == b"*":
            yield Token("star")
        elif symbol in (b"\n", b"\r"):
            yield Token("word", "par")
        elif word:
            yield from self._word(word.decode("ascii"), int(number) if number else None)
        elif symbol and (character := _CHARACTERS.get(symbol.decode("latin-1"))):
            yield from self._character(character)

    def _word(self, word: str, number: int | None) -> Iterator[Token]:
        if word == "u" and number is not None:
            yield Token("text", chr(number % 0x10000))
            self._to_skip = self._coding.skip
        elif word in _CHARACTERS:
            yield from self._character(_CHARACTERS[word])
        else:
            self._to_skip = 0
            self._note_coding(word, number)
            yield Token("word", word, number)

    def _character(self, character: str) -> Iterator[Token]:
        if self._to_skip:
            self._to_skip -= 1
        else:
            yield Token("text", character)

    def _note_coding(self, word: str, number: int | None) -> None:
        if number is None:
            self._page = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}.get(word, self._page)
        elif word == "ansicpg":
            self._page = _codec(f"cp{number}") or self._page
        elif word == "uc":
            self._coding = replace(self._coding, skip=max(0, min(number, 16)))
        elif word == "deff":
            self._default_font = number
        elif word == "f":
            self._coding = replace(self._coding, font=number, codec=self._fonts.get(number, ""))
        elif word == "fcharset" and self._coding.font >= 0 and len(self._fonts) < 10_000:
            self._fonts[self._coding.font] = _CHARSETS.get(number, "")
        if word == "plain":
            codec = self._fonts.get(self._default_font, "")
            self._coding = replace(self._coding, font=self._default_font, codec=codec)

    def _take(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        self._bytes += data[skipped:]

    def _flush(self) -> str:
        data = bytes(self._bytes)
        self._bytes.clear()
        return data.decode(self._coding.codec or self._page, "replace")


def join_pairs(text: str) -> str:
    """Join the halves of characters outside the Basic Multilingual Plane."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _codec(name: str) -> str:
    if name == "cp65001":
        return "utf-8"
    try:
        b"".decode(name)
    except LookupError:
        return ""
    return name
