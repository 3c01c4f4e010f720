"""An SES on loopback, which answers as a test tells it to and counts the mails."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.core import aws
from tests.support.running import use_aws_keys


@dataclass
class Ses:
    """`answer`: a status and the name of its error; or "hang" or "drop", after the mail was accepted."""

    answer: tuple[int, str] | str = (200, "")
    tries: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def works(self) -> None:
        self.answer = (200, "")


@contextlib.contextmanager
def open_ses(dynamodb: Any) -> Iterator[Ses]:
    """The product sends by it, through its own client with its own timeouts."""
    ses = Ses()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ses.tries += 1
            if isinstance(ses.answer, str) or ses.answer[0] == 200:
                ses.accepted.append(body)
            if ses.answer == "hang":
                ses.released.wait()
            if isinstance(ses.answer, str):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, error = ses.answer
            text = json.dumps({"message": "no"} if error else {"MessageId": f"0100-{ses.tries}"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        use_aws_keys(patch)
        patch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{server.server_port}")
        sesv2 = aws_client("sesv2", attempts=1)
        patch.setattr(aws, "client", lambda service, **_: {"dynamodb": dynamodb, "sesv2": sesv2}[service])
        try:
            yield ses
        finally:
            ses.released.set()
            server.shutdown()
            server.server_close()


aws_client = aws.client.__wrapped__
