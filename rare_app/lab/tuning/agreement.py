"""How far llama.cpp and PyTorch agree on the next token, with the exported adapter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rare_app.lab.tuning.loss import pack_logits, read_prefix
from rare_app.lab.tuning.pack import make_pack
from rare_app.lab.tuning.tokens import GroupTokens
from rare_app.model import INVOCATION_KEY, LanguageModel, Memory, Prompt
from rare_app.model.gguf_header import read_header

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures over the positions of real completions.

    Attributes
    ----------
    positions : int
        Positions compared.
    same_first : float
        Share whose likeliest next token is the same.
    divergence : float
        Mean KL divergence of llama.cpp from PyTorch, in nats.
    """

    positions: int
    same_first: float
    divergence: float


class _Reader:
    """Reads by the very classes that the app runs, block by block or causally."""

    def __init__(
        self, *, base: Path, adapter: Path, context_tokens: int, threads: int, blockwise: bool
    ) -> None:
        self._model = LanguageModel(
            path=base, context_tokens=context_tokens, batch_tokens=512, threads=threads
        )
        self._model.use_adapter(adapter, activated=is_activated(adapter))
        self._memory = Memory(model=self._model, store=None, family="") if blockwise else None
        self.extend = self._model.extend
        self.logits = self._model.logits
        self.close = self._model.close

    def begin(self, prefix: Sequence[int], blocks: Sequence[Sequence[int]]) -> None:
        """Read prefix and passages; an activated adapter acts on what is read behind them."""
        prompt = Prompt(tuple(prefix), tuple(map(tuple, blocks)), ())
        self._model.activate(False)
        if self._memory is None:
            self._model.read(prompt.tokens)
        else:
            self._memory.read(prompt)
        self._model.activate(True)


def is_activated(adapter: Path) -> bool:
    """Whether a GGUF adapter acts from the question on."""
    return bool(read_header(adapter).get(INVOCATION_KEY))


def measure_agreement(
    *,
    model: Any,
    prefix: Sequence[int],
    groups: Sequence[GroupTokens],
    base: Path,
    adapter: Path,
    block_attention: bool = False,
    positions: int | None = None,
    threads: int = 1,
) -> Agreement:
    """Compare next-token distributions along completions.

    Parameters
    ----------
    model
        The PyTorch model with the adapter's weights.
    prefix : sequence of int
        The prompt's prefix.
    groups : sequence of GroupTokens
        Of each the first question is asked.
    base, adapter : Path
        The GGUF files for llama.cpp.
    block_attention : bool
        Whether passages are read block by block, in both; else causally.
    positions : int, optional
        How many to compare, spread evenly over the questions and along each completion; default
        every token of each completion.
    """
    longest = max(len(prefix) + group.size for group in groups)
    reader = _Reader(
        base=base,
        adapter=adapter,
        context_tokens=longest,
        threads=threads,
        blockwise=block_attention,
    )
    same, divergence, done = 0, 0.0, 0
    activated, states = is_activated(adapter), None
    try:
        for number, group in enumerate(groups):
            one = GroupTokens(group.data_set, group.blocks, group.asked[:1])
            pack = make_pack(prefix, [one], block_attention=[block_attention])
            left = len(groups) - number
            wanted = None if positions is None else -(-(positions - done) // left)
            rows = _spread(len(pack.predictors), wanted)
            with torch.no_grad():
                if activated and states is None:
                    states = read_prefix(model, pack)
                logits = pack_logits(model, pack, prefix=states)
                found = torch.log_softmax(logits.float(), dim=-1)
            ours = found.cpu().numpy()
            for row, theirs in zip(rows, _read(reader, prefix, one, rows), strict=True):
                same += int(theirs.argmax() == ours[row].argmax())
                divergence += float(np.sum(np.exp(ours[row]) * (ours[row] - theirs)))
                done += 1
    finally:
        reader.close()
    return Agreement(done, same / done, divergence / done)


def _read(
    reader: _Reader, prefix: Sequence[int], group: GroupTokens, rows: Sequence[int]
) -> Iterator[NDArray[np.float64]]:
    """Let llama.cpp read prompt and completion; give its log-probabilities at the rows."""
    asked = group.asked[0]
    reader.begin(prefix, group.blocks)
    tokens = [*asked.question, *asked.completion]
    at = 0
    for row in rows:
        upto = len(asked.question) + row
        reader.extend(tokens[at:upto])
        at = upto
        yield _log_softmax(reader.logits())


def _spread(count: int, wanted: int | None) -> list[int]:
    if wanted is None or wanted >= count:
        return list(range(count))
    places = np.linspace(0, count - 1, max(1, wanted))
    return sorted({round(float(place)) for place in places})


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    values = np.asarray(logits, dtype=np.float64)
    values = values - values.max()
    return np.asarray(values - np.log(np.exp(values).sum()), dtype=np.float64)
