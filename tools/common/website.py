"""HTTP to what is deployed, as a browser asks: connections are kept, the user's proxy is taken where one is set."""

import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from tools.common.console import Refused

TIMEOUT_S = 30
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Redirects and refusals are answers to be judged, not to be followed or waited for.
RETRIES = urllib3.Retry(3, redirect=False, respect_retry_after_header=False)


class NoAnswer(Refused):
    """The address, and the reason why nothing came back."""


class Website:
    """One base URL; up to `connections` threads may share it."""

    def __init__(self, base_url: str, connections: int = 1) -> None:
        self.base_url = base_url.rstrip("/")
        proxy = proxy_of(self.base_url)
        self._pool = (
            urllib3.ProxyManager(proxy, maxsize=connections) if proxy else urllib3.PoolManager(maxsize=connections)
        )

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                method, self.base_url + path, body=body, headers=headers, timeout=TIMEOUT_S, retries=RETRIES
            )
        except HTTPError as error:
            raise NoAnswer(f"{self.base_url}{path} does not answer: {error}") from error


def proxy_of(url: str) -> str | None:
    """As the environment or the system names it; never for this machine itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(parts.scheme)
