"""What a Word file holds beside its text, and saying so."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Facts:
    """What a file holds beside its text."""

    hidden: int = 0
    pictures: int = 0
    charts: int = 0
    diagrams: int = 0
    embedded: int = 0


def tell_left_out(facts: Facts, members: Sequence[str]) -> list[str]:
    """Say what the file holds and was not read, a sentence each.

    Parameters
    ----------
    facts : Facts
    members : sequence of str
        Names of all that the container holds.
    """
    folder = "word/embeddings/"
    embedded = max(facts.embedded, sum(one.startswith(folder) and one != folder for one in members))
    embedded -= min(embedded, facts.charts)  # a chart's own workbook
    counted = (
        (facts.hidden, "hidden text in {} paragraph{s} was left out"),
        (facts.pictures, "{} picture{s} {was} not read"),
        (facts.charts, "{} chart{s} {was} not read"),
        (facts.diagrams, "{} diagram{s} {was} not read"),
        (embedded, "{} embedded file{s} {was} not read"),
        (sum(one.endswith("vbaProject.bin") for one in members), "macros were not read"),
    )
    sentences = [
        text.format(count, s="s" if count != 1 else "", was="were" if count != 1 else "was")
        for count, text in counted
        if count
    ]
    return [one[0].upper() + one[1:] + "." for one in sentences]
