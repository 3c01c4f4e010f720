import json
from typing import Any

import pytest

from chalicelib.core.errors import BadInput
from chalicelib.waivers import form as signing_form
from tests.support import operator

# On the evening of Saturday, November 28, where it starts; in UTC it is Sunday already.
CHARTER = operator.event(starts_at="2026-11-29T01:00:00Z")


def form(**changes: Any) -> dict[str, list[str]]:
    """A form signed by an adult for herself; None takes a field away, a list repeats it."""
    values = {
        "submission_id": operator.uuid(),
        "waiver_version": "a" * 64,
        "signer_name": "Ana Rivera",
        "signer_email": "ana@example.com",
        "esign_consent": "on",
        "intent": "on",
        "signature_typed": "Ana Rivera",
        **changes,
    }
    return {name: value if isinstance(value, list) else [value] for name, value in values.items() if value is not None}


def minors(*births: str) -> dict[str, Any]:
    return {
        "minor_name": [f"Child {number}" for number in range(len(births))],
        "minor_birth_date": list(births),
        "guardian_relationship": "parent",
        "authority_attestation": "on",
    }


def parsed(**changes: Any) -> signing_form.Signing:
    return signing_form.parse_signing(form(**changes), CHARTER, now=operator.NOW)


def refused(**changes: Any) -> dict[str, str]:
    """The problems of a form, by field."""
    with pytest.raises(BadInput) as problem:
        parsed(**changes)
    return problem.value.fields


def drawn(strokes: Any) -> dict[str, Any]:
    return {"signature_typed": "", "signature_strokes": strokes if isinstance(strokes, str) else json.dumps(strokes)}


def test_a_name_two_ticks_and_a_typed_signature_are_enough() -> None:
    signed = parsed(signer_email=None)
    assert (signed.form.signer_name, signed.form.signature_typed, signed.minors) == ("Ana Rivera", "Ana Rivera", ())


@pytest.mark.parametrize("field", ["submission_id", "waiver_version", "signer_name", "esign_consent", "intent"])
def test_a_missing_required_field_is_named(field: str) -> None:
    assert set(refused(**{field: None})) == {field}


def test_a_signature_is_typed_or_drawn() -> None:
    assert set(refused(signature_typed="")) == {"signature_typed"}
    signed = parsed(**drawn([{"points": [{"x": 1.4, "y": 2.6, "time": 1764336600123}]}]))
    assert signed.strokes == [[[1, 3, 1764336600123]]]


@pytest.mark.parametrize(
    "strokes",
    [
        "{",
        "5",
        [1],
        [{"points": 1}],
        [{"points": [{"x": 1}]}],
        [{"points": [{"x": None, "y": 1}]}],
        '[{"points": [{"x": NaN, "y": 1}]}]',
        '[{"points": [{"x": Infinity, "y": 1}]}]',
        '[{"points": [{"x": 1e999, "y": 1}]}]',
        # Rounded to a whole number it would have three hundred digits, each time.
        '[{"points": [{"x": 1e300, "y": 1}]}]',
        '[{"points": [{"x": 1, "y": 1, "time": -1e16}]}]',
        [{"points": [{"x": 1, "y": 1}]}] * (signing_form.MAX_STROKES + 1),
        "[" * 100_000,
    ],
    ids=range(13),
)
def test_a_drawing_that_is_invalid_or_too_large_is_refused_under_its_field(strokes: Any) -> None:
    assert "signature_strokes" in refused(**drawn(strokes))


@pytest.mark.parametrize(
    ("birth", "fields"),
    [
        ("2008-11-29", set()),
        # Eighteen on the very day of the charter, which there is the 28th.
        ("2008-11-28", {"minor_birth_date[0]"}),
        ("2026-11-28", set()),
        ("2026-11-29", {"minor_birth_date[0]"}),
        ("1999-01-01", {"minor_birth_date[0]"}),
        ("", {"minor_birth_date[0]"}),
        ("28.11.2015", {"minor_birth_date[0]"}),
    ],
)
def test_a_minor_is_under_eighteen_on_the_day_of_the_charter_where_it_starts(birth: str, fields: set[str]) -> None:
    if not fields:
        (minor,) = parsed(**minors(birth)).minors
        assert minor.birth_date == birth
    else:
        assert set(refused(**minors(birth))) == fields


def test_a_signer_for_minors_says_by_what_right() -> None:
    about = minors("2015-01-01")
    assert set(refused(**{**about, "guardian_relationship": ""})) == {"guardian_relationship"}
    assert set(refused(**{**about, "authority_attestation": None})) == {"authority_attestation"}
    assert set(refused(**{**about, "guardian_relationship": "uncle"})) == {"guardian_relationship"}


def test_a_form_covers_ten_minors_and_no_more() -> None:
    assert len(parsed(**minors(*["2015-01-01"] * 10)).minors) == 10
    assert set(refused(**minors(*["2015-01-01"] * 11))) == {"minor_name"}


def test_empty_rows_for_minors_are_ignored() -> None:
    about = {**minors("", "2015-01-01"), "minor_name": [" ", "Tim"]}
    assert [minor.name for minor in parsed(**about).minors] == ["Tim"]


def test_a_signer_is_an_adult_on_the_day_of_the_charter() -> None:
    assert parsed(signer_birth_date="2008-11-28").form.signer_birth_date == "2008-11-28"
    assert set(refused(signer_birth_date="2008-11-29")) == {"signer_birth_date"}


def test_a_field_given_twice_or_unknown_is_refused_by_name() -> None:
    assert refused(signer_name=["Ana", "Ben"])["signer_name"] == "is given twice"
    assert refused(admin="1") == {"admin": "is not a known field"}
