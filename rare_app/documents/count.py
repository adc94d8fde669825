"""Counting the tokens of many texts fast."""

import re
from collections.abc import Callable, Iterable, Sequence

CountTokens = Callable[[Sequence[str]], list[int]]
"""Takes texts, returns each one's length in tokens without special tokens."""

_UNIT = re.compile(r"\w{1,40}|[^\w\s]")


class TokenCounter:
    """Counts tokens by adding up the words', which were counted once in one batch.

    For tokenizers that cut at white space and punctuation first (as BERT's do) the sum is exact;
    for others it is near, and the finished chunks are counted as a whole.
    """

    def __init__(self, count_tokens: CountTokens) -> None:
        self._count_tokens = count_tokens
        self._known: dict[str, int] = {}
        self._counted: dict[str, int] = {}  # the splitter asks for most pieces several times

    def learn(self, texts: Iterable[str]) -> None:
        """Count the words that are new, all at once."""
        new = {unit for text in texts for unit in _UNIT.findall(text)} - self._known.keys()
        if new:
            units = sorted(new)
            counts = self._count_tokens(units)
            # A sign that the tokenizer drops still costs nothing to count as one.
            self._known.update((u, max(1, c)) for u, c in zip(units, counts, strict=True))

    def __call__(self, text: str) -> int:
        """Length of a text in tokens."""
        count = self._counted.get(text)
        if count is None:
            units = _UNIT.findall(text)
            try:
                count = sum([self._known[unit] for unit in units])
            except KeyError:
                self.learn([text])
                count = sum([self._known[unit] for unit in units])
            self._counted[text] = count
        return count

    def forget(self) -> None:
        """Forget the texts that were counted; what the words have is kept."""
        self._counted.clear()

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Count whole texts, exactly."""
        return self._count_tokens(texts) if texts else []
