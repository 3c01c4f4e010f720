"""The viewer's side of the local edge: plain HTTP on loopback, handed to the embedded CloudFront distribution."""

import contextlib
import gzip
import html
import http.client
import json
import socket
import threading
import urllib.request
from collections.abc import Iterable
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypedDict

from tools.common.console import Refused
from tools.edge import routing
from tools.local.callers import judge_viewer
from tools.local.embedded import MAX_WORKERS, RAW_MAIL, make_private

MAX_BODY_BYTES = 10 * 1024 * 1024
UPSTREAM_TIMEOUT_S = 60
IDLE_TIMEOUT_S = 75
MAX_CONNECTIONS = 256
MAX_DRAINED_BYTES = 64 * 1024 * 1024
MAIL_KEPT = 500
# CloudFront's least; the gateway's is minimum_compression_size, 1024.
MIN_PACKED_BYTES = 1000
PACKED_TYPES = ("text/", "application/json", "image/svg+xml")
HOP_BY_HOP = {
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
    # The distribution believes these; only the front door may say them.
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
}  # fmt: skip

# As `GET /_local/mail` shows it.
Mail = TypedDict("Mail", {"id": str, "to": str, "from": str, "subject": str, "text": str, "html": str, "raw": str})


class FrontDoor(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, mail_file: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Viewer, bind_and_activate=False)
        self.upstream_port = 0
        self.distribution_domain = ""
        # The embedded SES forgets its mail when it stops.
        self.mail_file = mail_file
        self.earlier_mail: list[Mail] = []
        if mail_file and mail_file.is_file():
            self.earlier_mail = json.loads(mail_file.read_text())
        # Each request beyond these waits here for a Lambda worker instead of starting another one.
        self.turns = threading.BoundedSemaphore(MAX_WORKERS)
        # Each connection beyond these waits to be accepted: it would use up the process's files.
        self.connections = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def claim(self) -> None:
        """Take the port now, answer later. Refused when another process has it."""
        port = self.server_address[1]
        taken = Refused(f"port {port} is taken by another process; `PORT=9000 make run` takes another")
        # A browser asks ::1 first when it opens localhost.
        for address in ("127.0.0.1", "::1"):
            with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
                raise taken
        try:
            self.server_bind()
        except PermissionError as error:
            raise Refused(f"port {port} is for root only: take one from 1024 on, `PORT=9000 make run`") from error
        except OSError as error:
            raise taken from error

    def open(self, upstream_port: int, distribution_domain: str) -> None:
        self.upstream_port = upstream_port
        self.distribution_domain = distribution_domain
        self.server_activate()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.acquire()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.connections.release()

    def read_mail(self) -> list[Mail]:
        """All mail of this copy, newest first."""
        return read_mail(f"http://127.0.0.1:{self.upstream_port}") + self.earlier_mail

    def keep_mail(self) -> None:
        """For the next start; of very old mail, nothing."""
        with contextlib.suppress(OSError):
            if self.mail_file:
                make_private(self.mail_file)
                self.mail_file.write_text(json.dumps(self.read_mail()[:MAIL_KEPT]))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that hangs up is no news."""


class Viewer(BaseHTTPRequestHandler):
    server: FrontDoor
    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """A browser that lets a connection idle is no news on the terminal."""

    def handle_any(self) -> None:
        body = self._read_body()
        if body is None:
            return
        path = self.path.partition("?")[0]
        if refusal := judge_viewer(self.command, self.headers.items()):
            self._answer(refusal.status, f"{refusal.message}\n")
        elif not path.startswith("/"):
            self._answer(400, "This is no proxy.\n")
        elif path in ("/_local/mail", "/_local/mail.html"):
            self._show_mail(as_page=path.endswith(".html"))
        elif not self.server.turns.acquire(timeout=UPSTREAM_TIMEOUT_S):
            self._answer(503, "Too busy, try again.\n", Retry_After="5")
        else:
            try:
                self._forward(path, body)
            finally:
                self.server.turns.release()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - http.server's names

    def _read_body(self) -> bytes | None:
        """The request's body, or None when it was refused or broke off."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            status, code, message = 411, "LengthRequired", "Send a Content-Length."
        elif not length.isdecimal():
            status, code, message = 400, "BadInput", "Content-Length must be a whole number."
        elif int(length) > MAX_BODY_BYTES:
            # A client that sends all before it listens would otherwise see a broken pipe.
            self.rfile.read(min(int(length), MAX_DRAINED_BYTES))
            status, code, message = 413, "TooLarge", "The body is too large."
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True
            return None
        self.close_connection = True
        self._answer(status, json.dumps({"Code": code, "Message": message}), "application/json")
        return None

    def _forward(self, path: str, body: bytes) -> None:
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream_port, timeout=UPSTREAM_TIMEOUT_S)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._request_headers(body):
                upstream.putheader(name, value)
            upstream.endheaders(body)
            response = upstream.getresponse()
            content = response.read()
        except TimeoutError:
            self.close_connection = True
            self._answer(504, "The embedded AWS took too long.\n")
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            self._answer(502, "The embedded AWS does not answer.\n")
        else:
            self._relay(path, response, content)
        finally:
            upstream.close()

    def _request_headers(self, body: bytes) -> list[tuple[str, str]]:
        forwarded_for = [*self.headers.get_all("X-Forwarded-For", []), self.client_address[0]]
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
        headers += [
            ("Host", self.server.distribution_domain),
            # As at CloudFront: what the viewer claims stays in front, its address comes last.
            ("X-Forwarded-For", ", ".join(forwarded_for)),
            # Loopback stands for the viewer's TLS; the distribution redirects plain HTTP.
            ("X-Forwarded-Proto", "https"),
        ]
        if body or self.command in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", str(len(body))))
        return headers

    def _relay(self, path: str, response: http.client.HTTPResponse, content: bytes) -> None:
        length = response.getheader("Content-Length")
        headers = response.headers
        for name in HOP_BY_HOP:
            del headers[name]
        if self.command != "HEAD" and response.status not in (204, 304):
            if self._is_packed(path, response, content):
                content = gzip.compress(content, compresslevel=6)
                headers["Content-Encoding"] = "gzip"
                headers["Vary"] = "Accept-Encoding"
                if tag := headers["ETag"]:
                    # Compressed, it is no longer the same byte for byte (RFC 9110 section 8.8.1).
                    headers.replace_header("ETag", f"W/{tag.removeprefix('W/')}")
            length = str(len(content))
        if length is not None:
            headers["Content-Length"] = length
        self._send(response.status, headers.items(), content)

    def _is_packed(self, path: str, response: http.client.HTTPResponse, content: bytes) -> bool:
        """Whether CloudFront, or the gateway behind it, would compress this; the embedded AWS never does.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
        """
        return (
            routing.compresses(path)
            and "gzip" in self.headers.get("Accept-Encoding", "")
            and response.getheader("Content-Type", "").startswith(PACKED_TYPES)
            and response.getheader("Content-Encoding") is None
            and response.status != 206
            and len(content) >= MIN_PACKED_BYTES
        )

    def _show_mail(self, *, as_page: bool) -> None:
        messages = self.server.read_mail()
        if as_page:
            policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
            self._answer(200, mail_page(messages), "text/html; charset=utf-8", Content_Security_Policy=policy)
        else:
            self._answer(200, json.dumps({"messages": messages}), "application/json")

    def _answer(self, status: int, text: str, content_type: str = "text/plain; charset=utf-8", **headers: str) -> None:
        """The front door's own answer; in names of headers, _ stands for -."""
        content = text.encode()
        fixed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        fixed |= {"Content-Type": content_type, "Content-Length": str(len(content))}
        fixed |= {"Connection": "close"} if self.close_connection else {}
        self._send(status, [*fixed.items(), *((name.replace("_", "-"), headers[name]) for name in headers)], content)

    def _send(self, status: int, headers: Iterable[tuple[str, str]], content: bytes) -> None:
        with contextlib.suppress(OSError):
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            self.wfile.flush()


