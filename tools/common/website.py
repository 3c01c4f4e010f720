"""HTTP to what is deployed, as a browser asks: connections are kept, the way out is the one of all calls to AWS."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError, ReadTimeoutError

from tools.common.console import Refused

TIMEOUT_S = 30
# Redirects and refusals are answers to be judged, not to be followed or waited for.
RETRIES = urllib3.Retry(3, redirect=False, respect_retry_after_header=False)


class NoAnswer(Refused):
    """The address, and the reason why nothing came back."""


class Hangs(NoAnswer):
    """It was reached, and said nothing in time."""


class Website:
    """One base URL; up to `connections` threads may share it. With a timeout of its own, nothing is tried again."""

    def __init__(self, base_url: str, connections: int = 1, timeout_s: float | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._pool = connect(self.base_url, connections)
        self._timeout_s = timeout_s or TIMEOUT_S
        self._retries: urllib3.Retry | bool = RETRIES if timeout_s is None else False

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                method,
                self.base_url + path,
                body=body,
                headers=headers,
                timeout=self._timeout_s,
                retries=self._retries,
                redirect=False,
            )
        except HTTPError as error:
            kind = Hangs if isinstance(getattr(error, "reason", error), ReadTimeoutError) else NoAnswer
            raise kind(f"{self.base_url}{path} does not answer: {error}") from error


def connect(url: str, connections: int) -> urllib3.PoolManager:
    """By the proxy that the environment or the system names, and with the certificates that botocore is given."""
    bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
    options: dict[str, Any] = {"maxsize": connections, "ca_certs": bundle}
    proxy = get_environ_proxies(url).get(urlsplit(url).scheme)
    if not proxy:
        return urllib3.PoolManager(**options)
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    return urllib3.ProxyManager(
        parts.geturl(), proxy_headers=urllib3.make_headers(proxy_basic_auth=user) if user else None, **options
    )
