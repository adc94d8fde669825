"""Write the tiny data set that ``tune small`` learns from where no other is given.

The sentences are made up here; the form is that of QED. Run from the project's folder:
``python -m scripts.make_tiny_data``.
"""

import json
from pathlib import Path

FOLDER = Path("assets/tiny/qed")
PLACES = (
    *("Arden", "Belmore", "Corvel", "Dunmere", "Eskwater", "Farleigh", "Gorsey", "Hollin"),
    *("Ivelet", "Jarrow", "Kelder", "Lorne", "Marrick", "Netherby", "Ormside", "Penrose"),
    *("Quarley", "Redmire", "Skelton", "Thornby", "Ulpha", "Venwick", "Warcop", "Yarlside"),
    *("Ashgill", "Burnt Fell", "Crosby", "Dacre", "Ennerdale", "Foxup"),
)
THINGS = ("bridge", "mill", "lighthouse", "library", "school", "canal")
SIDES = ("northern", "western", "southern", "eastern", "upper")
PEOPLE = ("Anna", "Bruno", "Clara", "David", "Edith", "Franz", "Greta", "Hugo", "Ida", "Jonas")
HELD_OUT = 6


def record(number: int) -> dict[str, object]:
    """Write one paragraph with its question; who and when take turns."""
    place, thing = PLACES[number], THINGS[number % len(THINGS)]
    person = f"{PEOPLE[number % len(PEOPLE)]} {PLACES[-1 - number].split()[0]}son"
    year = 1700 + 7 * number
    # No eight words in a row are the same in two paragraphs: copies are never shown together.
    sentences = (
        f"{place} has a {thing} at its {SIDES[number % len(SIDES)]} edge .",
        f"{person} built it in {year} .",
        f"Visitors may climb it on {2 + number} days .",
    )
    text = " ".join(sentences)
    answer = person if number % 2 else str(year)
    start = text.index(answer)
    asked = (
        f"who built the {thing} of {place}"
        if number % 2
        else f"when was the {thing} of {place} built"
    )
    span = [start, start + len(answer)]
    common = {
        "example_id": number,
        "title_text": place,
        "paragraph_text": text,
        "question_text": asked,
        "sentence_starts": [text.index(sentence) for sentence in sentences],
    }
    if number >= len(PLACES) - HELD_OUT:  # the form of the published dev file
        places = [[{"start": span[0], "end": span[1]}]]
        return {**common, "annotation": {"explanation_type": "x"}, "original_nq_answers": places}
    return {**common, "answer_spans": [span], "annotation": []}


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    records = [record(number) for number in range(len(PLACES))]
    parts = {
        "nq-train-tiny-qed.jsonlines": records[:-HELD_OUT],
        "qed-dev.jsonlines": records[-HELD_OUT:],
    }
    for name, part in parts.items():
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in part)
        (FOLDER / name).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
