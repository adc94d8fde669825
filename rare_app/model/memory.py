"""Explicit memory: what the model has read of a passage is stored and put into its context.

A block attends to the prefix and to itself alone, so its state depends on model, prefix and text,
and on nothing else (block attention; Memory³, arXiv 2407.01178, section 3; TurboRAG, arXiv
2410.07590). An adapter that acts from the question on does not touch it: a document is read once
for all of them (activated LoRA, arXiv 2504.12397). A block is computed right behind the prefix,
stored in few bits (:mod:`codec <rare_app.model.codec>`), and expanded for its place when it is
used, its keys turned to it (RoPE). The tokens after the blocks attend to everything.
"""

import hashlib
import logging
import struct
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from rare_app.model.codec import BlockCodec
from rare_app.model.errors import ModelError
from rare_app.model.generate import Prompt
from rare_app.model.llama import LanguageModel
from rare_app.model.reading import Reading, outcome
from rare_app.model.sequences import ANSWER, PREFIX, SCRATCH
from rare_app.model.store import BlockStore

log = logging.getLogger(__name__)

Tokens = Sequence[int]
Stored = bytes | bytearray
"""A block as it is stored."""
Stop = Callable[[], bool]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Recalled:
    """How a context came about, in tokens.

    Attributes
    ----------
    held : int
        Were in the context already.
    loaded : int
        Were read from the store.
    computed : int
        Were computed now, the question included.
    """

    held: int
    loaded: int
    computed: int


