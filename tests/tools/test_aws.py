"""The door to S3: botocore is the oracle of its signatures, and a server of the test's own what S3 may answer."""

import contextlib
import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from tools.common import aws, wire
from tools.common.aws import AwsError, Bucket, Credentials, Distribution, quoted_query, sign

NOW = 1_800_000_000.0
KEYS = ["assets/app-1.js", "a b+c&d=e", "ü/日本/é", "~._-*'()!", "%2F%", "a//b", "assets/@scope/x,y;z:$.js", "./a/../b"]
QUERIES = [
    {},
    {"delete": ""},
    {"list-type": "2", "prefix": "a b/+ü~&=", "start-after": "production/", "continuation-token": "1/a+b=="},
    {"max-keys": "1", "Upper": "case", "delimiter": "/", "encoding-type": "url"},
]
TEXT = st.characters(codec="utf-8")


def signature_of_botocore(
    method: str, url: str, headers: dict[str, str], credentials: Credentials, region: str
) -> tuple[str, str]:
    request = AWSRequest(method, url, headers)
    oracle = S3SigV4Auth(BotocoreCredentials(*credentials), "s3", region)
    at = datetime.fromtimestamp(NOW, UTC).strftime("%Y%m%dT%H%M%SZ")
    request.context["timestamp"] = at
    request.context["payload_signing_enabled"] = True
    request.headers["X-Amz-Date"] = at
    if credentials.token:
        request.headers["X-Amz-Security-Token"] = credentials.token
    text = oracle.canonical_request(request)
    return text, oracle.signature(oracle.string_to_sign(request, text), request)


@pytest.mark.parametrize("token", [None, "sess/ion+token=="])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("query", QUERIES)
def test_it_signs_as_botocore_does(key: str, query: dict[str, str], token: str | None) -> None:
    assert_same_signature(key, query, token)


@given(st.text(TEXT, min_size=1), st.text(TEXT))
def test_it_signs_any_key_and_query_as_botocore_does(key: str, value: str) -> None:
    assert_same_signature(key, {"prefix": value, "list-type": "2"}, None)


def assert_same_signature(key: str, query: dict[str, str], token: str | None) -> None:
    credentials = Credentials("AKIDEXAMPLE", "wJalr/secret+key", token)
    path, asked = f"/bucket/{aws.quote(key, safe='/~')}", quoted_query(query)
    headers = {
        "cache-control": "public,  max-age=31536000,   immutable",
        "content-type": "text/html; charset=utf-8",
        "host": "s3.eu-west-1.amazonaws.com",
        "if-none-match": "*",
        "x-amz-content-sha256": hashlib.sha256(b"body").hexdigest(),
        "x-amz-meta-sha256": "abc",
    }
    signed = sign("PUT", path, asked, headers, credentials, "eu-west-1", NOW)
    url = f"https://s3.eu-west-1.amazonaws.com{path}" + (f"?{asked}" if asked else "")
    text, signature = signature_of_botocore("PUT", url, headers, credentials, "eu-west-1")
    assert signed["authorization"].endswith(f"Signature={signature}"), text
    names = text.splitlines()[-2]
    assert f"SignedHeaders={names}," in signed["authorization"]
    assert signed.get("x-amz-security-token") == token


def test_it_signs_for_cloudfront_as_botocore_does() -> None:
    credentials, path = Credentials("AKIDEXAMPLE", "secret", "token"), "/2020-05-31/distribution/E1/invalidation"
    headers = {"content-type": "text/xml", "host": "cloudfront.amazonaws.com", "x-amz-content-sha256": "abc"}
    signed = sign("POST", path, "", headers, credentials, "us-east-1", NOW, "cloudfront")
    request = AWSRequest("POST", f"https://cloudfront.amazonaws.com{path}", headers)
    oracle = SigV4Auth(BotocoreCredentials(*credentials), "cloudfront", "us-east-1")
    request.context["timestamp"] = request.headers["X-Amz-Date"] = signed["x-amz-date"]
    request.headers["X-Amz-Security-Token"] = "token"
    text = oracle.canonical_request(request)
    signature = oracle.signature(oracle.string_to_sign(request, text), request)
    assert signed["authorization"].endswith(f"Signature={signature}")


