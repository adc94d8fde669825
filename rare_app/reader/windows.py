"""Question and passages to token windows of whole sentences, and back by offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rare_app.reader.sentences import Span

WINDOW_TOKENS = 320
"""Most passage tokens of a window; longer passages are read in several."""
QUESTION_TOKENS = 96
"""A longer question is read from its end: the last words ask."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The special tokens that an encoder puts around a question and a window.

    Attributes
    ----------
    start, end, pad : int
    between : tuple of int
        What stands between the two: once BERT's ``[SEP]``, twice MPNet's ``</s>``.
    """

    start: int
    between: tuple[int, ...]
    end: int
    pad: int

    def first(self, question: Sequence[int]) -> int:
        """Where a window's first token stands, behind a question."""
        return 1 + len(question) + len(self.between)

    @property
    def count(self) -> int:
        """How many special tokens there are around a pair."""
        return 2 + len(self.between)


def read_marks(tokenizer: Any) -> Marks:
    """Tell an encoder's special tokens from its vocabulary: MPNet's, or else BERT's.

    MPNet's vocabulary holds BERT's special tokens, too, without using them.
    """
    ours = [tokenizer.token_to_id(mark) for mark in ("<s>", "</s>", "<pad>")]
    if None not in ours:
        return Marks(start=ours[0], between=(ours[1], ours[1]), end=ours[1], pad=ours[2])
    start, end, pad = (tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]", "[PAD]"))
    return Marks(start=start, between=(end,), end=end, pad=pad)


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences of one passage that are read together.

    Attributes
    ----------
    passage : int
        Index of the passage.
    ids : tuple of int
        Tokens of the passage's part.
    offsets : tuple of (int, int)
        Where each token stands in the passage, in characters.
    sentences : tuple of (int, int, int)
        Index of a sentence (over all passages), and its first and last token (exclusive) here.
    """

    passage: int
    ids: tuple[int, ...]
    offsets: tuple[Span, ...]
    sentences: tuple[tuple[int, int, int], ...]


def question_ids(tokenizer: Any, question: str) -> list[int]:
    """Tokenise a question."""
    ids: list[int] = tokenizer.encode(question, add_special_tokens=False).ids
    return ids[-QUESTION_TOKENS:]


def cut_windows(
    tokenizer: Any, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
) -> list[Window]:
    """Tokenise passages and put their sentences into windows, in order.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
    texts : sequence of str
        The passages.
    sentences : sequence of sequence of (int, int)
        Spans of each passage's sentences; a sentence longer than a window is cut at its end.
    """
    encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    windows: list[Window] = []
    number = 0
    for passage, (one, spans) in enumerate(zip(encoded, sentences, strict=True)):
        offsets, at = one.offsets, 0
        open_at, held = 0, list[tuple[int, int, int]]()
        for begin, end in spans:
            while at < len(offsets) and offsets[at][1] <= begin:
                at += 1
            first = at
            while at < len(offsets) and offsets[at][0] < end:
                at += 1
            last = min(at, first + WINDOW_TOKENS)
            if held and last - open_at > WINDOW_TOKENS:
                windows.append(_close(passage, one, open_at, held))
                held = []
            if not held:
                open_at = first
            held.append((number, first, last))
            number += 1
        if held:
            windows.append(_close(passage, one, open_at, held))
    return windows


def _close(passage: int, encoded: Any, start: int, held: list[tuple[int, int, int]]) -> Window:
    end = held[-1][2]
    return Window(
        passage,
        tuple(encoded.ids[start:end]),
        tuple(encoded.offsets[start:end]),
        tuple((number, first - start, last - start) for number, first, last in held),
    )


def batch_windows(pairs: Sequence[tuple[Sequence[int], Window]], marks: Marks) -> dict[str, Tensor]:
    """Lay questions with their windows out as padded tensors (see :class:`EvidenceNetwork`)."""
    longest = max(len(question) + len(window.ids) for question, window in pairs) + marks.count
    most = max(len(window.sentences) for _, window in pairs)
    ids = torch.full((len(pairs), longest), marks.pad)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    members = torch.zeros((len(pairs), most, longest))
    for row, (question, window) in enumerate(pairs):
        tokens = [marks.start, *question, *marks.between, *window.ids, marks.end]
        begin = marks.first(question)
        ids[row, : len(tokens)] = torch.tensor(tokens)
        types[row, begin : len(tokens)] = 1
        mask[row, : len(tokens)] = 1
        for place, (_, first, last) in enumerate(window.sentences):
            members[row, place, begin + first : begin + last] = 1
    return {"ids": ids, "types": types, "mask": mask, "members": members}
