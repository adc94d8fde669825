"""The shape that all strategies have."""

from collections.abc import Callable, Sequence

from rare_app.library.types import Passage

Search = Callable[[str, int], list[Passage]]
"""Question and how many → passages, best first: the app's own search."""

Strategy = Callable[[str, int, Search], Sequence[Passage]]
"""Question, how many, and the search that it may use as often as it likes → passages."""
