"""OpenAI-compatible servers for tests: one that says what it is told, one with a real model."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rare_app.model import Engine, Sampler, Usage, generate


class Endpoint(BaseHTTPRequestHandler):
    """Answers with the server's script: a list of pieces, or (status, text), one a request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.keys.append(self.headers.get("Authorization"))
        models = self.server.models
        if isinstance(models, tuple):
            self.whole(*models)
        else:
            self.whole(200, json.dumps({"data": [{"id": name} for name in models]}))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers.get("Authorization"))
        script = self.server.scripts
        said = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(said, tuple):
            self.whole(*said)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for piece in said(body) if callable(said) else said:
                self.piece(piece)
        except OSError:
            self.server.hung_up.set()
        self.close_connection = True

    def piece(self, piece):
        if isinstance(piece, float):
            time.sleep(piece)
        elif isinstance(piece, dict):
            self.line(json.dumps(piece))
        elif piece == "[DONE]" or piece.startswith("raw:"):
            self.line(piece.removeprefix("raw:"))
        else:
            self.line(json.dumps({"choices": [{"delta": {"content": piece}}]}))

    def line(self, text):
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def whole(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def serving(*scripts, models=None):
    """Serve on a free port of this machine; what was asked is in ``asked``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    server.scripts, server.models = list(scripts), ["scripted"] if models is None else models
    server.asked, server.keys, server.hung_up = [], [], threading.Event()
    server.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def completion(text, *, size=7):
    """Stream a text in small pieces, then the counts, then the end."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    return [*pieces, {"choices": [], "usage": usage}, "[DONE]"]


def model_script(engine: Engine):
    """Give a script that lets the bundled model write, as llama-server would."""

    def write(body):
        with engine.use(adapter="none") as loaded:
            model = loaded.model
            system, asked = (one["content"] for one in body["messages"][:2])
            frame = model.frame(system)
            tokens = model.start_tokens(frame.before)
            tokens += model.tokenise(asked) + model.tokenise(frame.after, special=True)
            model.forget()
            model.read(tokens)
            usage = Usage()
            yield from generate(
                model,
                sampler=Sampler(temperature=body["temperature"], seed=body["seed"]),
                longest=body["max_tokens"],
                stop=body["stop"],
                usage=usage,
            )
            model.forget()
        counts = {"prompt_tokens": len(tokens), "completion_tokens": usage.generated}
        yield {"choices": [], "usage": counts}
        yield "[DONE]"

    return write
