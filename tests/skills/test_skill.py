"""A skill is added by one class and one line, and has its say before and after the model."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.answer import Assistant, Guide
from rare_app.prompt import as_read
from rare_app.skills import SKILLS, Skill

from ..conftest import BEES, BRIDGES, passage
from ..readers import FlatReader

PASSAGES = [passage(BEES, number=1), passage(BRIDGES, number=2)]


class Bridges(Skill):
    """Knows that all is about bridges."""

    def gains(self, seen):
        return np.array(
            [
                20.0 * ("bridge" in seen.texts[one.passage][one.start : one.end].casefold())
                for one in seen.sentences
            ],
            dtype=np.float32,
        )

    def remarks(self, said):
        return [f"“{said.answer}” was not measured."]


def flat(skills):
    return Guide(
        embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32),
        reader=FlatReader(),
        skills=skills,
    )


def test_a_skill_leads_to_its_evidence():
    texts = [as_read(one.text) for one in PASSAGES]
    judged = flat((*SKILLS, Bridges())).judge("How long is it?", texts)
    best = judged.sentences[int(judged.scores.argmax())]
    assert "bridge" in texts[best.passage][best.start : best.end].casefold()


def test_a_skill_that_knows_nothing_changes_nothing():
    texts = [as_read(one.text) for one in PASSAGES]
    with_it, without = (flat(skills).judge("How long is it?", texts) for skills in ((Skill(),), ()))
    assert np.array_equal(with_it.scores, without.scores)


@pytest.mark.model
def test_what_a_skill_doubts_is_told(settings, library, engine):
    skills = (*SKILLS, Bridges())
    assistant = Assistant(
        settings=replace(settings, unsupported="mark", gate="off"),
        library=library,
        engine=engine,
        skills=skills,
    )
    answer = assistant.answer("How long is the bridge?", passages=PASSAGES, adapter="none")
    assert answer.answered
    assert f"“{answer.answer}” was not measured." in answer.remarks
    assert answer.doubtful
