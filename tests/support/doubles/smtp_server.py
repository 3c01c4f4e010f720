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

# Where it can fail, in the order of a session: fields of `SmtpServer`.
STEPS = ("at_connect", "at_hello", "at_mail", "at_rcpt", "at_data_command", "at_data")
SLOW = "250 OK, at last"
SLOW_S = 2
ACCEPTS_AND_DROPS = "250 OK, but the connection is gone"
# The timeout for a server that hangs: short for the test, long enough for a busy machine to reach the step.
SHORT_TIMEOUT_S = 1.5
USER, TOKEN = "bay.sail@gmail.com", "abcdefghijklmnop"
ACCOUNT = {"SCC_MAIL_TRANSPORT": "gmail", "SCC_GMAIL_USER": USER, "SCC_GMAIL_TOKEN": TOKEN}


@dataclass
class SmtpServer:
    """At each step it answers so, hangs ("hang") or drops the connection ("drop"); empty: as it should."""

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
    """Sender, recipients and message of every mail that it accepted."""
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
        if self.at_data == ACCEPTS_AND_DROPS:
            server.transport.abort()
        return self.at_data

    async def _hang_on(self, answer: str) -> None:
        if answer == "hang":
            await self.released.wait()
        if answer == SLOW:
            await asyncio.sleep(SLOW_S)

    def works(self) -> None:
        self.at_connect = self.at_hello = self.at_mail = self.at_data_command = ""
        self.at_rcpt = self.at_data = "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.sign_ins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.sign_ins[-1] == (USER, TOKEN), handled=False)


class _Protocol(SMTP):
    """aiosmtpd calls its handler at some steps only; this does it at the others."""

    tests_server: "SmtpServer"
    greeted = False

    async def push(self, status: Any) -> None:
        if not self.greeted:
            self.greeted = True
            self.tests_server.connections += 1
            if await self._fails(self.tests_server.at_connect):
                return
        if str(status).startswith("354") and await self._fails(self.tests_server.at_data_command):
            # There is no text to wait for.
            raise ConnectionResetError
        await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._fails(self.tests_server.at_hello):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if not await self._fails(self.tests_server.at_hello):
            await super().smtp_HELO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if not await self._fails(self.tests_server.at_mail):
            await super().smtp_MAIL(arg)

    async def _fails(self, how: str) -> bool:
        if how == "hang":
            await self.tests_server.released.wait()
        elif how == "drop":
            assert self.transport
            self.transport.abort()
        elif how:
            await super().push(how)
        return bool(how)


class _Controller(Controller):
    def factory(self) -> SMTP:
        server = _Protocol(self.handler, **self.SMTP_kwargs)
        server.tests_server = self.handler
        return server


@contextlib.contextmanager
def open_smtp_server(certificate: Path) -> Iterator[SmtpServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = SmtpServer(free_port())
    controller = _Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=context,
        authenticator=server.authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    # The controller has connected once, to see whether it listens.
    server.connections = 0
    try:
        yield server
    finally:
        controller.loop.call_soon_threadsafe(server.released.set)
        controller.stop()


def use(server: SmtpServer, certificate: Path, patch: pytest.MonkeyPatch) -> None:
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
