"""The calls to S3 and CloudFront, on a server that answers as AWS may: what is tried again, what each refusal means."""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.answering import Reply, answering, hang_up, refusal, reply
from tools.common.cloud import LOCAL_STAGE, Cloud
from tools.common.console import Refused
from tools.sync.bucket import Bucket
from tools.sync.layout import SpaFile
from tools.sync.release import Head, Live, Who, release_of, stage

FILE = SpaFile("assets/app-1.js", b"body")
PAGE = SpaFile("index.html", b"<p>")
WHO = Who("ana", "2026-06-01T10:00:00Z", "c0ffee", "n1")
EMPTY = {name: Live("empty", None, {}) for name in ("staging", "production")}
DONE, EXISTS, UNDECIDED = reply(200), refusal(412, "PreconditionFailed"), refusal(409, "ConditionalRequestConflict")


def bucket_at(address: str) -> Bucket:
    return Bucket(Cloud(LOCAL_STAGE, address, attempts=3), "spa", "E1")


def quiet(_: str) -> None:
    """Progress is for people."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def stored(etag: str) -> Reply:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("ETag", etag)
        handler.send_header("Content-Length", "4")
        handler.end_headers()

    return answer


# What is tried again


@pytest.mark.parametrize("passing", [hang_up, reply(500), refusal(503, "SlowDown"), refusal(400, "RequestTimeout")])
def test_what_passes_is_tried_again_with_the_whole_request(passing: Reply) -> None:
    with answering(passing, passing, DONE) as (address, asked):
        bucket_at(address).fill_pool([FILE], quiet)
    assert [(one.method, one.target, one.body) for one in asked] == [("PUT", "/spa/assets/app-1.js", b"body")] * 3
    assert all(one.headers["If-None-Match"] == "*" for one in asked)
    assert {one.headers["x-amz-checksum-sha256"] for one in asked} == {"Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU="}


def test_trying_again_ends() -> None:
    with answering(refusal(503, "SlowDown")) as (address, asked):
        with pytest.raises(ClientError, match="SlowDown"):
            bucket_at(address).fill_pool([FILE], quiet)
        assert len(asked) == 3
    with pytest.raises(BotoCoreError):
        bucket_at("http://127.0.0.1:1").head()


@pytest.mark.parametrize(("status", "code"), [(400, "Some"), (403, "AccessDenied"), (409, "InvalidBucketState")])
def test_a_refusal_is_not_tried_again_and_not_taken_for_an_object_that_exists(status: int, code: str) -> None:
    with answering(refusal(status, code)) as (address, asked):
        with pytest.raises(ClientError, match=code):
            bucket_at(address).fill_pool([FILE], quiet)
        assert [one.method for one in asked] == ["PUT"]


# Conditional writes


def test_another_write_of_the_key_under_way_decides_nothing_and_is_tried_again() -> None:
    with answering(UNDECIDED, UNDECIDED, DONE) as (address, asked):
        bucket_at(address).fill_pool([FILE], quiet)
    assert [one.method for one in asked] == ["PUT"] * 3


def test_a_write_that_stays_under_way_is_told() -> None:
    with answering(UNDECIDED) as (address, asked):
        with pytest.raises(ClientError, match="ConditionalRequestConflict"):
            bucket_at(address).fill_pool([FILE], quiet)
        assert {one.method for one in asked} == {"PUT"}


@pytest.mark.parametrize("before", [[], [UNDECIDED]])
def test_an_asset_that_exists_is_fine_with_the_same_bytes_and_refused_with_others(before: list[Reply]) -> None:
    with answering(*before, EXISTS, stored(FILE.info.etag)) as (address, asked):
        bucket_at(address).fill_pool([FILE], quiet)
        assert asked[-1].method == "HEAD"
    with answering(*before, EXISTS, stored('"other"')) as (address, _), pytest.raises(Refused, match="other bytes"):
        bucket_at(address).fill_pool([FILE], quiet)


@pytest.mark.parametrize("lost", [EXISTS, refusal(404, "NoSuchKey")])
def test_a_slot_that_moved_is_told_and_the_page_is_written_under_what_was_seen(lost: Reply) -> None:
    head = stage(Head(), WHO, release_of([PAGE], WHO, {}), EMPTY, ())
    assert head.staging
    empty_list = reply(200, "<ListBucketResult></ListBucketResult>")
    with answering(lost, empty_list) as (address, asked), pytest.raises(Refused, match="changed meanwhile"):
        bucket_at(address).settle("staging", head.staging, {"index.html": '"seen"'})
    assert (asked[0].target, asked[0].headers["If-Match"]) == ("/spa/staging/index.html", '"seen"')


# Lists


def test_a_listing_is_read_page_after_page_and_decoded() -> None:
    def page(key: str, more: str) -> Reply:
        return reply(
            200,
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>'
            f"<Contents><Key>{key}</Key><LastModified>2026-01-31T12:00:00.500Z</LastModified><ETag>&quot;e&quot;</ETag>"
            f"</Contents>{more}</ListBucketResult>",
        )

    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>a+/=</NextContinuationToken>"
    with answering(page("assets/a+b%2Bc", more), page("assets/%C3%BC", "")) as (address, asked):
        found = bucket_at(address).pool()
    assert [one.key for one in found] == ["assets/a b+c", "assets/ü"]
    assert found[0].etag == '"e"'
    assert found[0].modified_at == datetime(2026, 1, 31, 12, 0, 0, 500_000, UTC).timestamp()
    assert "prefix=assets%2F" in asked[0].target
    assert "continuation-token=a%2B%2F%3D" in asked[1].target


def test_deleting_many_stops_at_the_first_that_stays() -> None:
    body = "<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    with answering(reply(200, body)) as (address, asked), pytest.raises(Refused, match=r"b could not .*AccessDenied"):
        bucket_at(address).delete_files(["a&<", "b"])
    assert b"<Key>a&amp;&lt;</Key>" in asked[0].body


# CloudFront


def test_an_invalidation_is_asked_for_once_and_watched() -> None:
    def state(status: str) -> Reply:
        space = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"'
        return reply(201, f"<Invalidation {space}><Id>I1</Id><Status>{status}</Status></Invalidation>")

    with answering(hang_up, state("InProgress"), state("InProgress"), state("Completed")) as (address, asked):
        bucket_at(address).invalidate(["/", "/a&b"], quiet)
    assert [one.target for one in asked] == ["/2020-05-31/distribution/E1/invalidation"] * 2 + [
        "/2020-05-31/distribution/E1/invalidation/I1"
    ] * 2
    assert asked[0].body == asked[1].body, "the same reference: done once, though asked for twice"
    assert b"<Quantity>2</Quantity><Items><Path>/</Path><Path>/a&amp;b</Path></Items>" in asked[1].body
