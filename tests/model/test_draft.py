"""What is read ahead changes how fast an answer is written, never what is written."""

import itertools

import numpy as np
import pytest

from rare_app.model import (
    AHEAD,
    Cancelled,
    QuoteFilter,
    QuoteStart,
    Sampler,
    Span,
    SpanGuide,
    Usage,
    draft,
    generate,
    together,
)
from rare_app.model.draft import PromptLookup, worth_guessing

from .scripted import CLOSE, OPEN, PIECES, make_filter

GREEDY = Sampler(temperature=0, seed=0)
END = len(PIECES) - 1
LETTERS = b"abcdefghijklmnopqrstuv"
TEXTS = ["The queen lays eggs. The queen rests.", "In winter, the bees — “cluster” 🐝.", "The que"]


class MadeUp:
    """A model whose next token follows from the last three; it counts what it reads."""

    batch_tokens = 32
    context_tokens = 400

    def __init__(self, seed, *, can_cut=True, likes=()):
        self.seed, self.can_cut, self.likes = seed, can_cut, set(likes)
        self.held = [(seed * 7 + i) % 5 + 97 for i in range(40)]
        self.batches = []
        self.rows = 1

    @property
    def held_tokens(self):
        return len(self.held)

    def logits(self, *, before=0):
        assert 0 <= before < self.rows
        end = len(self.held) - before
        chance = np.random.default_rng([self.seed, *self.held[end - 3 : end]])
        logits = chance.normal(size=len(PIECES)).astype(np.float32)
        logits[97:102] += 2
        for token in self.likes:
            logits[token] += 3
        return logits

    def extend(self, tokens, *, guesses=0):
        assert len(tokens) <= self.batch_tokens
        assert len(self.held) + len(tokens) <= self.context_tokens
        self.held += tokens
        self.batches.append(len(tokens))
        self.rows = 1 + guesses

    def keep(self, count):
        assert self.can_cut
        assert len(self.held) - count < self.rows
        self.rows -= len(self.held) - count
        self.held = self.held[:count]

    def is_end(self, token):
        return token == END

    def piece(self, token):
        return PIECES[token]

    def tokenise(self, text):
        return list(text.encode())


def write(model, *, ahead, sampler=GREEDY, longest=200, stop=(), by=None, enough=lambda _: False):
    """Write once; gives the pieces, what the context then holds, its logits and the count."""
    usage, said = Usage(), []
    pieces = generate(
        model,
        sampler=sampler,
        longest=longest,
        stop=stop,
        usage=usage,
        token_filter=by,
        enough=lambda: enough(usage.generated),
        ahead=ahead,
    )
    said.extend(pieces)
    return said, list(model.held), model.logits().argmax(), usage.generated


def filtered(kind, seed):
    if kind == "none":
        return None
    scores = np.random.default_rng(seed).integers(0, 3, size=4)
    made = make_filter(
        TEXTS,
        starts=[(0, 0), (0, 21), (1, 0), (2, 0)],
        scores=lambda: [float(score) for score in scores],
        weight=0.5 if kind == "guided" else 0.0,
        fewest=3,
    )
    made.demand()
    return made


@pytest.mark.parametrize("temperature", [0, 0.7])
@pytest.mark.parametrize("kind", ["none", "constrained", "guided"])
def test_it_writes_the_same_as_without(kind, temperature):
    saved = 0
    for seed in range(16):
        made = []
        for ahead in (0, AHEAD):
            by = filtered(kind, seed)
            model = MadeUp(seed, likes=[60, END] if seed % 2 else [60])
            sampler = Sampler(temperature=temperature, seed=seed)
            stop, longest = ("ba", "</quote>ab"), 30 + seed * 10
            made.append(
                (
                    write(model, ahead=ahead, sampler=sampler, longest=longest, stop=stop, by=by),
                    by.quotes if by else [],
                )
            )
            saved += len(model.batches) * (1 if ahead == 0 else -1)
        assert made[0] == made[1]
    assert saved > 0 or (kind == "none" and temperature > 0)


def test_a_quote_of_one_place_is_read_in_a_few_batches():
    model, by = MadeUp(1), make_filter(["The queen lays many eggs in early summer."], fewest=20)
    by.demand()
    said, *_ = write(model, ahead=AHEAD, stop=(CLOSE,), by=by)
    assert "".join(said).startswith(OPEN)
    assert len(model.batches) * 2 < sum(map(len, said))


def test_a_model_that_cannot_forget_its_end_reads_nothing_ahead():
    model, by = MadeUp(1, can_cut=False), make_filter(["The queen lays eggs."])
    by.demand()
    write(model, ahead=AHEAD, stop=(CLOSE,), by=by)
    assert set(model.batches) == {1}


class Told:
    """Expects a text, and lets through what is chosen."""

    def __init__(self, text):
        self.left = text.encode()

    def adjust(self, logits):
        adjusted = logits.copy()
        if self.left:
            adjusted[self.left[0]] = 100
        return adjusted

    def accept(self, piece):
        self.left = self.left.removeprefix(piece)

    def expected(self):
        return self.left.decode()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stop": ("lays",)}, "the queen lays"),
        ({"longest": 7}, "the que"),
        ({"enough": lambda count: count == 5}, "the q"),
    ],
)
def test_nothing_behind_the_end_is_said_or_kept(options, said):
    """The end falls into the midst of what was guessed."""
    model = MadeUp(3)
    before = len(model.held)
    pieces, held, *_ = write(
        model, ahead=AHEAD, by=Told("the queen lays eggs all summer"), **options
    )
    assert "".join(pieces) == said
    assert bytes(held[before:]).decode() == said
    assert max(model.batches) > 1


