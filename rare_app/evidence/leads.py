"""What introduces a sentence that is an item of a list: by itself it says half of what it says."""

from collections.abc import Sequence

from rare_app.evidence.asked import NOTHING_KNOWN, Sheet, Surroundings
from rare_app.evidence.lists import Listing, read_lists
from rare_app.evidence.reader import Sentence


def leads_of(
    texts: Sequence[str],
    sentences: Sequence[Sentence],
    around: Surroundings = NOTHING_KNOWN,
) -> list[str]:
    """Give what stands above each sentence that is an item: “The Tenant shall:”.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    sentences : sequence of Sentence
        Theirs.
    around : Surroundings
        Their pages: the line above may stand in another chunk.

    Returns
    -------
    list of str
        On one line; empty for what is no item.
    """
    sheets = around.sheets or [Sheet(text, ((number, 0),)) for number, text in enumerate(texts)]
    found = [""] * len(sentences)
    for sheet in sheets:
        at = dict(sheet.passages)
        lists = read_lists(sheet.text)
        for number, one in enumerate(sentences):
            if found[number] or one.passage not in at or not lists:
                continue
            start = at[one.passage] + one.start
            found[number] = _lead(sheet.text, lists, start)
    return found


def _lead(page: str, lists: Sequence[Listing], at: int) -> str:
    """Join what introduces the list that a place is in, and the one that this stands in itself."""
    own = [one for one in lists if one.lead[1] <= at < one.items[-1][1]]
    if not own:
        return ""
    inner = max(own, key=lambda one: one.lead)
    outer = _lead(page, lists, inner.lead[0])
    return f"{outer} {' '.join(page[slice(*inner.lead)].split())}".strip()