Reply = Callable[[BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def answering(*replies: Reply) -> Iterator[tuple[Bucket, list[Any]]]:
    """A bucket on a server that answers one call after another as told, and what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, dict(self.headers), body, self.client_address))
            replies[len(asked) - 1](self)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield Bucket(f"http://127.0.0.1:{server.server_address[1]}/b", "r", lambda: Credentials("a", "s"), 3), asked
    finally:
        server.shutdown()
        server.server_close()


def reply(status: int, body: str = "") -> Reply:
    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return write


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"half")
    hang_up(handler)


def chunked(handler: BaseHTTPRequestHandler) -> None:
    """As S3 answers listings, here after word that it will."""
    handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    handler.wfile.write(b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n")


def chunked_short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
    hang_up(handler)


def garbled(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    hang_up(handler)


def last_words(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")


def until_the_end(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")
    hang_up(handler)


def refusal(code: str) -> str:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>told</Message></Error>"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.common.aws.LONGEST_WAIT_S", 0)


@pytest.mark.parametrize(
    "passing",
    [
        hang_up,
        cut_short,
        chunked_short,
        garbled,
        reply(500),
        reply(503, refusal("SlowDown")),
        reply(429),
        reply(400, refusal("RequestTimeout")),
    ],
)
def test_what_passes_is_tried_again_with_the_whole_request(passing: Reply) -> None:
    with answering(passing, passing, reply(200)) as (bucket, asked):
        bucket.put("k", b"body", {"if-none-match": "*"})
    assert [(method, path, body) for method, path, _, body, _ in asked] == [("PUT", "/b/k", b"body")] * 3
    assert all(headers["if-none-match"] == "*" for _, _, headers, _, _ in asked)


def test_trying_again_ends() -> None:
    with answering(*[reply(503, refusal("SlowDown"))] * 9) as (bucket, asked):
        with pytest.raises(AwsError, match=r"refused GET k \(SlowDown\): told") as told:
            bucket.get("k")
        assert (told.value.status, told.value.code, len(asked)) == (503, "SlowDown", 3)
    with answering(*[hang_up] * 9) as (bucket, asked), pytest.raises(AwsError, match="does not answer") as told:
        bucket.get("k")
    assert (told.value.status, len(asked)) == (0, 3)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 409, 412])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    with answering(reply(status, refusal("Some"))) as (bucket, asked):
        with pytest.raises(AwsError) as told:
            bucket.put("k", b"body", {})
        assert (told.value.status, told.value.code, len(asked)) == (status, "Some", 1)


def test_connections_are_kept_and_none_is_kept_after_half_an_answer() -> None:
    with answering(reply(200), reply(404), reply(200), cut_short, reply(200, "x")) as (bucket, asked):
        bucket.put("1", b"body", {})
        with pytest.raises(AwsError):
            bucket.get("2")
        bucket.delete("3")
        assert bucket.get("4") == b"x"
    ports = [address for *_, address in asked]
    assert ports[0] == ports[1] == ports[2] == ports[3] != ports[4]


def test_connections_that_died_while_idle_do_not_use_up_the_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(*[reply(200)] * 9) as (bucket, asked):
        for limit in (60, 0):
            monkeypatch.setattr("tools.common.aws.LONGEST_IDLE_S", limit)
            for _ in range(8):
                dead = wire.Connection(bucket.url)
                dead.socket.shutdown(socket.SHUT_RDWR)
                bucket._idle.append((dead, time.monotonic()))
            bucket.get("k")
            assert len(bucket._idle) == 1
        assert len(asked) == 2


def test_answers_of_every_length_are_read_whole() -> None:
    with answering(chunked, reply(200), last_words, until_the_end, reply(200)) as (bucket, asked):
        assert bucket.get("1") == b"abc0123456789"
        assert bucket.head("2")["content-length"] == "0"
        assert [bucket.get("3"), bucket.get("4"), bucket.get("5")] == [b"x", b"all of it", b""]
    ports = [address for *_, address in asked]
    assert ports[0] == ports[1] == ports[2]
    assert len({*ports[2:]}) == 3, "what was closed is not used again"


def test_a_line_break_does_not_get_into_a_request() -> None:
    with answering(reply(200)) as (bucket, asked), pytest.raises(ValueError, match="line break"):
        bucket.put("k", b"", {"x-amz-meta-a": "b\r\nhost: c"})
    assert asked == []


def test_a_listing_is_read_page_after_page_and_decoded() -> None:
    def page(key: str, more: str) -> Reply:
        return reply(
            200,
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>'
            f"<Contents><Key>{key}</Key><LastModified>2026-01-31T12:00:00.500Z</LastModified><ETag>&quot;e&quot;</ETag>"
            f"</Contents>{more}</ListBucketResult>",
        )

    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>a+/=</NextContinuationToken>"
    with answering(page("a+b%2Bc", more), page("%C3%BC", "")) as (bucket, asked):
        found = bucket.list("p/", start_after="s")
    assert [one.key for one in found] == ["a b+c", "ü"]
    assert found[0].etag == '"e"'
    assert found[0].modified_at == datetime(2026, 1, 31, 12, 0, 0, 500_000, UTC).timestamp()
    assert asked[0][1] == "/b?encoding-type=url&list-type=2&prefix=p%2F&start-after=s"
    assert "continuation-token=a%2B%2F%3D" in asked[1][1]


def test_deleting_many_stops_at_the_first_that_stays() -> None:
    body = "<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    with (
        answering(reply(200, body)) as (bucket, asked),
        pytest.raises(AwsError, match=r"b could not .* \(AccessDenied\)"),
    ):
        bucket.delete_many(["a&<", "b"])
    assert b"<Key>a&amp;&lt;</Key>" in asked[0][3]


def test_an_invalidation_is_asked_for_and_watched() -> None:
    def told(status: str) -> Reply:
        space = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"'
        return reply(201, f"<Invalidation {space}><Id>I1</Id><Status>{status}</Status></Invalidation>")

    with answering(hang_up, told("InProgress"), told("Completed")) as (bucket, asked):
        door = Distribution(f"{bucket.url}/E1", "us-east-1", bucket.credentials, 2, "cloudfront")
        assert door.invalidate(["/", "/a&b"], "once") == ("I1", "InProgress")
        assert door.invalidation_status("I1") == "Completed"
    assert asked[0][1:2] == ("/b/E1/invalidation",)
    assert asked[0][3] == asked[1][3], "the same reference: done once, though asked for twice"
    assert b"<Quantity>2</Quantity><Items><Path>/</Path><Path>/a&amp;b</Path></Items>" in asked[1][3]
    assert asked[2][1] == "/b/E1/invalidation/I1"


def test_an_aws_bucket_is_addressed_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    assert aws.found_endpoint("b", "eu-west-1") == "https://b.s3.eu-west-1.amazonaws.com"
    assert aws.found_endpoint("b.c", "eu-west-1") == "https://s3.eu-west-1.amazonaws.com/b.c"
    assert aws.found_endpoint("b", "cn-north-1") == "https://b.s3.cn-north-1.amazonaws.com.cn"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://other:1/")
    assert aws.found_endpoint("b", "r") == "http://other:1/b"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://own:2")
    assert aws.found_endpoint("b", "r") == "http://own:2/b"
    assert aws.found_cloudfront("eu-west-1") == ("http://other:1", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert aws.found_cloudfront("eu-west-1") == ("https://cloudfront.amazonaws.com", "us-east-1")
    assert aws.found_cloudfront("cn-north-1")[1] == "cn-northwest-1"


def test_credentials_come_from_the_environment_or_from_where_botocore_finds_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert aws.found_credentials()() == Credentials("key", "secret", "token")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text("[me]\naws_access_key_id=k\naws_secret_access_key=s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "me")
    assert aws.found_credentials()() == Credentials("k", "s", None)


def test_the_connection_to_aws_trusts_what_botocore_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    wire._trust.cache_clear()
    assert len(wire._trust().get_ca_certs()) > 50


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate of this test")
@pytest.mark.parametrize("by_proxy", [False, True])
def test_it_speaks_tls_also_through_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by_proxy: bool) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-out", str(certificate), "-keyout", str(key)]
    subprocess.run(made, check=True, capture_output=True)
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    seen: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            if by_proxy:
                seen.append(plain.recv(65536))
                plain.sendall(b"HTTP/1.1 200 Connection established\r\nvia: me\r\n\r\n")
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        address = f"https://localhost:{port}/b"
        if by_proxy:
            monkeypatch.setenv("https_proxy", f"http://me:p%40ss@127.0.0.1:{port}")
            monkeypatch.setattr("urllib.request.proxy_bypass", lambda _: False)
            address = "https://localhost/b"
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        wire._trust.cache_clear()
        try:
            bucket = Bucket(address, "r", lambda: Credentials("a", "s"), 1)
            assert bucket.get("k") == b"secret"
            monkeypatch.delenv("AWS_CA_BUNDLE")
            wire._trust.cache_clear()
            with pytest.raises(AwsError, match="certificate"):
                Bucket(address, "r", lambda: Credentials("a", "s"), 1).get("k")
        finally:
            wire._trust.cache_clear()
    if by_proxy:
        assert seen[0].startswith(b"CONNECT localhost:443 HTTP/1.1\r\n")
        assert b"Basic bWU6cEBzcw==" in seen[0]
        assert b"a" not in seen[0].partition(b"\r\n\r\n")[2], "the request itself is for S3 alone"
