"""What stands in the model's context for one answer: the prompt, and passages recalled later."""

from collections.abc import Generator, Sequence
from dataclasses import replace

from rare_app.answer.run import Stop
from rare_app.model import Loaded, Memory, Prompt, Usage, read_plainly
from rare_app.prompt import OPENING
from rare_app.types import Event


class Context:
    """Reads the prompt with what is stored of it, and puts passages where an answer stands.

    Parameters
    ----------
    loaded : Loaded
        The model, with its adapter and its memory.
    prompt : Prompt
    reserve : int
        Tokens that are kept free for what is written.
    cancelled : callable
        Asked often; once it is true, reading ends with :class:`~rare_app.model.Cancelled`.
    kept : int
        Blocks of the prompt before the passages, which never give way.
    anew : int, optional
        The passage that stands with the question, and not among the blocks.

    Attributes
    ----------
    prompt : Prompt
        Without the passages that have given way.
    memory : Memory or None
        Set by the caller where what was read before is to be used.
    usage : Usage
        Tokens so far.
    """

    def __init__(
        self,
        loaded: Loaded,
        prompt: Prompt,
        *,
        reserve: int,
        cancelled: Stop,
        kept: int = 0,
        anew: int | None = None,
    ) -> None:
        self._loaded = loaded
        self.prompt = prompt
        self._reserve = reserve
        self._cancelled = cancelled
        self._kept, self._anew = kept, anew
        self._blocks = [*prompt.blocks]
        self._was_read = False
        self.memory: Memory | None = None
        self.usage = Usage(prompt=len(prompt.tokens))

    def read(self) -> Generator[Event, None, None]:
        """Bring the prompt into the context; what a second reading finds there is not counted."""
        loaded = self._loaded
        if self.memory is not None:
            recalled = yield from self.memory.read_in_steps(self.prompt, cancelled=self._cancelled)
            known = recalled.held + recalled.loaded
        else:
            if loaded.memory is not None:
                loaded.model.forget()
            known = yield from read_plainly(loaded.model, self.prompt, cancelled=self._cancelled)
        if not self._was_read:
            self.usage.prompt_from_memory, self._was_read = known, True

    def put_in(self, text: str) -> bool:
        """Let the model read what code writes for it; tells whether there was room."""
        model = self._loaded.model
        tokens = model.tokenise(text)
        if not tokens or model.held_tokens + len(tokens) >= model.context_tokens:
            return False
        model.extend(tokens, cancelled=self._cancelled)
        return True

    def recall(
        self, blocks: Sequence[tuple[int, ...]], *, said: str, quoted: Sequence[int]
    ) -> Generator[Event, None, bool]:
        """Put more passages behind what was written so far.

        Where there is no room for them, the passages that nothing was quoted from give way.

        Parameters
        ----------
        said : str
            The completion so far.
        quoted : sequence of int
            Passages that something was quoted from, by their place among all so far.

        Returns
        -------
        bool
            Whether there is room for them.
        """
        model = self._loaded.model
        needed = sum(map(len, blocks)) + len(model.tokenise(f"\n{OPENING}")) + self._reserve
        if model.held_tokens + needed > model.context_tokens:
            written = model.tokenise(said)
            stay = blocks_that_stay(quoted, kept=self._kept, anew=self._anew)
            left = replace(self.prompt, blocks=tuple(self._blocks[at] for at in stay))
            if len(left.tokens) + len(written) + needed > model.context_tokens:
                return False
            self.prompt = left
            yield from self.read()
            model.extend(written, cancelled=self._cancelled)
        model.extend(model.tokenise("\n"), cancelled=self._cancelled)
        adapted = self.prompt.adapted
        for block in blocks:
            self.usage.prompt += len(block)
            if self.memory is None:
                model.extend(block, cancelled=self._cancelled)
            elif self.memory.append(block, adapted=adapted, cancelled=self._cancelled):
                self.usage.prompt_from_memory += len(block)
        self._blocks += blocks
        model.extend(model.tokenise(OPENING), cancelled=self._cancelled)
        return True


def blocks_that_stay(quoted: Sequence[int], *, kept: int, anew: int | None) -> list[int]:
    """Give the places of the blocks of quoted passages, and of those before all passages."""
    passages = sorted({*quoted} - {anew})
    return [*range(kept), *(kept + at - (anew is not None and at > anew) for at in passages)]
