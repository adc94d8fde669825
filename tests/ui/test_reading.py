"""What the page says of reading ahead."""

import pytest

from rare_app.reasoning import ReadingProgress
from rare_app.ui.render import reading_html


@pytest.mark.parametrize("state", ["off", "idle"])
def test_nothing_is_said_when_there_is_nothing_to_say(state):
    assert reading_html(ReadingProgress(state=state, done=3, total=9)) == ""


def test_progress_names_chunks_room_and_time():
    said = reading_html(
        ReadingProgress(
            state="reading", done=212, total=1312, bytes=1_100_000_000, seconds_left=190.0
        )
    )
    assert "Read 212 of 1,312 chunks, 1.1 GB, 3 min left" in said
    assert "value='16'" in said
    waiting = ReadingProgress(state="waiting", done=1, total=9, bytes=0)
    assert "waits while you ask" in reading_html(waiting)


def test_a_full_memory_says_what_to_do():
    assert "RARE_MEMORY_GB" in reading_html(ReadingProgress(state="full", done=1, total=9))
