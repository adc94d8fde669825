"""What the reader is trained on: which sentence answers, if any, and where the answer stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rare_app.lab.tuning.reader_examples import ReaderExample
from rare_app.reader import Marks, Window, batch_windows, cut_windows, question_ids, sentence_spans

_TOGETHER = {"cpu": 16, "cuda": 96}
"""Windows that go through the network at once, by kind of device."""


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
    """Mean losses of a batch in nats, and what the reader chose.

    Attributes
    ----------
    sentence, span : Tensor
        Of choosing a sentence (or none), and of the answer's edges (0 without any answer).
    best : Tensor, shape (questions,)
        The likeliest sentence of each question.
    none : Tensor, shape (questions,)
        Whether "none" is likelier than that.
    needs : tuple
        What each question needs (:attr:`Prepared.needs`).
    """

    sentence: Tensor
    span: Tensor
    best: Tensor
    none: Tensor
    needs: tuple[tuple[tuple[int, ...], ...], ...]

    def counts(self) -> tuple[int, int, int, int]:
        """Count how often the reader was right; waits for the device.

        Returns
        -------
        found, answerable, refused, unanswerable : int
            Answerable questions whose best sentence is evidence, and all of them; unanswerable
            ones for which "none" is likeliest, and all of them.
        """
        found = answerable = refused = 0
        for best, none, needs in zip(
            self.best.tolist(), self.none.tolist(), self.needs, strict=True
        ):
            answerable += bool(needs)
            found += any(best in need for need in needs)
            refused += bool(none) and not needs
        return found, answerable, refused, len(self.needs) - answerable


def reader_loss(network: Any, batch: Sequence[Prepared], marks: Marks) -> ReaderLoss:
    """Compute the losses of some questions, each over all its passages.

    The loss of a question is the mean, over its pieces of evidence, of the cross-entropy of "one
    of the sentences that hold it" in the softmax over all sentences and "none"; of an
    unanswerable one that of "none".
    """
    reading = _read(network, batch, marks)
    logits = _gather(reading.scores, reading.sentences, fill=-torch.inf)
    none = torch.zeros_like(logits[:, :1])
    likely = torch.log_softmax(torch.cat([logits, none], dim=1), dim=1)
    width = likely.shape[1]
    parts, weights = list[list[int]](), list[float]()
    for row, one in enumerate(batch):
        needs = one.needs or ((width - 1,),)
        parts += [[row * width + place for place in need] for need in needs]
        weights += [1 / len(needs)] * len(needs)
    found = torch.logsumexp(_gather(likely.reshape(-1), parts, fill=-torch.inf), dim=1)
    sentence = -(found * torch.tensor(weights, device=found.device)).sum() / len(batch)
    highest = logits.detach().max(dim=1)
    return ReaderLoss(
        sentence=sentence,
        span=_edge_loss(reading, batch),
        best=highest.indices,
        none=highest.values < 0,
        needs=tuple(one.needs for one in batch),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Scores of all sentences and of all tokens, each in one row with padding between.

    Attributes
    ----------
    sentences, tokens : list of list of int
        Where in these rows the sentences and the tokens of each question stand.
    """

    scores: Tensor
    edges: Tensor
    sentences: list[list[int]]
    tokens: list[list[int]]


def _read(network: Any, batch: Sequence[Prepared], marks: Marks) -> _Reading:
    """Read the windows of some questions, those of like length together, so that little is padded.

    Returns
    -------
    _Reading
        ``scores`` of shape (n,), ``edges`` of shape (m, 2).
    """
    device = next(network.parameters()).device
    pairs = [(one.question, window) for one in batch for window in one.windows]
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1].ids))
    scores, edges = list[Tensor](), list[Tensor]()
    scores_at, edges_at = [range(0)] * len(pairs), [range(0)] * len(pairs)
    first_score = first_edge = 0
    together = _TOGETHER.get(device.type, 16)
    for start in range(0, len(order), together):
        chosen = order[start : start + together]
        laid_out = batch_windows([pairs[i] for i in chosen], marks)
        found, bounds = network(
            {name: value.to(device, non_blocking=True) for name, value in laid_out.items()}
        )
        for row, i in enumerate(chosen):
            question, window = pairs[i]
            at = first_score + row * found.shape[1]
            scores_at[i] = range(at, at + len(window.sentences))
            at = first_edge + row * bounds.shape[1] + marks.first(question)
            edges_at[i] = range(at, at + len(window.ids))
        first_score, first_edge = first_score + found.numel(), first_edge + bounds.numel() // 2
        scores.append(found.reshape(-1))
        edges.append(bounds.reshape(-1, 2))
    ends = _ends(len(one.windows) for one in batch)
    return _Reading(
        torch.cat(scores),
        torch.cat(edges),
        [[place for i in range(*own) for place in scores_at[i]] for own in ends],
        [[place for i in range(*own) for place in edges_at[i]] for own in ends],
    )


def _ends(counts: Iterable[int]) -> list[tuple[int, int]]:
    """Give the first and the last (exclusive) of things that are numbered on."""
    ends, at = [], 0
    for count in counts:
        ends.append((at, at + count))
        at += count
    return ends


def _gather(values: Tensor, rows: Sequence[Sequence[int]], *, fill: float) -> Tensor:
    """Take values by their places, row by row; shorter rows are filled up.

    Parameters
    ----------
    values : Tensor, shape (n,)
    rows : sequence of sequence of int

    Returns
    -------
    Tensor, shape (rows, longest row)
    """
    longest = max(map(len, rows))
    places = torch.tensor([[*row, *[len(values)] * (longest - len(row))] for row in rows])
    padded = torch.cat([values, values.new_full((1,), fill)])
    return padded[places.to(values.device, non_blocking=True)]


def _edge_loss(reading: _Reading, batch: Sequence[Prepared]) -> Tensor:
    """Give the mean cross-entropy of the answers' first and last tokens, 0 without any answer."""
    rows, firsts, lasts = list[list[int]](), list[list[int]](), list[list[int]]()
    for one, tokens in zip(batch, reading.tokens, strict=True):
        opens, closes = _edges(one)
        if opens:
            rows.append(tokens)
            firsts.append(opens)
            lasts.append(closes)
    if not rows:
        return torch.zeros((), device=reading.edges.device)
    losses = []
    for side, wanted in enumerate((firsts, lasts)):
        likely = torch.log_softmax(_gather(reading.edges[:, side], rows, fill=-torch.inf), dim=1)
        width = likely.shape[1]
        places = [[row * width + place for place in own] for row, own in enumerate(wanted)]
        losses.append(torch.logsumexp(_gather(likely.reshape(-1), places, fill=-torch.inf), dim=1))
    return -(losses[0] + losses[1]).mean() / 2


def _edges(one: Prepared) -> tuple[list[int], list[int]]:
    """List an example's tokens at which an answer begins, and at which one ends."""
    firsts, lasts, base = list[int](), list[int](), 0
    for window in one.windows:
        for passage, start, end in one.answers:
            if passage == window.passage:
                inside = [i for i, (a, b) in enumerate(window.offsets) if a < end and b > start]
                if inside:
                    firsts.append(base + inside[0])
                    lasts.append(base + inside[-1])
        base += len(window.ids)
    return firsts, lasts
