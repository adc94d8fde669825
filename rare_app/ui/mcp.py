"""Desktop assistants: the four endpoints as tools of an MCP server, off by default.

The protocol is the Model Context Protocol over streamable HTTP (modelcontextprotocol.io); Gradio
serves it, the package ``mcp`` speaks it.
"""

import importlib.util
import json
from collections.abc import Sequence
from typing import Any

from starlette.middleware import Middleware

from rare_app.errors import UserError

MCP_PATH = "/gradio_api/mcp/"
"""Where an assistant connects."""

_TOOLS = {"add": "/add_path", "ask": "/ask", "retrieve": "/retrieve", "list": "/list"}
_LOOPBACK = ("127.0.0.1", "localhost")


def require_mcp() -> None:
    """Look for what the protocol needs.

    Raises
    ------
    UserError
        The package is not installed.
    """
    if importlib.util.find_spec("mcp") is None:
        raise UserError(
            "Desktop assistants need the package mcp, which is not installed: run “make setup” "
            "(or pip install -r requirements.txt), or set RARE_MCP=off."
        )


def show_tools(page: Any) -> None:
    """Offer the four tools under their own names, and nothing else.

    ``add`` takes the path of a file in place of an upload: an assistant has no file to send, and
    Gradio would fetch addresses from the network for it.

    Parameters
    ----------
    page : gr.Blocks
        The app, launched with its MCP server.
    """
    server = page.mcp_server_obj
    server.tool_to_endpoint = dict(_TOOLS)
    server.postprocess_output_data = _as_json


def _as_json(outputs: Sequence[Any], _address: str) -> list[Any]:
    """Write what a tool gives as JSON; Gradio writes a dictionary as Python would."""
    from mcp.types import TextContent

    return [TextContent(type="text", text=json.dumps(one, ensure_ascii=False)) for one in outputs]


def trusted_hosts(host: str) -> list[Middleware]:
    """Refuse requests to other names where the app serves this machine alone.

    A web page whose name was made to point to this machine (DNS rebinding) could otherwise use the
    tools with the browser's help.
    """
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    if host not in _LOOPBACK:
        return []
    made: Any = TrustedHostMiddleware
    return [Middleware(made, allowed_hosts=list(_LOOPBACK))]
