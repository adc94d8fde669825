"""What is known of some passages beside their words."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sheet:
    """Text that a list may run over: a page, or two where it goes on.

    Attributes
    ----------
    text : str
    passages : tuple of (int, int)
        The passages that stand there, and where each begins.
    """

    text: str
    passages: tuple[tuple[int, int], ...]

    def of_first(self, count: int) -> "Sheet":
        """Leave passages behind the first ones out."""
        return Sheet(self.text, tuple(one for one in self.passages if one[0] < count))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of some passages beside their words.

    Attributes
    ----------
    heads : tuple of str
        Heads of the tables inside which the passages begin; empty where they are not known.
    names : str
        Names of their documents and of the companies that these are of.
    sheets : tuple of Sheet
        Their pages: a list may run over several passages. Empty where they are not known.
    passed : tuple of (int, int, int)
        Passage, start and end of what is quoted of earlier mails, or said anew by a newer version.
    """

    heads: tuple[str, ...] = ()
    names: str = ""
    sheets: tuple[Sheet, ...] = ()
    passed: tuple[tuple[int, int, int], ...] = ()

    def of_first(self, count: int) -> "Surroundings":
        """Leave out what is known of passages behind the first ones."""
        return replace(
            self,
            heads=self.heads[:count],
            sheets=tuple(one.of_first(count) for one in self.sheets),
            passed=tuple(one for one in self.passed if one[0] < count),
        )


NOTHING_KNOWN = Surroundings()
