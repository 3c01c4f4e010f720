"""The viewer's side of the local edge: plain HTTP on loopback, handed to the embedded CloudFront distribution."""

import contextlib
import gzip
import html
import http.client
import json
import socket
import threading
import urllib.request
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.edge import routing
from tools.local.embedded import MAX_WORKERS

CHUNK_BYTES = 64 * 1024
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
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    # The distribution believes these; only the front door may say them.
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
}


class FrontDoor(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, mail_file: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Viewer, bind_and_activate=False)
        self.upstream_port = 0
        # The embedded SES forgets its mail when it stops.
        self.mail_file = mail_file
        self.earlier_mail: list[dict[str, Any]] = []
        if mail_file and mail_file.is_file():
            self.earlier_mail = json.loads(mail_file.read_text())
        self.distribution_domain = ""
        # Each request beyond these waits here for a Lambda worker instead of starting another one.
        self.turns = threading.BoundedSemaphore(MAX_WORKERS)
        # Each connection beyond these waits to be accepted: it would use up the process's files.
        self.connections = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def claim(self) -> None:
        """Take the port now, answer later; raises OSError when another process has it."""
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.server_address[1])) == 0:
                raise OSError("in use")
        self.server_bind()

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

    def read_mail(self) -> list[dict[str, Any]]:
        """All mail of this copy, newest first."""
        return read_mail(f"http://127.0.0.1:{self.upstream_port}") + self.earlier_mail

    def keep_mail(self) -> None:
        """For the next start; of very old mail, nothing."""
        with contextlib.suppress(OSError):
            if self.mail_file:
                self.mail_file.write_text(json.dumps(self.read_mail()[:MAIL_KEPT]))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that hangs up is no news."""


class Viewer(BaseHTTPRequestHandler):
    server: FrontDoor
    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    wbufsize = CHUNK_BYTES
    disable_nagle_algorithm = True

    def handle_any(self) -> None:
        body_bytes = self._body_length()
        if body_bytes is None:
            return
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in ("localhost", "127.0.0.1"):
            # A page elsewhere whose name was pointed at loopback must not read what is here.
            self._answer(421, "text/plain; charset=utf-8", b"This answers to localhost only.\n")
        elif self.path.split("?")[0] in ("/_local/mail", "/_local/mail.html"):
            self._mail()
        elif not self.server.turns.acquire(timeout=UPSTREAM_TIMEOUT_S):
            self._answer(503, "text/plain; charset=utf-8", b"Too busy, try again.\n", [("Retry-After", "5")])
        else:
            try:
                self._forward(body_bytes)
            finally:
                self.server.turns.release()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - http.server's names

    def _body_length(self) -> int | None:
        """The request's body length, or None when it was refused."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            problem = (411, "LengthRequired", "Send a Content-Length.")
        elif not length.isdecimal():
            problem = (400, "BadInput", "Content-Length must be a whole number.")
        elif int(length) > MAX_BODY_BYTES:
            # A client that sends all before it listens would otherwise see a broken pipe.
            left = min(int(length), MAX_DRAINED_BYTES)
            while left > 0 and (chunk := self.rfile.read(min(left, CHUNK_BYTES))):
                left -= len(chunk)
            problem = (413, "TooLarge", "The body is too large.")
        else:
            return int(length)
        self.close_connection = True
        answer = json.dumps({"Code": problem[1], "Message": problem[2]}).encode()
        self._answer(problem[0], "application/json", answer, [("Cache-Control", "no-store")])
        return None

    def _forward(self, body_bytes: int) -> None:
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream_port, timeout=UPSTREAM_TIMEOUT_S)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._request_headers(body_bytes):
                upstream.putheader(name, value)
            upstream.endheaders()
            while body_bytes > 0:
                chunk = self.rfile.read(min(body_bytes, CHUNK_BYTES))
                if not chunk:
                    self.close_connection = True
                    return
                upstream.send(chunk)
                body_bytes -= len(chunk)
            response = upstream.getresponse()
        except TimeoutError:
            self.close_connection = True
            self._answer(504, "text/plain; charset=utf-8", b"The embedded AWS took too long.\n")
            return
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            self._answer(502, "text/plain; charset=utf-8", b"The embedded AWS does not answer.\n")
            return
        else:
            self._relay(response)
        finally:
            upstream.close()

    def _request_headers(self, body_bytes: int) -> list[tuple[str, str]]:
        forwarded_for = [*self.headers.get_all("X-Forwarded-For", []), self.client_address[0]]
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
        headers += [
            ("Host", self.server.distribution_domain),
            # As at CloudFront: what the viewer claims stays in front, its address comes last.
            ("X-Forwarded-For", ", ".join(forwarded_for)),
            # Loopback stands for the viewer's TLS; the distribution redirects plain HTTP.
            ("X-Forwarded-Proto", "https"),
        ]
        if body_bytes or self.command in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", str(body_bytes)))
        return headers

    def _relay(self, response: http.client.HTTPResponse) -> None:
        no_body = self.command == "HEAD" or response.status in (204, 304)
        if not no_body and self._is_packed(response):
            self._relay_packed(response)
            return
        length = response.getheader("Content-Length")
        chunked = length is None and not no_body
        self._relay_head(response)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is not None:
            self.send_header("Content-Length", length)
        self.end_headers()
        while not no_body and (chunk := response.read(CHUNK_BYTES)):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk) if chunked else chunk)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _relay_head(self, response: http.client.HTTPResponse) -> None:
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)

    def _is_packed(self, response: http.client.HTTPResponse) -> bool:
        """Whether CloudFront, or the gateway behind it, would compress this; the embedded AWS never does.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
        """
        return (
            routing.compresses(self.path.partition("?")[0])
            and "gzip" in self.headers.get("Accept-Encoding", "")
            and response.getheader("Content-Type", "").startswith(PACKED_TYPES)
            and response.getheader("Content-Encoding") is None
            and response.status != 206
            and int(response.getheader("Content-Length", "0")) >= MIN_PACKED_BYTES
        )

    def _relay_packed(self, response: http.client.HTTPResponse) -> None:
        body = gzip.compress(response.read(), compresslevel=6)
        if tag := response.getheader("ETag"):
            # Compressed, it is no longer the same byte for byte (RFC 9110 section 8.8.1).
            del response.headers["ETag"]
            response.headers["ETag"] = tag if tag.startswith("W/") else f"W/{tag}"
        self._relay_head(response)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _mail(self) -> None:
        try:
            messages = self.server.read_mail()
        except OSError:
            self._answer(502, "text/plain; charset=utf-8", b"The embedded AWS does not answer.\n")
            return
        if self.path.split("?")[0].endswith(".html"):
            policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
            headers = [("Content-Security-Policy", policy)]
            self._answer(200, "text/html; charset=utf-8", mail_page(messages).encode(), headers)
        else:
            self._answer(200, "application/json", json.dumps({"messages": messages}).encode())

    def _answer(
        self, status: int, content_type: str, body: bytes, headers: list[tuple[str, str]] | None = None
    ) -> None:
        with contextlib.suppress(OSError):
            self.send_response_only(status)
            for name, value in [("Content-Type", content_type), ("Content-Length", str(len(body))), *(headers or [])]:
                self.send_header(name, value)
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.wfile.flush()


def read_mail(endpoint: str) -> list[dict[str, Any]]:
    """What the embedded SES accepted, newest first."""
    with urllib.request.urlopen(f"{endpoint}/_ministack/ses/messages", timeout=10) as response:
        accounts = json.load(response)["messages"]
    accepted = [message for messages in accounts.values() for message in messages]
    return [
        {
            "id": message["MessageId"],
            "to": ", ".join(message["To"]),
            "from": _plain(message["Source"]),
            "subject": _plain(message["Subject"]),
            "text": message["BodyText"] or "",
            "html": message["BodyHtml"] or "",
        }
        for message in sorted(accepted, key=lambda message: -message["Timestamp"])
    ]


def _plain(header: str) -> str:
    with contextlib.suppress(LookupError, UnicodeDecodeError, ValueError):
        return str(make_header(decode_header(header)))
    return header


def mail_page(messages: list[dict[str, Any]]) -> str:
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
