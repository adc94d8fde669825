"""Read the passages of a question while it is still being written.

What a half-written question finds is mostly what the whole one will find. Where those passages are
not read yet, since a document was added just now or the memory is too small for all of them, they
are read while the user types, before all others, so that the first token does not wait for them.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from rare_app.answer.assemble import block_tokens, prefix_tokens
from rare_app.answer.read_ahead import lower_priority
from rare_app.errors import UserError
from rare_app.library import Library, Passage
from rare_app.model import Cancelled, Engine, Loaded
from rare_app.settings import Settings
from rare_app.words import content_words

log = logging.getLogger(__name__)

_REST_SECONDS = 0.4
"""Shortest time from a change of the text to the search for it: words come whole."""
_PAUSE_SECONDS = 0.25
_LEAST_WORDS = 2
"""A text with fewer content words finds anything, and reading that keeps what is asked waiting."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that is being written, with what it would be asked with.

    Attributes
    ----------
    text : str
    collection : str
        Where it would be searched; empty for the one of the settings.
    documents : tuple of str
        The only documents that would be searched; empty for all.
    k : int or None
        Passages; ``None`` for the number of the settings.
    model, adapter : str
        Names; empty for the defaults.
    """

    text: str
    collection: str = ""
    documents: tuple[str, ...] = ()
    k: int | None = None
    model: str = ""
    adapter: str = ""

    @property
    def says_enough(self) -> bool:
        """Whether it is worth a search."""
        words = len(set(content_words(self.text)))
        return words >= (1 if self.text.rstrip().endswith("?") else _LEAST_WORDS)


class Prefetch:
    """Reads what the latest draft finds, in a thread of low priority.

    It goes before the reading of whole documents (:class:`rare_app.answer.ReadAhead`) and gives
    way to every question. With the memory off, or with servers in place of this machine's model or
    index, nothing is done: what is not asked is not sent.

    Parameters
    ----------
    settings : Settings
    library : Library
    engine : Engine
    all_read : callable
        Whether the model has read the whole library, so that there is nothing to be done.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        library: Library,
        engine: Engine,
        all_read: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._library = library
        self._engine = engine
        self._all_read = all_read
        self._latest = Draft("")
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def enabled(self) -> bool:
        """Whether the settings have it so."""
        mine = self._settings
        return mine.prefetch == "on" == mine.memory and not (mine.llm_url or mine.chroma_url)

    def start(self) -> None:
        """Wait for drafts until :meth:`close`."""
        if self.enabled:
            self._thread = threading.Thread(target=self._work, name="prefetch", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop at once; a passage that is being read is left."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def note(self, draft: Draft) -> None:
        """Take the latest state of a question; an empty one ends what the one before began."""
        if draft != self._latest:
            self._latest = draft
            self._wake.set()

    def read(self, draft: Draft) -> int:
        """Read what a draft finds, best passage first, until there is a newer one.

        Returns
        -------
        int
            How many passages were read and stored.

        Raises
        ------
        Cancelled
            A question uses the model, or waits for it.
        UserError
            The draft could not be asked as it stands, or the model cannot be found.
        """
        if not (self.enabled and draft.says_enough) or self._all_read():
            return 0
        if not self._engine.is_loaded(draft.model, draft.adapter):
            return 0  # to change models for a question that may never be asked helps nobody
        passages = self._library.retrieve(
            draft.text,
            k=draft.k,
            collection=draft.collection or None,
            documents=draft.documents,
        )
        if not passages:
            return 0
        with self._engine.use_soon(draft.model, draft.adapter) as (loaded, wanted):
            return self._learn(draft, passages, loaded, wanted)

    def _learn(
        self,
        draft: Draft,
        passages: list[Passage],
        loaded: Loaded,
        wanted: Callable[[], bool],
    ) -> int:
        store, memory = self._engine.store, loaded.memory
        if store is None or memory is None:
            return 0

        def stopped() -> bool:
            return wanted() or self._closed.is_set()

        read = 0
        prefix = prefix_tokens(loaded.model, loaded.profile)
        for passage in passages:
            block = block_tokens(loaded.model, passage)
            if store.has([memory.key(prefix, block)]):
                continue
            if read and draft != self._latest:
                break
            if not memory.learn(prefix, block, cancelled=stopped):
                break
            read += 1
        return read

    def _work(self) -> None:
        lower_priority()
        while True:
            self._wake.wait()
            self._closed.wait(_REST_SECONDS)
            if self._closed.is_set():
                return
            self._wake.clear()
            draft = self._latest
            try:
                read = self.read(draft)
            except Cancelled:
                while self._engine.wanted and not self._closed.wait(_PAUSE_SECONDS):
                    pass
                self._wake.set()
            except UserError as error:
                log.debug("Nothing is read for a draft: %s", error)
            except Exception:
                log.exception("Reading for a draft failed")
            else:
                if read:
                    log.debug("%d passages were read while a question is written", read)
