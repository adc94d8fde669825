"""What the page says of the memory."""

from dataclasses import replace

import pytest

from rare_app.answer import ReadingProgress
from rare_app.types import Answer
from rare_app.ui.render import answer_html, reading_html


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


def test_pins_that_fill_the_memory_say_what_to_do():
    said = reading_html(ReadingProgress(state="full", done=1, total=9, crowded=True))
    assert "Unpin some, or set RARE_MEMORY_GB higher" in said


def test_what_is_to_be_said_of_a_model_stands_with_the_answer():
    told = answer_html(Answer(answered=True, answer="12", notice="“<m>” reads again."), turn=1)
    assert "<p class='rare-note'>“&lt;m&gt;” reads again.</p>" in told
    assert "rare-note" not in answer_html(Answer(answered=True, answer="12"), turn=1)


def test_a_refusal_without_the_model_says_so():
    refused = Answer(answered=False, answer="No.")
    assert "by the search alone, without the model · 0.0 s" in answer_html(refused, turn=1)
    for other in (replace(refused, stopped=True), replace(refused, answered=True)):
        assert "rare-facts" not in answer_html(other, turn=1)
    assert "search alone" not in answer_html(replace(refused, model="m.gguf"), turn=1)
