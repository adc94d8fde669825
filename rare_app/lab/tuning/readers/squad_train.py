"""SQuAD 1.1's training set: questions with a span of a paragraph, none without an answer.

It is used where its file lies in a folder ``squad1_train`` beside the other sets. The articles of
SQuAD 2.0 that validate are of the development set, and not among its articles.
"""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.readers.squad import paragraph_item
from rare_app.lab.tuning.records import read_object

NAME = "squad1_train"
FILE = "train-v1.1.json"


def read(folder: Path) -> Iterator[Item]:
    """Read ``train-v1.1.json``; all of it is for training."""
    for article in read_object(folder / FILE).objects("data"):
        title = article.need("title", str).replace("_", " ")
        for paragraph in article.objects("paragraphs"):
            text = paragraph.need("context", str)
            for entry in paragraph.objects("qas"):
                with entry.shaped():
                    item = paragraph_item(entry, text, title=title, split="train", data_set=NAME)
                if item:
                    yield item
