"""The few calls to S3 and CloudFront that releases need: a fraction of an SDK's start and of its work a call.

Requests are signed with AWS's Signature Version 4, the payload's SHA-256 included, so AWS refuses what arrives broken.
"""

import base64
import contextlib
import functools
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus, urlsplit
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from tools.common.console import Refused
from tools.common.wire import Answer, Connection

LONGEST_WAIT_S = 20
# AWS hangs up after 20 s or more; a plan may be looked at for long.
LONGEST_IDLE_S = 5
EMPTY_SHA256 = hashlib.sha256().hexdigest()
PASSING_CODES = {
    "InternalError",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
}
PASSING_STATUS = {429, 500, 502, 503, 504}


class AwsError(Refused):
    """AWS refused, with its HTTP status and code; or it did not answer, with status 0."""

    def __init__(self, text: str, status: int = 0, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.code = code


class Credentials(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None = None


class Object(NamedTuple):
    """One line of a listing."""

    key: str
    etag: str
    modified: str

    @property
    def modified_at(self) -> float:
        """Seconds since the epoch."""
        from datetime import datetime

        return datetime.fromisoformat(self.modified).timestamp()


def found_credentials() -> Callable[[], Credentials]:
    """Of the environment; else whatever botocore finds: profiles, SSO, roles, refreshed when they run out."""
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret and "AWS_CREDENTIAL_EXPIRATION" not in os.environ:
        found = Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN") or os.environ.get("AWS_SECURITY_TOKEN"))
        return lambda: found
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session

    credentials = Session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    return lambda: Credentials(*credentials.get_frozen_credentials()[:3])


def found_endpoint(bucket: str, region: str) -> str:
    """Where the bucket's keys begin."""
    if endpoint := _own_endpoint("S3"):
        return f"{endpoint}/{bucket}"
    domain = f"s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    # A certificate's wildcard covers no dots.
    return f"https://{domain}/{bucket}" if "." in bucket else f"https://{bucket}.{domain}"


def found_cloudfront(region: str) -> tuple[str, str]:
    """CloudFront's endpoint, and the region its calls are signed for: it has one in each partition."""
    endpoint = _own_endpoint("CLOUDFRONT")
    if region.startswith("cn-"):
        return endpoint or "https://cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"
    return endpoint or "https://cloudfront.amazonaws.com", "us-east-1"


def _own_endpoint(service: str) -> str:
    found = os.environ.get(f"AWS_ENDPOINT_URL_{service}") or os.environ.get("AWS_ENDPOINT_URL") or ""
    return found.rstrip("/")


@functools.lru_cache(maxsize=8)
def _signing_key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def quoted_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))


def sign(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    credentials: Credentials,
    region: str,
    now: float,
    service: str = "s3",
) -> dict[str, str]:
    """The headers with AWS's signature; path and query are quoted as they go out, header names are in lower case."""
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    signed = {**headers, "x-amz-date": at}
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    names = sorted(signed)
    lines = "".join(f"{name}:{' '.join(signed[name].split())}\n" for name in names)
    listed = ";".join(names)
    request = "\n".join((method, path, query, lines, listed, signed["x-amz-content-sha256"]))
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(
        _signing_key(credentials.secret_key, at[:8], region, service), text.encode(), "sha256"
    ).hex()
    signed["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={listed}, Signature={signature}"
    )
    return signed


