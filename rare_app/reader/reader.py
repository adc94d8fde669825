"""The reader: reads question and passages together and says which sentence answers, if any."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.processor import multiplies_bfloat16
from rare_app.reader.encoders import Encoder, find_encoder
from rare_app.reader.sentences import sentence_spans
from rare_app.reader.weights import apply_changes, read_changes, read_header, read_shift

BATCH_TOKENS = 4096
"""Most tokens, padding counted, that go through the network at once."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage: ``texts[passage][start:end]``."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a word of a passage, and how well an answer could start or end there.

    Attributes
    ----------
    passage, start, end : int
        Where it stands, in characters.
    opens, closes : float
        Log-probability (nats) that the answer's first or last piece is this one, over all pieces
        of all passages.
    """

    passage: int
    start: int
    end: int
    opens: float
    closes: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the reader says of a question and its passages.

    Attributes
    ----------
    sentences : tuple of Sentence
        All sentences of the passages, in order.
    scores : array of float32, shape (sentences,)
        Logits in nats, against 0 for "no sentence answers".
    words : tuple of Word
        All word pieces, in order.
    shift : float
        Nats by which the best score is to be raised before the gate between quoting and refusing
        goes by it: readers differ in how readily they find an answer, and the gate is one.
    """

    sentences: tuple[Sentence, ...]
    scores: NDArray[np.float32]
    words: tuple[Word, ...]
    shift: float = 0.0


def sentences_of(texts: Sequence[str]) -> list[Sentence]:
    """List the sentences of the passages, in order."""
    return [Sentence(i, *span) for i, text in enumerate(texts) for span in sentence_spans(text)]


class EvidenceReader:
    """Reads with the tuned network; loaded at the first use, safe to share.

    Parameters
    ----------
    embedder : Path
        Folder of the app's embedder, if it stands on that.
    folders : sequence of Path
        Searched for another encoder.
    tuned : Path
        What training changed (:mod:`rare_app.reader.weights`); it names its encoder.
    kept : int
        How many readings are kept, so that asking again costs nothing.
    """

    def __init__(
        self, *, embedder: Path, folders: Sequence[Path], tuned: Path, kept: int = 64
    ) -> None:
        self._embedder = embedder
        self._folders = folders
        self._tuned = tuned
        self._kept = kept
        self._read: OrderedDict[tuple[str, tuple[str, ...]], Evidence] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self._tuned.stem

    def load(self) -> None:
        """Load the weights now rather than at the first use.

        Raises
        ------
        UserError
            The tuned weights are damaged, or their encoder is not here.
        """
        with self._lock:
            _ = self._network, self._tokenizer

    @functools.cached_property
    def _encoder(self) -> Encoder:
        sha256 = read_header(self._tuned).get("base_sha256", "")
        return find_encoder(sha256, embedder=self._embedder, folders=self._folders)

    @functools.cached_property
    def _shift(self) -> float:
        return read_shift(self._tuned)

    @functools.cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._encoder.folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @functools.cached_property
    def _network(self) -> Any:
        from rare_app.reader.network import load_network

        network = load_network(self._encoder.folder, halved=multiplies_bfloat16())
        changes = read_changes(self._tuned, base_sha256=self._encoder.sha256)
        apply_changes(network, changes)
        return network.eval()

    def read(self, question: str, texts: Sequence[str]) -> Evidence:
        """Score the sentences and words of some passages for a question."""
        key = (question, tuple(texts))
        with self._lock:
            if key not in self._read:
                self._read[key] = self._compute(question, texts)
                while len(self._read) > self._kept:
                    self._read.popitem(last=False)
            self._read.move_to_end(key)
            return self._read[key]

    def _compute(self, question: str, texts: Sequence[str]) -> Evidence:
        import torch

        from rare_app.reader.windows import batch_windows, cut_windows, question_ids, read_marks

        network = self._network

        spans = [sentence_spans(text) for text in texts]
        sentences = tuple(Sentence(i, *span) for i, own in enumerate(spans) for span in own)
        asked = question_ids(self._tokenizer, question)
        marks = read_marks(self._tokenizer)
        begin = marks.first(asked)
        windows = cut_windows(self._tokenizer, texts, spans)
        scores = np.full(len(sentences), -np.inf, dtype=np.float32)
        bounds: list[NDArray[np.float32]] = [np.zeros((0, 2), np.float32)] * len(windows)
        order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        tokens = [len(one.ids) + len(asked) + marks.count for one in windows]
        half = torch.autocast("cpu", dtype=torch.bfloat16, enabled=network.halved)
        with torch.inference_mode(), half:
            for batch in _batches(order, tokens):
                pairs = [(asked, windows[i]) for i in batch]
                found, edges = network(batch_windows(pairs, marks))
                for row, i in enumerate(batch):
                    own = windows[i].sentences
                    numbers = [number for number, _, _ in own]
                    scores[numbers] = found[row, : len(own)].numpy()
                    bounds[i] = edges[row, begin : begin + len(windows[i].ids)].numpy()
        edges = np.concatenate([np.zeros((0, 2), np.float32), *bounds])
        edges = edges - np.logaddexp.reduce(edges, axis=0) if len(edges) else edges
        places = [(one.passage, *offset) for one in windows for offset in one.offsets]
        words = tuple(
            Word(passage, start, end, float(opens), float(closes))
            for (passage, start, end), (opens, closes) in zip(places, edges, strict=True)
        )
        return Evidence(sentences, scores, words, self._shift)


def _batches(order: Sequence[int], tokens: Sequence[int]) -> list[list[int]]:
    """Put windows, sorted by length, into batches of bounded padded size."""
    batches: list[list[int]] = []
    for i in order:
        if batches and tokens[i] * (len(batches[-1]) + 1) <= BATCH_TOKENS:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches
