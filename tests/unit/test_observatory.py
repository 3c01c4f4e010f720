"""The grading itself: what is good scores high, and each thing that is missing or weak costs what was published."""

import pytest

from tests.support.observatory import score

GOOD = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def test_the_best_answer_without_cookies_scores_130() -> None:
    assert score(GOOD, "") == 120
    assert score(GOOD | {"Cross-Origin-Resource-Policy": "same-origin"}, "") == 130


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("Content-Security-Policy", "", 75),
        ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'", 115),
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'", 80),
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-eval'; frame-ancestors 'none'", 100),
        ("Content-Security-Policy", "default-src 'none'; script-src 'sha256-x' 'unsafe-inline'", 115),
        ("Content-Security-Policy", "script-src 'self'", 80),
        ("Strict-Transport-Security", "", 80),
        ("Strict-Transport-Security", "max-age=3600", 110),
        ("X-Content-Type-Options", "", 115),
        ("Referrer-Policy", "", 115),
        ("Referrer-Policy", "unsafe-url", 110),
        ("Access-Control-Allow-Origin", "*", 50),
        ("Set-Cookie", "id=1", 60),
        ("Cross-Origin-Resource-Policy", "anything", 115),
    ],
)
def test_what_is_weak_costs_what_was_published(header: str, value: str, expected: int) -> None:
    assert score(GOOD | {header: value}, "") == expected


def test_a_frame_needs_a_policy_or_the_old_header() -> None:
    bare = {name: value for name, value in GOOD.items() if name != "X-Frame-Options"}
    assert score(bare | {"Content-Security-Policy": "default-src 'none'"}, "") == 80


def test_a_script_from_elsewhere_costs_something() -> None:
    assert score(GOOD, '<script src="/assets/a.js"></script>') == 120
    assert score(GOOD, '<script src="https://cdn.example/a.js"></script>') == 115
    assert score(GOOD, '<script src="//cdn.example/a.js"></script>') == 50
