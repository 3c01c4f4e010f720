"""HTTP/1.1 over one kept connection: a request out in one piece, a whole answer back, or an OSError.

The standard library's client loads its mail parser first, which is a third of a run that changes nothing.
"""

import base64
import functools
import os
import socket
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 60
LONGEST_LINE = 65536


class BrokenOff(ConnectionError):
    """The other side ended early, or did not speak HTTP."""


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """Their names in lower case."""
    body: bytes


class Connection:
    def __init__(self, address: str) -> None:
        self.socket = _open(urlsplit(address))
        self.socket.settimeout(READ_TIMEOUT_S)
        self.reader: BinaryIO = self.socket.makefile("rb")
        self.reusable = True

    def close(self) -> None:
        self.reader.close()
        self.socket.close()

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if method in ("PUT", "POST"):
            lines.append(f"content-length: {len(body)}")
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a line break in a header")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        status, found = self._head()
        while 100 <= status < 200:
            status, found = self._head()
        return Answer(status, found, self._body(found) if method != "HEAD" and status not in (204, 304) else b"")

    def _head(self) -> tuple[int, dict[str, str]]:
        version, _, rest = self._line().partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
            raise BrokenOff("that was no HTTP answer")
        headers = {}
        while line := self._line():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        self.reusable = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        return int(rest[:3]), headers

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        if "content-length" in headers:
            return self._exactly(_number(headers["content-length"], 10))
        self.reusable = False
        return self.reader.read()

    def _chunks(self) -> bytes:
        chunks = []
        while size := _number(self._line().partition(";")[0], 16):
            chunks.append(self._exactly(size))
            self._line()
        while self._line():
            pass
        return b"".join(chunks)

    def _exactly(self, size: int) -> bytes:
        found = self.reader.read(size)
        if len(found) != size:
            raise BrokenOff("the answer broke off")
        return found

    def _line(self) -> str:
        line = self.reader.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BrokenOff("the answer broke off")
        return line.decode("latin-1").rstrip("\r\n")


def _number(text: str, base: int) -> int:
    try:
        number = int(text, base)
    except ValueError as error:
        raise BrokenOff("that was no HTTP answer") from error
    if number < 0:
        raise BrokenOff("that was no HTTP answer")
    return number


def _open(url: SplitResult) -> Any:
    host = url.hostname or ""
    if url.scheme == "http":
        return _connect(host, url.port or 80)
    port = url.port or 443
    proxy = _proxy(host)
    plain = _connect_through(proxy, host, port) if proxy else _connect(host, port)
    try:
        return _trust().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _connect(host: str, port: int) -> socket.socket:
    # Text would load the tables of international names.
    name: Any = host.encode() if host.isascii() else host
    found = socket.create_connection((name, port), CONNECT_TIMEOUT_S)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _proxy(host: str) -> SplitResult | None:
    """As the environment or the system names it."""
    from urllib.request import getproxies, proxy_bypass

    proxy = getproxies().get("https")
    return urlsplit(proxy if "//" in proxy else f"//{proxy}") if proxy and not proxy_bypass(host) else None


def _connect_through(proxy: SplitResult, host: str, port: int) -> socket.socket:
    found = _connect(proxy.hostname or "", proxy.port or 80)
    lines = [f"CONNECT {host}:{port} HTTP/1.1", f"host: {host}:{port}"]
    if proxy.username:
        user = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"proxy-authorization: Basic {base64.b64encode(user.encode()).decode()}")
    try:
        found.sendall("\r\n".join([*lines, "", ""]).encode())
        # Nobody speaks before the handshake: nothing is read beyond the proxy's answer.
        with found.makefile("rb") as reader:
            first = reader.readline(LONGEST_LINE)
            while reader.readline(LONGEST_LINE).strip():
                pass
        if first.split()[1:2] != [b"200"]:
            raise BrokenOff(f"the proxy answers {first.decode(errors='replace').strip()!r}")
    except BaseException:
        found.close()
        raise
    return found


@functools.cache
def _trust() -> Any:
    """Whom botocore trusts."""
    import ssl
    from importlib.util import find_spec
    from pathlib import Path

    own = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
    botocore = find_spec("botocore")
    if not own and botocore and botocore.origin:
        own = str(Path(botocore.origin).with_name("cacert.pem"))
    return ssl.create_default_context(cafile=own)
