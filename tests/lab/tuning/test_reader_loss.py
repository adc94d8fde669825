"""The reader's loss against the same written out question by question."""

import torch
from torch import nn

from rare_app.lab.tuning.reader_loss import Prepared, reader_loss
from rare_app.reader.windows import Marks, Window

MARKS = Marks(start=0, between=(1,), end=1, pad=2)


class Lookup(nn.Module):
    """Scores that depend on the tokens alone, so that they can be told without the network."""

    def __init__(self):
        super().__init__()
        source = torch.Generator().manual_seed(0)
        self.score = nn.Parameter(torch.randn(50, generator=source))
        self.edge = nn.Parameter(torch.randn(50, 2, generator=source))
        self.widths = []

    def forward(self, batch):
        self.widths.append(batch["ids"].shape)
        members = batch["members"] * self.score[batch["ids"]][:, None, :]
        return members.sum(-1), self.edge[batch["ids"]]


def window(passage, lengths, *, first, start=10):
    """Sentences of so many tokens; token n stands at the characters 2n and 2n + 1."""
    ids = tuple(start + n for n in range(sum(lengths)))
    sentences, at = [], 0
    for number, length in enumerate(lengths, start=first):
        sentences.append((number, at, at + length))
        at += length
    offsets = tuple((2 * n, 2 * n + 1) for n in range(len(ids)))
    return Window(passage, ids, offsets, tuple(sentences))


BATCH = [
    Prepared((3, 4), (window(0, [3, 2], first=0), window(1, [4], first=2)), ((0,),), ((0, 2, 5),)),
    Prepared((5,), (window(0, [2, 2, 2], first=0, start=20),), ((1, 2), (0,)), ()),
    Prepared((6, 7, 8), (window(0, [5], first=0, start=30),), (), ()),
    Prepared(
        (9,),
        (window(0, [2, 3], first=0, start=40), window(1, [6], first=2, start=15)),
        ((2,),),
        ((0, 0, 3), (1, 4, 9)),
    ),
]


def expected(network):
    sentence, span = [], []
    for one in BATCH:
        scores, edges, places = [], [], []
        for own in one.windows:
            for _, low, high in own.sentences:
                scores.append(network.score[list(own.ids[low:high])].sum())
            edges += [network.edge[token] for token in own.ids]
            places += [(own.passage, *offset) for offset in own.offsets]
        likely = torch.log_softmax(torch.stack([*scores, torch.zeros(())]), 0)
        parts = [likely[list(need)].logsumexp(0) for need in one.needs] or [likely[-1]]
        sentence.append(-torch.stack(parts).mean())
        firsts, lasts = [], []
        for passage, start, end in one.answers:
            inside = [
                n
                for n, (own, low, high) in enumerate(places)
                if own == passage and low < end and high > start
            ]
            firsts.append(inside[0])
            lasts.append(inside[-1])
        if firsts:
            bounds = torch.log_softmax(torch.stack(edges), 0)
            span.append(-(bounds[firsts, 0].logsumexp(0) + bounds[lasts, 1].logsumexp(0)) / 2)
    return torch.stack(sentence).mean(), torch.stack(span).mean()


def test_the_loss_is_that_of_each_question_by_itself():
    network = Lookup()
    loss = reader_loss(network, BATCH, MARKS)
    sentence, span = expected(network)
    torch.testing.assert_close(loss.sentence, sentence)
    torch.testing.assert_close(loss.span, span)
    found = torch.autograd.grad(loss.sentence + loss.span, [network.score, network.edge])
    wanted = torch.autograd.grad(sentence + span, [network.score, network.edge])
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_windows_that_are_read_together_are_of_like_length(monkeypatch):
    monkeypatch.setattr("rare_app.lab.tuning.reader_loss._TOGETHER", {"cpu": 2})
    network = Lookup()
    loss = reader_loss(network, BATCH, MARKS)
    torch.testing.assert_close(loss.sentence, expected(network)[0])
    assert [rows for rows, _ in network.widths] == [2, 2, 2]
    assert [width for _, width in network.widths] == sorted(width for _, width in network.widths)


def test_what_was_right_is_counted():
    network = Lookup()
    with torch.no_grad():
        network.score.fill_(-1.0)
        network.score[10:13] = 1.0  # the first question's first sentence
        network.score[20:22] = 1.0  # of the second one too, which is evidence
    assert reader_loss(network, BATCH, MARKS).counts() == (2, 3, 1, 1)


def test_without_any_answer_the_span_costs_nothing():
    loss = reader_loss(Lookup(), BATCH[1:3], MARKS)
    assert float(loss.span) == 0.0
