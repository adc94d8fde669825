"""What the reader is trained on: which sentence answers, if any, and where the answer stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rare_app.evidence import sentence_spans
from rare_app.evidence.windows import Marks, Window, batch_windows, cut_windows, question_ids
from rare_app.tuning.reader_examples import ReaderExample

_TOGETHER = 16
"""Windows that go through the network at once."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An example as tokens."""

    question: tuple[int, ...]
    windows: tuple[Window, ...]
    needs: tuple[tuple[int, ...], ...]
    answers: tuple[tuple[int, int, int], ...]

    @property
    def longest(self) -> int:
        """Tokens of the longest window."""
        return max(len(window.ids) for window in self.windows)


def prepare(example: ReaderExample, tokenizer: Any) -> Prepared | None:
    """Tokenise an example; ``None`` when its passages are empty."""
    spans = [sentence_spans(text) for text in example.texts]
    windows = cut_windows(tokenizer, example.texts, spans)
    if not windows:
        return None
    asked = question_ids(tokenizer, example.question)
    return Prepared(tuple(asked), tuple(windows), example.needs, example.answers)


@dataclass(frozen=True, slots=True)
class ReaderLoss:
    """Mean losses of a batch in nats, and how often the reader was right.

    Attributes
    ----------
    sentence, span : Tensor
        Of choosing a sentence (or none), and of the answer's edges (0 without any answer).
    found, answerable, refused, unanswerable : int
        Answerable questions whose best sentence is evidence, and all of them; unanswerable ones
        for which "none" is likeliest, and all of them.
    """

    sentence: Tensor
    span: Tensor
    found: int
    answerable: int
    refused: int
    unanswerable: int


def reader_loss(network: Any, batch: Sequence[Prepared], marks: Marks) -> ReaderLoss:
    """Compute the losses of some questions, each over all its passages.

    The loss of a question is the mean, over its pieces of evidence, of the cross-entropy of "one
    of the sentences that hold it" in the softmax over all sentences and "none"; of an
    unanswerable one that of "none".
    """
    pairs = [(one.question, window) for one in batch for window in one.windows]
    scores, edges = _read(network, pairs, marks)
    sentence, span = [], []
    found = answerable = refused = unanswerable = row = 0
    for one in batch:
        own = slice(row, row + len(one.windows))
        row += len(one.windows)
        logits = torch.cat([*scores[own], torch.zeros(1)])  # the last is that of "none"
        likely = torch.log_softmax(logits, 0)
        if one.needs:
            parts = [torch.logsumexp(likely[list(need)], 0) for need in one.needs]
            sentence.append(-torch.stack(parts).mean())
            best = int(logits[:-1].argmax())
            found += any(best in need for need in one.needs)
            answerable += 1
        else:
            sentence.append(-likely[-1])
            refused += int(logits.argmax()) == len(logits) - 1
            unanswerable += 1
        if (edge := _edge_loss(edges[own], one)) is not None:
            span.append(edge)
    return ReaderLoss(
        sentence=torch.stack(sentence).mean(),
        span=torch.stack(span).mean() if span else torch.zeros(()),
        found=found,
        answerable=answerable,
        refused=refused,
        unanswerable=unanswerable,
    )


def _read(
    network: Any, pairs: Sequence[tuple[Sequence[int], Window]], marks: Marks
) -> tuple[list[Tensor], list[Tensor]]:
    """Score windows, few of like length at a time, so that little is padded.

    Returns
    -------
    scores : list of Tensor, each of shape (sentences,)
    edges : list of Tensor, each of shape (tokens of the window, 2)
    """
    scores, edges = [torch.empty(0)] * len(pairs), [torch.empty(0)] * len(pairs)
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1].ids))
    for start in range(0, len(order), _TOGETHER):
        chosen = order[start : start + _TOGETHER]
        found, bounds = network(batch_windows([pairs[i] for i in chosen], marks))
        for row, i in enumerate(chosen):
            question, window = pairs[i]
            begin = marks.first(question)
            scores[i] = found[row, : len(window.sentences)]
            edges[i] = bounds[row, begin : begin + len(window.ids)]
    return scores, edges


def _edge_loss(edges: Sequence[Tensor], one: Prepared) -> Tensor | None:
    firsts, lasts, base = [], [], 0
    for window in one.windows:
        for passage, start, end in one.answers:
            if passage == window.passage:
                inside = [i for i, (a, b) in enumerate(window.offsets) if a < end and b > start]
                if inside:
                    firsts.append(base + inside[0])
                    lasts.append(base + inside[-1])
        base += len(window.ids)
    if not firsts:
        return None
    likely = torch.log_softmax(torch.cat(list(edges)), 0)
    opens, closes = torch.logsumexp(likely[firsts, 0], 0), torch.logsumexp(likely[lasts, 1], 0)
    return -(opens + closes) / 2
