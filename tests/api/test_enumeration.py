"""Ids cannot be guessed, and every unknown id, of whatever form, gets the same answer."""

import base64
import itertools
import re
import uuid
from typing import Any

import pytest

from tests.support.api import Api, new_event
from tests.support.operator import PASSWORD
from tests.support.signed import sign

# Well formed and unknown, as the id before it or after it, and what never was an id.
MALFORMED = ["A" * 21, "A" * 23, "A" * 21 + "%2F", "-", "..", "null", "0", "A" * 5000, "EVENT", "'; --", "%00"]


def guesses(event: dict[str, Any]) -> list[str]:
    known = event["event_id"]
    near = [known[:-1] + ("A" if known[-1] != "A" else "B"), known.swapcase(), known[::-1]]
    return [*near, "A" * 22, "_" * 22, *MALFORMED]


def seen_from_outside(answer: Any) -> tuple[int, dict[str, str], str]:
    return answer.status, answer.headers, answer.text


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/guest/{}"), ("GET", "/g/{}/waiver"), ("HEAD", "/g/{}/waiver")]
)
def test_every_wrong_id_of_a_charter_gets_the_same_answer(
    guest: Api, event: dict[str, Any], method: str, path: str
) -> None:
    answers = {str(seen_from_outside(guest.call(method, path.format(guess)))) for guess in guesses(event)}
    assert len(answers) == 1
    assert guest.call(method, path.format("A" * 22)).status == 404


def test_a_wrong_id_never_costs_more_work_than_a_right_one(guest: Api, event: dict[str, Any], calls: list[str]) -> None:
    # The charter, and who the operator is.
    work = ["BatchGetItem", "GetItem"]
    for path in ("/api/guest/{}", "/g/{}/waiver"):
        for guess in guesses(event):
            calls.clear()
            guest.get(path.format(guess))
            assert len(calls) <= len(work), guess
        calls.clear()
        guest.get(path.format(event["event_id"]))
        assert calls == work


def test_every_wrong_link_to_a_copy_or_a_signed_page_gets_the_same_answer(guest: Api, event: dict[str, Any]) -> None:
    url = f"/g/{event['event_id']}/waiver"
    for name, status in (("copy", 404), ("signed", 200)):
        wrong = ["A" * 22, "B" * 22, "A" * 43, "0" * 32, f"{'0' * 32}.{'A' * 22}", "x", "A" * 5000]
        answers = [guest.get(f"{url}?{name}={one}") for one in wrong]
        assert {answer.status for answer in answers} == {status}
        # Each form has an id of its own.
        assert len({re.sub(r'name="(submission_id|opened)" value="[^"]*"', "", answer.text) for answer in answers}) == 1


def test_every_wrong_id_inside_a_charter_gets_the_same_answer(api: Api, guest: Api, event: dict[str, Any]) -> None:
    other = api.post("/api/events", new_event()).json
    inside, elsewhere = (f"/api/events/{one['event_id']}" for one in (event, other))
    payment_id = str(uuid.uuid4())
    assert api.put(f"{inside}/payments/{payment_id}", {"method": "cash", "amount_cents": 1}).status == 201
    for url in (f"{elsewhere}/payments/{payment_id}", f"{inside}/payments/{uuid.uuid4()}"):
        for act, body in (("void", {"reason": "x"}), ("clear", {}), ("bounce", {"reason": "x"}), ("receipt", None)):
            answer = api.post(f"{url}/{act}", body)
            assert (answer.status, answer.json["Code"]) == (404, "NotFound")
    signed = sign(guest, other)
    wrong = (f"{inside}/waivers/{one}" for one in ("0" * 32, "x", "A" * 22, str(uuid.uuid4()), signed))
    answers = [
        (answer.status, answer.text)
        for one in wrong
        for answer in (
            api.get(one),
            api.get(f"{one}/bundle"),
            api.post(f"{one}/set-aside", {"reason": "x"}),
            api.post(f"{one}/erase", {"reason": "x"}),
        )
    ]
    assert len(set(answers)) == 1
    assert answers[0][0] == 404


def test_ids_are_random_and_have_nothing_in_common(api: Api) -> None:
    ids = [api.post("/api/events", new_event()).json["event_id"] for _ in range(20)]
    raw = [int.from_bytes(base64.urlsafe_b64decode(one + "==")) for one in ids]
    assert all(len(one) == 22 for one in ids)
    assert len(set(ids)) == len(ids)
    # Of 128 random bits about 64 differ between any two; a counter or a clock would share most of them.
    apart = [(one ^ other).bit_count() for one, other in itertools.pairwise(raw)]
    assert min(apart) > 30


def test_tokens_are_256_random_bits(guest: Api) -> None:
    tokens = [guest.post("/api/login", {"password": PASSWORD}).json["token"] for _ in range(5)]
    raw = [base64.urlsafe_b64decode(token + "=") for token in tokens]
    assert {len(one) for one in raw} == {32}
    assert all(
        (int.from_bytes(one) ^ int.from_bytes(other)).bit_count() > 80 for one, other in itertools.combinations(raw, 2)
    )
