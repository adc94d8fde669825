"""Write one completion: what the model writes, and what code puts in where it stands."""

from collections.abc import Callable, Generator, Iterator, Sequence

from rare_app.answer.context import Context
from rare_app.answer.run import Clock, Stop
from rare_app.model import ChoiceFilter, Loaded, Sampler, TokenFilter, generate
from rare_app.prompt import parse_completion
from rare_app.settings import Settings
from rare_app.types import Event, Writing

LONGEST_CHOICE = 48
"""Most tokens of one of several texts."""


class Writer:
    """Goes on with what stands in a model's context, and remembers the text.

    Parameters
    ----------
    settings : Settings
        Temperature and seed.
    loaded : Loaded
    context : Context
    clock : Clock
    cancelled : callable
        Asked often; once it is true :class:`rare_app.model.Cancelled` is raised.

    Attributes
    ----------
    loaded, context, clock
        As above.
    text : str
        The completion so far.
    seconds : float
        How long the model has been writing.
    """

    def __init__(
        self, settings: Settings, loaded: Loaded, context: Context, clock: Clock, cancelled: Stop
    ) -> None:
        self._settings = settings
        self.loaded = loaded
        self.context = context
        self.clock = clock
        self._cancelled = cancelled
        self.text = ""
        self.seconds = 0.0

    @property
    def tokens(self) -> int:
        """How many tokens the model has written."""
        return self.context.usage.generated

    def write(
        self,
        longest: int,
        *,
        stop: Sequence[str],
        by: TokenFilter | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """Let the model write; parameters are those of :func:`rare_app.model.generate`."""
        sampler = Sampler(temperature=self._settings.temperature, seed=self._settings.seed)
        begun = self.clock.elapsed
        try:
            for text in generate(
                self.loaded.model,
                sampler=sampler,
                longest=longest,
                stop=stop,
                usage=self.context.usage,
                token_filter=by,
                enough=enough,
                cancelled=self._cancelled,
            ):
                self.say(text)
                yield self.progress(finished=False)
        finally:
            self.seconds += self.clock.elapsed - begun

    def choose(self, texts: Sequence[str]) -> Generator[Event, None, tuple[str, float]]:
        """Let the model write one of some texts, behind a blank.

        Returns
        -------
        text : str
            The one that it wrote; one that was cut off is none of them.
        probability : float
            How sure it was of it, in [0, 1].
        """
        begun = len(self.text)
        held = ChoiceFilter(pieces=self.loaded.model.pieces, texts=[f" {one}" for one in texts])
        yield from self.write(LONGEST_CHOICE, stop=(), by=held, enough=lambda: held.is_done)
        return self.text[begun:].strip(), held.probability

    def say(self, text: str) -> None:
        """Go on with a text that the model need not read: nothing is written behind it."""
        self.clock.note_token()
        self.text += text

    def put_in(self, text: str) -> Iterator[Event]:
        """Go on with a text that the model reads; one for which there is no room is left out."""
        if self.context.put_in(text):
            self.text += text
            yield self.progress(finished=False)

    def progress(self, *, finished: bool) -> Writing:
        """Tell what has been written."""
        parsed = parse_completion(self.text, finished=finished)
        return Writing(reasoning=parsed.reasoning, answer=parsed.answer)