def test_the_end_of_the_turn_among_the_guesses_ends_it(monkeypatch):
    """It is guessed, since it stood behind the same words before."""
    model = MadeUp(0)
    monkeypatch.setattr(draft, "worth_guessing", lambda _, available: available)
    model.held = [*LETTERS, END, *LETTERS[:18]]
    following = dict(itertools.pairwise([*LETTERS, END]))
    monkeypatch.setattr(
        MadeUp,
        "logits",
        lambda self, *, before=0: np.eye(len(PIECES), dtype=np.float32)[
            following.get(self.held[len(self.held) - before - 1], 0)
        ],
    )
    said, held, *_ = write(model, ahead=AHEAD)
    assert "".join(said) == "stuv"
    assert held == [*LETTERS, END, *LETTERS]
    assert max(model.batches) > 1


def test_stopping_leaves_only_what_was_chosen():
    model, asked, usage = MadeUp(2), itertools.count(), Usage()
    before = len(model.held)
    with pytest.raises(Cancelled):
        for _ in generate(
            model,
            sampler=GREEDY,
            longest=50,
            stop=(),
            usage=usage,
            token_filter=Told("the queen lays eggs all summer"),
            cancelled=lambda: next(asked) == 9,
        ):
            pass
    assert bytes(model.held[before:]) == b"the queen"
    assert usage.generated == 9
    left = generate(
        model, sampler=GREEDY, longest=50, stop=(), usage=usage, token_filter=Told("x" * 20)
    )
    next(left), next(left), next(left)
    left.close()
    assert bytes(model.held[before:]) == b"the queenxx"  # what was said last was not read yet


def test_lookup_goes_on_where_the_same_tokens_stood_last():
    lookup = PromptLookup([*b"now the queen lays eggs; and the queen lays eggs, as ever"])
    assert lookup.guess() == []
    for token in b" the queen lays":
        lookup.add(token)
    assert lookup.guess() == []  # too few agree
    lookup.add(ord(" "))
    assert bytes(lookup.guess()).startswith(b"eggs, as ever the")


def test_only_likely_guesses_are_worth_a_batch():
    assert worth_guessing(0.5, 31) == 0
    assert worth_guessing(0.999, 31) == 31
    assert worth_guessing(0.999, 5) == 5
    assert worth_guessing(0.999, 0) == 0


# --- the bundled model ---

BEES = (
    "The queen lays up to 2,000 eggs a day in early summer, and the workers carry pollen, water "
    "and nectar into the hive. In winter the bees form a cluster and keep its middle at about 35 "
    "degrees Celsius — “warm enough”, as beekeepers say."
)


def guided_filter(model):
    made = QuoteFilter(
        pieces=model.pieces,
        texts=[BEES],
        starts=[QuoteStart(text=0, at=0), QuoteStart(text=0, at=BEES.index("In winter"))],
        tags=(OPEN, CLOSE),
        scores=lambda: [0.0, 1.0],
        weight=4.0,
        fewest_words=8,
    )
    made.demand()
    spans = [Span("about 35 degrees Celsius", 0.9)]
    by = SpanGuide(
        pieces=model.pieces,
        spans=spans,
        tokenise=model.tokenise,
        tags=(CLOSE, "</answer>"),
        other=0.05,
        weight=1.0,
    )
    return together(made, by)


@pytest.mark.model
@pytest.mark.parametrize(
    ("prompt", "make", "stop"),
    [
        (f"{BEES}\n\n{BEES}\n\n{BEES[:110]}", lambda _: None, ("degrees",)),
        (f"{BEES}\n\nHow warm is it? ", guided_filter, ("</answer>",)),
    ],
)
def test_the_bundled_model_writes_the_same(model, monkeypatch, prompt, make, stop):
    made, batches = [], []
    tokens = model.tokenise(prompt)
    extend = model.extend
    monkeypatch.setattr(
        model, "extend", lambda given, **how: (batches.append(len(given)), extend(given, **how))
    )
    for ahead in (0, AHEAD):
        model.forget()
        model.read(tokens)
        batches.clear()
        made.append(write(model, ahead=ahead, longest=60, stop=stop, by=make(model)))
    assert made[0] == made[1]
    assert len(batches) < made[0][3]


@pytest.mark.model
def test_logits_are_those_of_each_guess_and_of_what_is_left(model):
    tokens = model.tokenise("The queen lays eggs in early summer.")
    model.read(tokens[:3])
    model.extend(tokens[3:7], guesses=3)
    several = [model.logits(before=before) for before in (3, 2, 1, 0)]
    model.keep(5)
    np.testing.assert_array_equal(model.logits(), several[1])
    for count, logits in zip((4, 5, 6, 7), several, strict=True):
        model.forget()
        model.read(tokens[:count])
        np.testing.assert_allclose(logits, model.logits(), atol=0.05, rtol=0)
