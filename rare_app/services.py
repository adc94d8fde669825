"""The product's parts, put together once: library, model, assistant."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rare_app.answer import Assistant, Prefetch, ReadAhead
from rare_app.chats import ChatStore
from rare_app.library import Library
from rare_app.model import ChatServer, Engine
from rare_app.pages import PageViewer
from rare_app.servers import find_server
from rare_app.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the browser app and the command line work with.

    ``server`` writes the answers in place of the engine's model; ``None`` for the default.
    """

    settings: Settings
    library: Library
    engine: Engine
    assistant: Assistant
    read_ahead: ReadAhead
    prefetch: Prefetch
    pages: PageViewer
    chats: ChatStore
    server: ChatServer | None = None

    def close(self) -> None:
        """Let go of files and memory."""
        self.prefetch.close()
        self.read_ahead.close()
        self.engine.close()
        if self.server is not None:
            self.server.close()
        self.library.close()


def open_services(settings: Settings) -> Services:
    """Open the library and make ready the model, which loads at its first use.

    Raises
    ------
    UserError
        The user's folder, the library or a server that the settings name cannot be opened.
    """
    library = Library(settings=settings)
    engine = Engine(settings=settings)
    server = find_server(settings)
    assistant = Assistant(settings=settings, library=library, engine=engine, server=server)
    read_ahead = ReadAhead(
        library=library, engine=engine, model=settings.model, adapter=settings.adapter
    )
    return Services(
        settings=settings,
        library=library,
        engine=engine,
        assistant=assistant,
        read_ahead=read_ahead,
        prefetch=Prefetch(
            settings=settings,
            library=library,
            engine=engine,
            all_read=lambda: read_ahead.finished,
        ),
        pages=PageViewer(),
        chats=ChatStore(library.database),
        server=server,
    )


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """Open the services and close them at the end."""
    opened = open_services(settings)
    try:
        yield opened
    finally:
        opened.close()
