"""The reader's likely words above the questions of examples."""

from collections import Counter
from dataclasses import replace

import numpy as np

from rare_app.answer import Guide, Judgement
from rare_app.lab.tuning.example_file import read_groups, write_groups
from rare_app.lab.tuning.groups import Group, Question
from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.lead import lead
from rare_app.reader import Word, sentences_of

TEXT = "The queen lays 2,000 eggs. The drones leave in autumn."
WORDS = {"eggs": "2,000 eggs", "leave": "in autumn", "wings": "drones", "price": "queen"}


class Sure(Guide):
    """Finds the words of each question, and believes in those of some."""

    def __init__(self, *believed):
        super().__init__(embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32))
        self.believed = believed

    def judge(self, question, texts, around):
        [key] = [one for one in WORDS if one in question]
        start = TEXT.index(WORDS[key])
        nats = -0.1 if key in self.believed else -3.0
        word = Word(0, start, start + len(WORDS[key]), nats, nats)
        sentences = tuple(sentences_of(texts))
        return Judgement(sentences, np.zeros(len(sentences), dtype=np.float32), 0.0, (word,))


def ask(key, *, answer):
    text = f"What of the {key}?"
    return Question(
        key, "span", text, "", answer or "None of the passages says this.", bool(answer)
    )


ASKED = (
    ask("eggs", answer="She lays 2,000 eggs."),
    ask("leave", answer="They leave in autumn."),
    ask("wings", answer="Drones have wings."),
    ask("price", answer=""),
)
GROUP = Group("qed", (Passage(text=TEXT),), ASKED)


def led(settings, guide, seed):
    [group], count = lead([GROUP], guide=guide, settings=settings, seed=seed)
    assert replace(group, questions=ASKED) == GROUP
    return [one.likely for one in group.questions], count


def test_words_are_told_where_the_reader_believes_in_them_and_are_not_always_right(settings):
    seen = Counter()
    for seed in range(40):
        likely, count = led(settings, Sure("eggs", "leave"), seed)
        assert count.total() == len(ASKED)
        assert likely[2] == ""  # it may be true, and is too unsure to be told
        seen.update(enumerate(likely))
    assert seen[0, "2,000 eggs"] > sum(seen[0, other] for other in ("in autumn", "drones", "queen"))
    assert {text for at, text in seen if at == 0} <= {"2,000 eggs", "in autumn", "drones", "queen"}
    assert len({text for at, text in seen if at == 0}) > 1
    # Of what is not answered, half have words above them all the same.
    assert {text for at, text in seen if at == 3} == {"", "queen"}


def test_they_are_kept_in_the_file_of_examples(tmp_path):
    group = replace(GROUP, questions=(replace(ASKED[0], likely="2,000 eggs"),))
    write_groups(tmp_path / "examples.jsonl", [group])
    [read] = read_groups(tmp_path / "examples.jsonl")
    assert read.questions[0].likely == "2,000 eggs"
