"""Who may call the local stack, by what the browser says of the caller."""

import pytest

from tools.local.callers import NO_OTHER_SITE, NOT_HERE, Headers, judge_client, judge_viewer

HERE = ("Host", "localhost:8000")
AWS = ("Host", "127.0.0.1:45000")
EVIL = ("Origin", "https://evil.example")


def site(value: str, mode: str = "no-cors", dest: str = "empty") -> list[tuple[str, str]]:
    return [("Sec-Fetch-Site", value), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]


FOLLOWING = site("cross-site", "navigate", "document")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize(
    "more",
    [
        [],
        [("Origin", "http://localhost:8000")],
        [("origin", "null")],
        [("Origin", "null"), *site("same-origin", "navigate", "document")],
        site("same-origin"),
        site("none", "navigate", "document"),
        [("Referer", "https://evil.example/")],
    ],
)
def test_programs_and_the_products_own_pages_are_answered(method: str, more: Headers) -> None:
    assert judge_viewer(method, [HERE, *more]) is None


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000"])
def test_this_machine_has_two_names(host: str) -> None:
    assert judge_viewer("GET", [("Host", host)]) is None
    assert judge_client([("Host", host)]) is None


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["evil.example"],
        ["evil.example:8000"],
        ["localhost.evil.example:8000"],
        ["evil-localhost:8000"],
        ["localhost:8000@evil.example"],
        ["localhost:evil"],
        ["localhost."],
        ["0.0.0.0:8000"],
        ["192.168.1.5:8000"],
        ["[::1]:8000"],
        ["localhost:8000", "evil.example"],
    ],
)
def test_a_name_that_somebody_pointed_here_is_not_answered(hosts: list[str]) -> None:
    headers = [("Host", host) for host in hosts]
    assert judge_viewer("GET", headers) == NOT_HERE
    assert judge_client(headers) == NOT_HERE


def test_a_name_that_only_looks_like_a_distributions_is_not_answered() -> None:
    for host in ("d1.cloudfront.net.evil.example", "d1.cloudfront.net@evil.example", "evil.example/.cloudfront.net"):
        assert judge_client([("Host", host)]) == NOT_HERE
    assert judge_client([("Host", "d1.cloudfront.net"), ("Host", "evil.example")]) == NOT_HERE


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize(
    "more",
    [
        [EVIL],
        [("Origin", "http://localhost:3000")],
        [("Origin", "http://127.0.0.1:8000")],
        [("Origin", "https://localhost:8000")],
        [("Origin", "")],
        [("Origin", "http://localhost:8000"), EVIL],
        site("cross-site"),
        site("same-site"),
        site("something-new"),
        [("Origin", "null"), *site("cross-site", "navigate", "iframe")],
        [EVIL, *site("cross-site", "navigate", "document")],
        site("cross-site", "navigate", "iframe"),
        site("cross-site", "no-cors", "image"),
        site("cross-site", "no-cors", "script"),
        site("cross-site", "websocket", "websocket"),
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
    ],
)
def test_a_page_of_another_site_is_not_answered(method: str, more: Headers) -> None:
    assert judge_viewer(method, [HERE, *more]) == NO_OTHER_SITE


def test_another_site_may_link_here_and_only_read_by_that() -> None:
    for also in (FOLLOWING, site("same-site", "navigate", "document")):
        assert judge_viewer("GET", [HERE, *also]) is None
        for method in ("POST", "PUT", "DELETE"):
            assert judge_viewer(method, [HERE, *also]) == NO_OTHER_SITE


@pytest.mark.parametrize(
    "more",
    [
        [EVIL],
        [("Origin", "null")],
        [("Origin", "http://127.0.0.1:45000")],
        site("cross-site"),
        site("same-site"),
        site("same-origin"),
        FOLLOWING,
        [("Referer", "https://evil.example/")],
    ],
)
def test_the_embedded_aws_answers_programs_and_its_distribution_but_no_browser(more: list[tuple[str, str]]) -> None:
    assert judge_client([AWS]) is None
    assert judge_client([AWS, *more]) == NO_OTHER_SITE
    assert judge_client([("Host", "d1abc.cloudfront.net"), *more]) is None, "the front door has judged it"
    assert judge_client([AWS, ("X-Origin-Verify", "secret"), *more]) is None, "the distribution asks its origin"
