"""Start the browser app on this machine."""

import logging
import os
import shutil
import socket
import sys
import threading
import webbrowser

from rare_app.errors import UserError
from rare_app.servers import what_leaves
from rare_app.services import Services, open_services
from rare_app.settings import Settings

log = logging.getLogger(__name__)

_PORTS_TRIED = 20

# The page may load from and talk to the app itself and nobody else. Gradio writes inline scripts
# and styles, hence 'unsafe-inline'; its workers and images come as blobs and data.
_CONTENT_POLICY = (
    "default-src 'self' blob: data:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' blob: data:; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'self'; object-src 'none'"
)


def free_port(*, host: str, port: int) -> int:
    """Find a port to listen on: the wanted one, or the next that is free.

    Raises
    ------
    UserError
        None of the next ports is free, or the address is not one of this machine.
    """
    for candidate in range(port, port + _PORTS_TRIED):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except PermissionError as error:
                raise UserError(
                    f"Port {candidate} needs special rights: set RARE_PORT to one above 1024."
                ) from error
            except socket.gaierror as error:
                raise UserError(
                    f"“{host}” is no address of this machine: mend RARE_HOST."
                ) from error
            except OverflowError as error:
                raise UserError(f"There is no port {candidate}: set RARE_PORT lower.") from error
            except OSError:
                continue
            return candidate
    raise UserError(
        f"The ports {port} to {port + _PORTS_TRIED - 1} on {host} are all in use: set RARE_PORT "
        "to another one."
    )


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Run the app until it is stopped.

    Raises
    ------
    UserError
        The folder, the library or the port is not usable.
    """
    services = open_services(settings)
    os.environ["GRADIO_TEMP_DIR"] = str(settings.home / "uploads")
    shutil.rmtree(settings.home / "uploads", ignore_errors=True)

    from rare_app.ui.build import build_app
    from rare_app.ui.export_answer import add_exports
    from rare_app.ui.jobs import IngestJobs
    from rare_app.ui.mcp import MCP_PATH, require_mcp, show_tools, trusted_hosts
    from rare_app.ui.page_view import add_originals
    from rare_app.ui.policy import ContentPolicy
    from rare_app.ui.theme import HEAD, icon_path, make_theme, style_sheet

    if settings.mcp == "on":
        require_mcp()
    port = free_port(host=settings.host, port=settings.port)
    if port != settings.port:
        log.warning("Port %d is in use; the app takes %d.", settings.port, port)
    mended = services.library.check()
    if mended:
        log.warning("The vector index was mended (%d chunks).", mended)
    jobs = IngestJobs(library=services.library, on_added=services.read_ahead.notify)
    page = build_app(services=services, jobs=jobs)
    page.queue(default_concurrency_limit=8)
    threading.Thread(target=_warm_up, args=(services,), name="warm-up", daemon=True).start()
    for sentence in what_leaves(settings):
        log.warning("%s", sentence)
    address = f"http://{settings.host}:{port}"
    mcp = settings.mcp == "on"
    try:
        served, *_ = page.launch(
            server_name=settings.host,
            server_port=port,
            share=False,
            prevent_thread_lock=True,
            quiet=True,
            show_error=True,
            ssr_mode=False,
            footer_links=[],
            favicon_path=icon_path(),
            max_file_size=f"{settings.maximum_file_mb}mb",
            theme=make_theme(),
            css=style_sheet(),
            head=HEAD,
            app_kwargs={
                "middleware": [
                    ContentPolicy.entry(_CONTENT_POLICY),
                    *(trusted_hosts(settings.host) if mcp else ()),
                ]
            },
            mcp_server=mcp,
        )
        if mcp:
            show_tools(page)
            log.info("Desktop assistants are served at %s%s", address, MCP_PATH)
        add_originals(served, services=services)
        add_exports(served, services=services)
        sys.stdout.write(f"RARE is ready: open {address} in your browser (Ctrl+C ends it).\n")
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(address)
        page.block_thread()
    finally:
        jobs.close()
        services.close()


def _warm_up(services: Services) -> None:
    """Load embedder and model before the first question asks for them."""
    try:
        services.library.embedder.load()
        services.assistant.warm_up()
        if services.server is not None:
            log.info("Answers are written by “%s”", services.server.model)
            return
        with services.engine.use():
            pass
        if services.settings.memory == "on" and services.settings.read_ahead == "on":
            services.read_ahead.start()
        else:
            services.read_ahead.notify()
        services.prefetch.start()
    except UserError as error:
        log.warning("%s", error)
    except Exception:
        log.exception("Loading ahead failed; the first question will say why")