class Memory:
    """Puts together contexts from stored blocks, for one model.

    Parameters
    ----------
    model : LanguageModel
        The caller has it to itself during every call.
    store : BlockStore or None
        ``None`` keeps nothing: blocks are computed anew, in the same way.
    family : str
        Names model, adapter and settings that a state depends on.
    bits : {4, 8, 16}
        Bits of a number in a stored block. The prefix, to which everything attends, has 16.
    """

    def __init__(
        self,
        *,
        model: LanguageModel,
        store: BlockStore | None,
        family: str,
        bits: int = 16,
    ) -> None:
        self._model = model
        self._store = store
        self._family = family
        self._codec = BlockCodec(rotation=model.rotation, bits=bits)
        self._cleared = -1
        self._prefix: tuple[int, ...] = ()
        self._blocks: list[tuple[int, ...]] | None = None

    def family_of(self, prefix: Tokens) -> str:
        """Name what the state of a block behind this prefix depends on, its own text aside."""
        return _digest(self._family, prefix)

    def key(self, prefix: Tokens, block: Tokens) -> str:
        """Name the state of a block behind a prefix."""
        return _digest(self.family_of(prefix), block)

    def pins(self, prefix: Tokens, blocks: Iterable[Tokens]) -> dict[str, int]:
        """Name the states that blocks need, the prefix's among them, with their tokens."""
        pins = {self.key(prefix, block): len(block) for block in blocks}
        return {_digest(_digest(self._family, ()), prefix): len(prefix), **pins} if pins else {}

    def read(self, prompt: Prompt, *, cancelled: Stop = _never) -> Recalled:
        """Read as :meth:`read_in_steps` does, in one go."""
        return outcome(self.read_in_steps(prompt, cancelled=cancelled))

    def read_in_steps(
        self, prompt: Prompt, *, cancelled: Stop = _never
    ) -> Generator[Reading, None, Recalled]:
        """Bring the answer's sequence to prefix, blocks and question.

        Leading blocks that are in place already stay there, and so does the beginning of the
        question. Blocks that are not stored are computed first, with nothing else in the context,
        so that they come out the same to the last bit whenever that is done.

        Yields
        ------
        Reading
            Before anything is computed, after each block that was, and at the end.

        Returns
        -------
        Recalled

        Raises
        ------
        Cancelled
            The user stopped the question; blocks that were computed are stored.
        ModelError
            The context is full, or llama.cpp failed.
        """
        computed: dict[tuple[int, ...], Stored | None] = {}
        store = self._store
        for _ in range(len(prompt.blocks) + 2):
            try:
                return (yield from self._assemble(prompt, computed, store, cancelled))
            except _DamagedError as error:
                if error.block in computed:
                    # Stored just now and gone already: the budget is too small, or the disk fails.
                    store = None
                    computed.clear()
        raise ModelError("The model does not take what was stored: set RARE_MEMORY=off.")

    def _assemble(
        self,
        prompt: Prompt,
        computed: dict[tuple[int, ...], Stored | None],
        store: BlockStore | None,
        cancelled: Stop,
    ) -> Generator[Reading, None, Recalled]:
        model, prefix = self._model, prompt.prefix
        model.activate(False)
        begins = self._cleared != model.cleared or self._prefix != prefix
        same = 0 if begins else _common(self._blocks or (), prompt.blocks)
        missing = self._missing(prefix, prompt.blocks[same:], computed, store)
        anew = begins or bool(missing) or self._blocks is None
        if anew and same:
            same, missing = 0, self._missing(prefix, prompt.blocks, computed, store)
        told = self._to_read(prompt, missing, begins=begins)
        yield told
        if begins:
            self._begin(prefix, cancelled)
            behind = len(prompt.behind) + sum(map(len, missing))
            told = replace(told, read_tokens=told.tokens - behind)
        if anew:
            self._blocks = None
            model.keep(0)
            for number, block in enumerate(missing, start=1):
                computed[block] = self._compute_and_keep(prefix, block, store, cancelled)
                tokens = told.read_tokens + len(block)
                yield (told := replace(told, read=number, read_tokens=tokens))
            model.sequences.copy(PREFIX, ANSWER)
            model.hold(prefix)
        blocks = [] if anew or self._blocks is None else self._blocks
        place = len(prefix) + sum(map(len, prompt.blocks[:same]))
        if same == len(blocks) == len(prompt.blocks):
            # The last token is decoded in any case, for its logits.
            place += _common(model.held[place:], prompt.behind[:-1])
        model.keep(place)
        self._blocks = [*prompt.blocks[:same]]
        loaded, left = 0, prompt.blocks[same:]
        with closing(self._states(prefix, left, place, computed, store)) as states:
            for block, state in zip(left, states, strict=True):
                self._place(prefix, block, state)
                loaded += 0 if block in computed else len(block)
                self._blocks.append(block)
        asked = len(prompt.tokens) - len(prompt.question)
        if model.activates and model.held_tokens < asked:
            model.extend(prompt.tokens[model.held_tokens : asked], cancelled=cancelled)
        model.activate(prompt.adapted)
        model.extend(prompt.tokens[model.held_tokens :], cancelled=cancelled)
        yield replace(told, read_tokens=told.tokens)
        return Recalled(held=place, loaded=loaded, computed=len(prompt.tokens) - place - loaded)

    def append(
        self, block: tuple[int, ...], *, adapted: bool = True, cancelled: Stop = _never
    ) -> bool:
        """Put a block behind all that the answer's sequence holds, in the middle of an answer.

        It is the block as it is stored: it attends to the prefix and to itself. What is decoded
        behind it attends to everything. Until then there are no logits to go on with.

        Parameters
        ----------
        adapted : bool
            Whether an activated adapter acts on what comes behind it.

        Returns
        -------
        bool
            Whether it was stored already.

        Raises
        ------
        ModelError
            Nothing was read yet, or the context is full.
        Cancelled
            The user stopped the question.
        """
        prefix, store = self._prefix, self._store
        if self._blocks is None or self._cleared != self._model.cleared:
            raise ModelError("A passage can only follow a prompt that the memory has read.")
        self._model.activate(False)
        computed: dict[tuple[int, ...], Stored | None] = {}
        try:
            if self._missing(prefix, [block], computed, store):
                computed[block] = self._compute_and_keep(prefix, block, store, cancelled)
            try:
                self._append(prefix, block, computed, store)
            except _DamagedError:
                computed[block] = self._compute_and_keep(prefix, block, None, cancelled)
                self._append(prefix, block, computed, None)
        finally:
            self._model.activate(adapted)
        return not computed

    def forget(self) -> None:
        """Do not count on what the answer's sequence holds: it was filled in another way."""
        self._blocks = None

    def learn(self, prefix: tuple[int, ...], block: tuple[int, ...], *, cancelled: Stop) -> bool:
        """Compute the state of a block and store it; the answer's sequence is emptied.

        Returns
        -------
        bool
            Whether it is stored.

        Raises
        ------
        Cancelled
            Somebody else wants the model.
        """
        if self._store is None:
            return False
        self._model.activate(False)
        if self._cleared != self._model.cleared or self._prefix != prefix:
            self._begin(prefix, cancelled)
        self.forget()
        self._model.keep(0)
        return self._compute_and_keep(prefix, block, self._store, cancelled) is None

    # --- inside ---

    def _append(
        self,
        prefix: tuple[int, ...],
        block: tuple[int, ...],
        computed: Mapping[tuple[int, ...], Stored | None],
        store: BlockStore | None,
    ) -> None:
        place = self._model.held_tokens
        with closing(self._states(prefix, [block], place, computed, store)) as states:
            self._place(prefix, block, next(states))

    def _to_read(self, prompt: Prompt, missing: Sequence[Tokens], *, begins: bool) -> Reading:
        """Tell what has to be read, before it is."""
        tokens = len(prompt.behind) + sum(map(len, missing))
        key = _digest(_digest(self._family, ()), prompt.prefix)
        if begins and not (self._store and self._store.has([key])):
            tokens += len(prompt.prefix)
        return Reading(passages=len(missing), tokens=tokens, new=self._store is not None)

    def _begin(self, prefix: tuple[int, ...], cancelled: Stop) -> None:
        """Have the prefix in a sequence of its own."""
        model = self._model
        model.forget()
        self._cleared, self._prefix, self._blocks = model.cleared, prefix, None
        self._prefix = ()
        key = _digest(_digest(self._family, ()), prefix)
        with self._store.open(key) if self._store else nullcontext() as state:
            known = self._restore(key, prefix, state, at=0, sequence=PREFIX)
        if not known:
            model.decode(prefix, sequence=PREFIX, at=0, cancelled=cancelled)
            if self._store is not None:
                data = model.sequences.save(PREFIX)
                self._store.put(key, data, family=self.family_of(prefix), tokens=len(prefix))
        self._prefix = prefix

    def _missing(
        self,
        prefix: tuple[int, ...],
        blocks: Sequence[tuple[int, ...]],
        computed: Container[tuple[int, ...]],
        store: BlockStore | None,
    ) -> list[tuple[int, ...]]:
        """List the blocks that are neither stored nor computed, each once."""
        wanted = [block for block in dict.fromkeys(blocks) if block not in computed]
        if store is None:
            return wanted
        keys = {block: self.key(prefix, block) for block in wanted}
        stored = store.has(list(keys.values()))
        return [block for block in wanted if keys[block] not in stored]

    def _states(
        self,
        prefix: tuple[int, ...],
        blocks: Sequence[tuple[int, ...]],
        place: int,
        computed: Mapping[tuple[int, ...], Stored | None],
        store: BlockStore | None,
    ) -> Generator[Any]:
        """Give each block's state for its place, the first one's being `place`."""
        placed = list(zip(blocks, accumulate(map(len, blocks), initial=place), strict=False))
        wanted = [one for one in placed if computed.get(one[0]) is None]
        keys = [self.key(prefix, block) for block, _ in wanted]
        decode = self._codec.decode
        loading: Iterator[Any] = iter(())
        if store is not None:
            loading = store.load_in_turn(keys, lambda n, data: decode(data, first=wanted[n][1]))
        for block, at in placed:
            own = computed.get(block)
            yield decode(own, first=at) if own else next(loading, None)

    def _compute_and_keep(
        self,
        prefix: tuple[int, ...],
        block: tuple[int, ...],
        store: BlockStore | None,
        cancelled: Stop,
    ) -> Stored | None:
        """Read a block right behind the prefix; gives its state where it could not be stored."""
        sequences = self._model.sequences
        try:
            sequences.copy(PREFIX, SCRATCH)
            self._model.decode(block, sequence=SCRATCH, at=len(prefix), cancelled=cancelled)
            sequences.remove(SCRATCH, 0, len(prefix))
            state = self._codec.encode(sequences.save(SCRATCH))
        finally:
            sequences.remove(SCRATCH)
        stored = store is not None and store.put(
            self.key(prefix, block), state, family=self.family_of(prefix), tokens=len(block)
        )
        return None if stored else state

    def _place(self, prefix: tuple[int, ...], block: tuple[int, ...], state: Any) -> None:
        """Put a block behind what the answer's sequence holds."""
        model = self._model
        try:
            if not self._restore(self.key(prefix, block), block, state, at=model.held_tokens):
                raise _DamagedError(block)
            model.sequences.copy(SCRATCH, ANSWER)
        finally:
            model.sequences.remove(SCRATCH)
        model.hold(block)

    def _restore(
        self,
        key: str,
        block: tuple[int, ...],
        state: Any,
        *,
        at: int,
        sequence: int = SCRATCH,
    ) -> bool:
        """Restore a block at a position; what is not of its length is dropped and not used."""
        if state is None:
            return False
        sequences = self._model.sequences
        taken = sequences.restore(sequence, state)
        bounds = sequences.bounds(sequence) if taken else None
        if bounds and bounds[1] - bounds[0] + 1 == len(block):
            sequences.shift(sequence, by=at - bounds[0])  # nothing, where the codec has placed it
            return True
        log.warning("A block of the memory is computed again: the model does not take it.")
        sequences.remove(sequence)
        if self._store is not None:
            self._store.remove([key])
        return False


class _DamagedError(Exception):
    """A block was thought to be stored and is not."""

    def __init__(self, block: tuple[int, ...]) -> None:
        super().__init__()
        self.block = block


def _digest(family: str, tokens: Tokens) -> str:
    packed = struct.pack(f"<{len(tokens)}i", *tokens)
    return hashlib.blake2b(family.encode() + b"\0" + packed, digest_size=20).hexdigest()


def _common(left: Sequence[object], right: Sequence[object]) -> int:
    """Count the leading entries that are the same."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