class Door:
    """One service of AWS. A call that did not get through is made again, up to `attempts` times in all.

    So a write may be done twice, or be refused because its own first try had succeeded; whoever calls must know both.
    """

    def __init__(
        self, url: str, region: str, credentials: Callable[[], Credentials], attempts: int = 5, service: str = "s3"
    ) -> None:
        self.url = url
        self.region = region
        self.credentials = credentials
        self.attempts = attempts
        self.service = service
        self._idle: list[tuple[Connection, float]] = []

    def _call(
        self,
        method: str,
        key: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        sha256: str | None = None,
    ) -> Answer:
        url = urlsplit(self.url)
        path = f"{url.path}/{quote(key, safe='/~')}" if key else url.path or "/"
        asked = quoted_query(query or {})
        known = {
            **(headers or {}),
            "host": url.netloc,
            "x-amz-content-sha256": sha256 or (hashlib.sha256(body).hexdigest() if body else EMPTY_SHA256),
        }
        attempt = 0
        while True:
            attempt += 1
            signed = sign(method, path, asked, known, self.credentials(), self.region, time.time(), self.service)
            try:
                answer = self._send(method, f"{path}?{asked}" if asked else path, signed, body)
            except OSError as problem:
                failed = AwsError(f"{url.netloc} does not answer: {problem or type(problem).__name__}")
                passing = True
            else:
                if answer.status < 300:
                    return answer
                failed = _refusal(method, key, answer)
                passing = failed.status in PASSING_STATUS or failed.code in PASSING_CODES
            if not passing or attempt >= self.attempts:
                raise failed
            time.sleep(min(_chance() * 2 ** (attempt - 1), LONGEST_WAIT_S))

    def _send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """One request there and back; the connection is kept only after a whole answer."""
        connection = self._connection()
        try:
            answer = connection.ask(method, target, headers, body)
        except BaseException:
            connection.close()
            self._forget_idle()
            raise
        if connection.reusable:
            self._idle.append((connection, time.monotonic()))
        else:
            connection.close()
        return answer

    def _connection(self) -> Connection:
        with contextlib.suppress(IndexError):  # several threads take from it
            connection, since = self._idle.pop()
            if time.monotonic() - since < LONGEST_IDLE_S:
                return connection
            connection.close()
            self._forget_idle()
        return Connection(self.url)

    def _forget_idle(self) -> None:
        """What one lost, the others may have lost too: the next try must not find another dead one."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop()[0].close()


class Bucket(Door):
    """What releases ask of S3; the URL is the bucket's."""

    def get(self, key: str) -> bytes:
        return self._call("GET", key).body

    def head(self, key: str) -> Mapping[str, str]:
        """The object's headers, their names in lower case."""
        return self._call("HEAD", key).headers

    def put(self, key: str, body: bytes, headers: Mapping[str, str], sha256: str | None = None) -> None:
        self._call("PUT", key, headers=headers, body=body, sha256=sha256)

    def delete(self, key: str) -> None:
        self._call("DELETE", key)

    def delete_many(self, keys: list[str]) -> None:
        """Up to a thousand; stops at the first that S3 refuses."""
        order = Element("Delete", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
        SubElement(order, "Quiet").text = "true"
        for key in keys:
            SubElement(SubElement(order, "Object"), "Key").text = key
        body = tostring(order)
        checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {"content-type": "application/xml", "x-amz-checksum-sha256": checksum}
        answer = self._call("POST", "", {"delete": ""}, headers, body)
        for failed in _parse(answer.body).iterfind("{*}Error"):
            code = failed.findtext("{*}Code", "")
            raise AwsError(f"{failed.findtext('{*}Key')} could not be deleted ({code}): stopped there", 200, code)

    def list(
        self, prefix: str = "", *, start_after: str = "", delimiter: str = "", most: int | None = None
    ) -> list[Object]:
        """What is there, in the order of the keys; page after page unless only the first `most` are wanted."""
        query = {"list-type": "2", "encoding-type": "url"}
        asked = {"prefix": prefix, "start-after": start_after, "delimiter": delimiter, "max-keys": str(most or "")}
        query |= {name: value for name, value in asked.items() if value}
        found: list[Object] = []
        while True:
            page = _parse(self._call("GET", "", query).body)
            quoted = page.findtext("{*}EncodingType") == "url"
            for one in page.iterfind("{*}Contents"):
                key, etag, at = (one.findtext(f"{{*}}{name}", "") for name in ("Key", "ETag", "LastModified"))
                found.append(Object(unquote_plus(key) if quoted else key, etag, at))
            if most or page.findtext("{*}IsTruncated") != "true":
                return found
            query["continuation-token"] = page.findtext("{*}NextContinuationToken", "")


class Distribution(Door):
    """What releases ask of CloudFront; the URL is the distribution's."""

    def invalidate(self, paths: Sequence[str], reference: str) -> tuple[str, str]:
        """Its id and status; asked again with the same reference, it is the same invalidation."""
        order = Element("InvalidationBatch", xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/")
        listed = SubElement(order, "Paths")
        SubElement(listed, "Quantity").text = str(len(paths))
        items = SubElement(listed, "Items")
        for path in paths:
            SubElement(items, "Path").text = path
        SubElement(order, "CallerReference").text = reference
        answer = self._call("POST", "invalidation", headers={"content-type": "text/xml"}, body=tostring(order))
        made = _parse(answer.body)
        return made.findtext("{*}Id", ""), made.findtext("{*}Status", "")

    def invalidation_status(self, number: str) -> str:
        return str(_parse(self._call("GET", f"invalidation/{number}").body).findtext("{*}Status", ""))


def _parse(text: bytes) -> Any:
    return fromstring(text)  # noqa: S314 - AWS's own answer


def _chance() -> float:
    """From 0 to 1: spreads the tries of many."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


def _refusal(method: str, key: str, answer: Answer) -> AwsError:
    code, message = str(answer.status), ""
    if b"<Error>" in answer.body:
        error = _parse(answer.body)
        code, message = error.findtext(".//{*}Code", code), error.findtext(".//{*}Message", "")
    return AwsError(f"refused {method} {key} ({code}): {message}", answer.status, code)
