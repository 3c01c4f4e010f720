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

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from tools.embedded import free_port

SLOW = "250 OK, at last"
USER, TOKEN = "bay.sail@gmail.com", "abcdefghijklmnop"


@dataclass
class Post:
    port: int
    at_rcpt: str = "250 OK"
    at_data: str = "250 OK"
    accepted: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    """Sender, recipients and message of everything it took."""
    raw: list[bytes] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        await self._hang_on(self.at_rcpt)
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
        return self.at_data

    async def _hang_on(self, answer: str) -> None:
        if answer == "hang":
            await self.released.wait()
        if answer == SLOW:
            await asyncio.sleep(0.4)

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.sign_ins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.sign_ins[-1] == (USER, TOKEN), handled=False)


@contextlib.contextmanager
def open_post(certificate: Path) -> Iterator[Post]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    post = Post(free_port())
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=post.port,
        ssl_context=context,
        authenticator=post.authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield post
    finally:
        controller.loop.call_soon_threadsafe(post.released.set)
        controller.stop()


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
