"""A web server that answers one request after another as a test says, and keeps what it was asked."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

Reply = Callable[[BaseHTTPRequestHandler], None]


class Request(NamedTuple):
    method: str
    target: str
    """A path with its query, or what a proxy is asked for."""
    headers: dict[str, str]
    body: bytes


@contextlib.contextmanager
def answering(*replies: Reply) -> Iterator[tuple[str, list[Request]]]:
    """Its address, and the requests so far; the last reply is given again and again."""
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(Request(self.command, self.path, dict(self.headers), body))
            replies[min(len(asked), len(replies)) - 1](self)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_CONNECT = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def reply(status: int, body: str = "", headers: Mapping[str, str] = MappingProxyType({})) -> Reply:
    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return write


def refusal(status: int, code: str) -> Reply:
    """As S3 and CloudFront refuse."""
    return reply(status, f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>because</Message></Error>")


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