def read_mail(endpoint: str) -> list[Mail]:
    """What the embedded SES accepted, newest first."""
    with urllib.request.urlopen(f"{endpoint}/_ministack/ses/messages", timeout=10) as response:
        accounts = json.load(response)["messages"]
    with urllib.request.urlopen(f"{endpoint}{RAW_MAIL}", timeout=10) as response:
        raw: dict[str, str] = json.load(response)
    # One that is just being accepted is told of once it can be told whole.
    accepted = [message for messages in accounts.values() for message in messages if message["MessageId"] in raw]
    return [
        {
            "id": message["MessageId"],
            "to": ", ".join(message["To"]),
            "from": _plain(message["Source"]),
            "subject": _plain(message["Subject"]),
            "text": message["BodyText"] or "",
            "html": message["BodyHtml"] or "",
            "raw": raw[message["MessageId"]],
        }
        for message in sorted(accepted, key=lambda message: -message["Timestamp"])
    ]


def _plain(header: str) -> str:
    with contextlib.suppress(LookupError, UnicodeDecodeError, ValueError):
        return str(make_header(decode_header(header)))
    return header


def mail_page(messages: list[Mail]) -> str:
    """Each mail's HTML in a frame that may run nothing and load nothing."""
    cards = "".join(
        f"""<details{" open" if number == 0 else ""}><summary><b>{html.escape(mail["subject"])}</b>
        <span>to {html.escape(mail["to"])} from {html.escape(mail["from"])}</span></summary>
        {_mail_frame(mail["html"])}<pre>{html.escape(mail["text"])}</pre></details>"""
        for number, mail in enumerate(messages)
    )
    empty = "<p>No mail yet. Log a payment for a patron with an email address, and the receipt lands here.</p>"
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail · Ship Captain Crew</title>
<meta name="viewport" content="width=device-width"><style>
:root{{color-scheme:light dark}} body{{font:1.1rem/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}
details{{border:1px solid;border-radius:.5rem;margin:1rem 0;padding:.75rem 1rem;overflow-wrap:anywhere}}
summary{{cursor:pointer}} summary span{{display:block}}
iframe{{width:100%;height:28rem;border:0;background:#fff;margin-top:1rem}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere}}</style>
<h1>Mail sent by this machine's copy</h1><p>Nothing left this machine.</p>{cards or empty}</html>"""


def _mail_frame(content: str) -> str:
    if not content:
        return ""
    return f'<iframe sandbox="" title="The mail as its reader sees it" srcdoc="{html.escape(content)}"></iframe>'
