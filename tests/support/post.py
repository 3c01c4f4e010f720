"""A mail server on loopback that speaks SMTP over TLS as Gmail's does, and fails on demand."""

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from chalicelib.mail import gmail
from tools.local.embedded import free_port

SLOW = "250 OK, at last"
TAKES_AND_DROPS = "250 OK, but nobody hears it"
# For a server that hangs: short enough to wait for, long enough for a busy machine to come so far.
IMPATIENT_S = 1.5
USER, TOKEN = "bay.sail@gmail.com", "abcdefghijklmnop"
ACCOUNT = {"SCC_MAIL_TRANSPORT": "gmail", "SCC_GMAIL_USER": USER, "SCC_GMAIL_TOKEN": TOKEN}


@dataclass
class Post:
    """At each step it answers, hangs or drops the connection as a test tells it to; empty: as it should."""

    port: int
    at_connect: str = ""
    at_hello: str = ""
    at_mail: str = ""
    at_rcpt: str = "250 OK"
    at_data_command: str = ""
    at_data: str = "250 OK"
    """After the text."""
    connections: int = 0
    accepted: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    """Sender, recipients and message of everything it took."""
    raw: list[bytes] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        await self._hang_on(self.at_rcpt)
        if self.at_rcpt == "drop":
            server.transport.abort()
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        await self._hang_on(self.at_data)
        if self.at_data == "drop":
            server.transport.abort()
            return "421 gone"
        if self.at_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.raw.append(envelope.content)
            self.accepted.append((envelope.mail_from or "", envelope.rcpt_tos, message))
        if self.at_data == TAKES_AND_DROPS:
            server.transport.abort()
        return self.at_data

    async def _hang_on(self, answer: str) -> None:
        if answer == "hang":
            await self.released.wait()
        if answer == SLOW:
            await asyncio.sleep(0.4)

    def works(self) -> None:
        self.at_connect = self.at_hello = self.at_mail = self.at_data_command = ""
        self.at_rcpt = self.at_data = "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.sign_ins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.sign_ins[-1] == (USER, TOKEN), handled=False)


class _Server(SMTP):
    """aiosmtpd asks its handler at some steps only; here is the rest."""

    post: Post
    greeted = False

    async def push(self, status: Any) -> None:
        if not self.greeted:
            self.greeted = True
            self.post.connections += 1
            if await self._fails(self.post.at_connect):
                return
        if str(status).startswith("354") and await self._fails(self.post.at_data_command):
            # There is no text to wait for.
            raise ConnectionResetError
        await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._fails(self.post.at_hello):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if not await self._fails(self.post.at_hello):
            await super().smtp_HELO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if not await self._fails(self.post.at_mail):
            await super().smtp_MAIL(arg)

    async def _fails(self, how: str) -> bool:
        if how == "hang":
            await self.post.released.wait()
        elif how == "drop":
            assert self.transport
            self.transport.abort()
        elif how:
            await super().push(how)
        return bool(how)


class _Controller(Controller):
    def factory(self) -> SMTP:
        server = _Server(self.handler, **self.SMTP_kwargs)
        server.post = self.handler
        return server


@contextlib.contextmanager
def open_post(certificate: Path) -> Iterator[Post]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    post = Post(free_port())
    controller = _Controller(
        post,
        hostname="127.0.0.1",
        port=post.port,
        ssl_context=context,
        authenticator=post.authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    # Its own, to see whether it listens.
    post.connections = 0
    try:
        yield post
    finally:
        controller.loop.call_soon_threadsafe(post.released.set)
        controller.stop()


def use(server: Post, certificate: Path, patch: pytest.MonkeyPatch) -> None:
    """From now on the product takes this server for Gmail's, and trusts it."""
    patch.setattr(gmail, "GMAIL_HOST", "localhost")
    patch.setattr(gmail, "GMAIL_PORT", server.port)
    patch.setenv("SSL_CERT_FILE", str(certificate))


def make_certificate(folder: Path) -> Path:
    """A certificate for `localhost` with its key, signed by itself: one file."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout {key.name} "
        f"-out {certificate.name} -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate
