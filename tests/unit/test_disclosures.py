"""Disclosures: the examples that RFC 9901 prints, and what erasing leaves."""

import base64
import json
from itertools import count
from typing import Any

import pytest

from chalicelib.waivers.evidence import disclosures

# RFC 9901 section 5.1: disclosure, its digest, what it says.
PRINTED = [
    (
        "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
        "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
        {"given_name": "John"},
    ),
    (
        "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd",
        "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
        {"family_name": "Doe"},
    ),
    (
        "WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgInBob25lX251bWJlcl92ZXJpZmllZCIsIHRydWVd",
        "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM",
        {"phone_number_verified": True},
    ),
    (
        "WyJHMDJOU3JRZmpGWFE3SW8wOXN5YWpBIiwgInVwZGF0ZWRfYXQiLCAxNTcwMDAwMDAwXQ",
        "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI",
        {"updated_at": 1570000000},
    ),
]
# Section 4.2.1: one field as four JSON writers spell it; the third is ours.
SPELLINGS = [
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
    "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
]


def sealed() -> tuple[dict[str, Any], list[str]]:
    salts = count()
    fields = {"signer_name": "Zoë Ångström", "signer_email": None, "age": 40}
    return disclosures.seal({"type": "waiver"}, fields, lambda: f"salt {next(salts)}")


def encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(("disclosure", "digest", "says"), PRINTED)
def test_digests_and_contents_are_those_that_the_rfc_prints(disclosure: str, digest: str, says: dict[str, Any]) -> None:
    assert disclosures.digest(disclosure) == digest
    assert disclosures.read([disclosure]) == says


def test_a_disclosure_is_spelled_as_the_rfc_does_without_spaces() -> None:
    assert disclosures.make("family_name", "Möbius", "_26bc4LT-ac6q2KI6cBW5es") == SPELLINGS[2]
    assert disclosures.digest(SPELLINGS[0]) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert [disclosures.read([one]) for one in SPELLINGS] == [{"family_name": "Möbius"}] * 4
    assert len({disclosures.digest(one) for one in SPELLINGS}) == 4


def test_a_sealed_payload_holds_digests_and_nothing_of_the_fields() -> None:
    payload, made = sealed()
    assert payload == {"type": "waiver", "_sd": sorted(map(disclosures.digest, made)), "_sd_alg": "sha-256"}
    assert disclosures.read(made) == {"signer_name": "Zoë Ångström", "signer_email": None, "age": 40}
    assert disclosures.find_fault(payload, made) is None


def test_an_equal_field_with_another_salt_has_another_digest() -> None:
    assert disclosures.make("a", "x", "1") != disclosures.make("a", "x", "2")


def test_any_fields_may_be_erased() -> None:
    payload, made = sealed()
    for gone in made:
        assert disclosures.find_fault(payload, [one for one in made if one != gone]) is None
    assert disclosures.find_fault(payload, []) is None


def test_a_changed_field_is_named() -> None:
    payload, made = sealed()
    at = next(at for at, one in enumerate(made) if "signer_name" in disclosures.read([one]))
    forged = [*made[:at], disclosures.make("signer_name", "Somebody Else", "salt 0"), *made[at + 1 :]]
    assert disclosures.find_fault(payload, forged) == "its field 'signer_name' was changed"
    assert disclosures.find_fault(payload, [*made[:at], "x" + made[at], *made[at + 1 :]]) == (
        f"its field number {at + 1} was changed: it cannot be read"
    )


def test_fields_given_twice_added_or_in_another_order_are_told() -> None:
    payload, made = sealed()
    assert "stands in it twice" in str(disclosures.find_fault(payload, [made[0], *made]))
    assert disclosures.find_fault(payload, made[::-1]) == "its fields were put in another order"
    added = [*made, disclosures.make("note", "x", "salt 9")]
    assert disclosures.find_fault(payload, added) == "its field 'note' was changed"


def test_a_disclosed_field_cannot_stand_for_one_of_the_payload() -> None:
    hidden = disclosures.make("type", "set_aside", "salt")
    payload = {"type": "waiver", "_sd": [disclosures.digest(hidden)], "_sd_alg": "sha-256"}
    assert disclosures.find_fault(payload, [hidden]) == "its field 'type' stands in it twice"
    for name in ("type", "_sd", "_sd_alg", "..."):
        with pytest.raises(ValueError, match="cannot disclose"):
            disclosures.seal({"type": "waiver"}, {name: "x"}, lambda: "salt")


@pytest.mark.parametrize(
    "payload", [{}, {"_sd": "x", "_sd_alg": "sha-256"}, {"_sd": []}, {"_sd": [], "_sd_alg": "md5"}]
)
def test_a_payload_without_digests_is_told(payload: dict[str, Any]) -> None:
    assert disclosures.find_fault(payload, []) == "its payload has no digests of its fields"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "é",
        "A",
        "====",
        "W10=",
        encoded({"a": 1}),
        encoded(["salt", "a"]),
        encoded(["salt", "a", 1, 2]),
        encoded(["salt", 1, "a"]),
        encoded([1, "a", "b"]),
        encoded(["salt", "a", 1.5]),
        encoded(["salt", "a", ["b"]]),
        base64.urlsafe_b64encode(b"[" * 4000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe[\x00").decode(),
    ],
)
def test_a_text_that_is_no_disclosure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is not"):
        disclosures.read([text])
