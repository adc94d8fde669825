import numpy as np

from rare_app.lab.tuning.neighbours import cached_embed, nearest


def test_texts_are_embedded_once_and_kept_for_another_machine(tmp_path):
    asked = []

    def embed(texts):
        asked.append(list(texts))
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

    first = cached_embed(folder=tmp_path, embed=embed)
    assert first(["a", "bb", "a"]).tolist() == [[1, 1], [2, 1], [1, 1]]
    assert first(["bb", "ccc"]).tolist() == [[2, 1], [3, 1]]
    assert asked == [["a", "bb"], ["ccc"]]

    def fail(_):
        raise AssertionError("nothing is to be embedded here")

    again = cached_embed(folder=tmp_path, embed=fail)(["ccc", "a"])
    assert again.dtype == np.float32
    assert again.tolist() == [[3, 1], [1, 1]]


def test_the_nearest_come_first():
    passages = np.eye(4, dtype=np.float32)
    questions = np.array([[0, 0.6, 0.8, 0], [1, 0, 0, 0.1]], dtype=np.float32)
    assert nearest(questions, passages, count=2).tolist() == [[2, 1], [0, 3]]
    assert nearest(questions, passages, count=9).shape == (2, 4)
