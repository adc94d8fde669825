"""Reading order, paragraphs and tables of recognised words, with words set by hand."""

import numpy as np

from rare_app.documents.quads import level
from rare_app.documents.recognise import Segment, Word
from rare_app.documents.scan_layout import write_scan
from rare_app.documents.tables import cells_of

SIZE = 1000
HEIGHT = 20
LETTER = 9


def segment(text, left, top, *, height=HEIGHT):
    """Set a line of type; a letter is 9 pixels wide whatever it is."""
    words, at = [], left
    for word in text.split():
        width = LETTER * len(word)
        words.append(
            Word(word, at / SIZE, top / SIZE, width / SIZE, height / SIZE, 0.99, joined=False)
        )
        at += width + LETTER
    return Segment(tuple(words), left, top, at - LETTER, top + height)


def rows_of(page, number=0):
    block = [one for one in page.blocks if one.kind == "table"][number]
    return [cells_of(line) for line in page.text[block.start : block.end].split("\n")]


def check_places(page, segments):
    """Every word has its place, and the place's words stand at its span."""
    words = [word for one in segments for word in one.words]
    assert len(page.places) == len(words)
    by_box = {(word.left, word.top): word.text for word in words}
    for place in page.places:
        said = by_box[place.left, place.top]
        assert page.text[place.start : place.end] in (said, said.rstrip("-"))


def test_columns_of_text_are_read_one_after_the_other_below_their_heading():
    left = ["The eastern store is let to", "the baker until June and the", "rent is 400 a month."]
    right = [
        "The western store is empty as",
        "its roof was torn off it by",
        "in the year before.",
    ]
    segments = [segment("Two stores on the quay", 100, 50, height=36)]
    for number, (one, other) in enumerate(zip(left, right, strict=True)):
        segments += [segment(other, 520, 120 + 28 * number), segment(one, 100, 121 + 28 * number)]
    page = write_scan(segments, number=4)
    assert page.number == 4
    assert page.text.split("\n\n") == ["Two stores on the quay", " ".join(left), " ".join(right)]
    assert [one.kind for one in page.blocks] == ["heading", "paragraph", "paragraph"]
    check_places(page, segments)


def test_a_blank_cell_stays_blank_and_a_long_name_covers_no_column():
    table = [
        ("Site", "2024", "2025", "Use"),
        ("Arden", "41,200", "39,850", "812"),
        ("Brook upon the long water", "18,930", "", "446"),
        ("Caster", "", "7,980", "128"),
        ("All", "60,130", "47,830", "1,386"),
    ]
    lefts = (100, 420, 560, 700)
    segments = [
        segment(cell, lefts[column], 100 + 40 * number)
        for number, row in enumerate(table)
        for column, cell in enumerate(row)
        if cell
    ]
    segments.append(segment("Water by site in cubic metres", 100, 40))
    page = write_scan(segments, number=1)
    assert [one.kind for one in page.blocks] == ["table"]
    title, head, _, *body = rows_of(page)
    assert page.text.startswith("Water by site in cubic metres\n|")
    assert title == ()
    assert [head, *body] == table
    assert page.blocks[0].head.split("\n")[0] == "Water by site in cubic metres"
    check_places(page, segments)


def test_a_name_on_the_left_of_its_column_names_figures_on_the_right():
    rows = [("Tiles", "120", "120"), ("Battens", "350", "310"), ("Felt", "24", "")]
    segments = [segment(text, at, 100) for text, at in (("Item", 50), ("Sent", 300), ("Got", 600))]
    for number, (name, *figures) in enumerate(rows, start=1):
        top = 100 + 40 * number
        segments.append(segment(name, 50, top))
        segments += [
            segment(figure, right - LETTER * len(figure), top)
            for figure, right in zip(figures, (560, 860), strict=True)
            if figure
        ]
    page = write_scan(segments, number=1)
    assert rows_of(page) == [("Item", "Sent", "Got"), ("---",) * 3, *rows]
    check_places(page, segments)


def test_heads_that_span_columns_name_each_of_them():
    segments = [segment("Water used in cubic metres", 300, 100), segment("Power", 620, 100)]
    rows = [("Site", "2024", "2025", "2025"), ("Arden", "41", "39", "8"), ("Brook", "18", "", "4")]
    rows.append(("Caster", "74", "79", "1"))
    for number, row in enumerate(rows):
        segments += [
            segment(cell, (100, 320, 470, 625)[column], 140 + 40 * number)
            for column, cell in enumerate(row)
            if cell
        ]
    head, _, *body = rows_of(write_scan(segments, number=1))
    water = "Water used in cubic metres"
    assert head == ("Site", f"{water} · 2024", f"{water} · 2025", "Power · 2025")
    assert body == rows[1:]


def test_words_broken_at_the_end_of_a_line_are_whole_and_each_half_has_its_place():
    segments = [
        segment("The committee examined the", 100, 100),
        segment("instal-", 352, 100),
        segment("lation in the harbour twice", 100, 128),
        segment("1. The first crane is safe", 100, 156),
        segment("2. The second one is not", 100, 184),
    ]
    page = write_scan(segments, number=1)
    assert page.text.split("\n") == [
        "The committee examined the installation in the harbour twice",
        "",
        "1. The first crane is safe",
        "2. The second one is not",
    ]
    check_places(page, segments)


def test_a_gap_or_a_short_last_line_ends_a_paragraph():
    lines = [
        ("The pump was tested by two engineers in", 100),
        ("March and ran well.", 128),
        ("The second one could not be tested at all", 156),
        ("because its motor had been taken out then", 184),
        ("Signed by the chief engineer of the board", 240),
    ]
    page = write_scan([segment(text, 100, top) for text, top in lines], number=1)
    assert page.text.split("\n\n") == [
        "The pump was tested by two engineers in March and ran well.",
        "The second one could not be tested at all because its motor had been taken out then",
        "Signed by the chief engineer of the board",
    ]


def test_a_page_without_words_is_empty():
    page = write_scan([], number=3)
    assert (page.number, page.text, page.blocks, page.places) == (3, "", (), ())


def test_the_tilt_of_a_page_of_short_words_is_found_where_each_lies_level_by_itself():
    tilt = 0.021  # 1.2 degrees; the detector gives short boxes without any
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    boxes = []
    for down in range(20):
        for across in (100, 700, 850):
            middle = np.array([across, 100 + 26 * down]) @ turn
            boxes.append(middle + np.array([[-30, -9], [30, -9], [30, 9], [-30, 9]]))
    rows = [one.mean(axis=0)[1] for one in level(boxes)]
    for first in range(0, len(rows), 3):
        assert max(rows[first : first + 3]) - min(rows[first : first + 3]) < 3
    assert level([]) == []
