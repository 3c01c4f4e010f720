import json
from typing import Any

import pytest

from chalicelib.core.errors import BadInput
from chalicelib.waivers import form as signing_form
from chalicelib.waivers.fields import MAX_STROKES_CHARS
from tests.support import operator
from tests.support.pages import drawing

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


def test_a_drawing_may_be_of_60_kb_and_not_of_one_byte_more() -> None:
    assert MAX_STROKES_CHARS == 60 * 1024
    largest = drawing(60 * 1024)
    assert len(largest) == 60 * 1024
    assert parsed(**drawn(largest)).strokes == json.loads(largest)
    assert set(refused(**drawn(drawing(60 * 1024 + 1)))) == {"signature_strokes"}


def test_a_drawing_that_is_short_as_it_is_sent_and_too_large_as_whole_numbers_is_refused() -> None:
    short = f"[[{','.join(['[1e15,1e15]'] * 5000)}]]"
    assert len(short) < 60 * 1024
    assert refused(**drawn(short)) == {"signature_strokes": "is too long"}


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


# --- which of the listed guests it is ---------------------------------------------------------------

JOSE, OBRIEN, BOB, ANNE, ANNE_TOO, ACCENTED, PLAIN = (
    {"guest_id": f"{number:016x}", "name": name, "email": ""}
    for number, name in enumerate(
        ("José Núñez", "O\u2019Brien Kay", "Bob Two", "Anne-Marie Ott", "anne marie", "Zoé Lind", "Zoe Lind")
    )
)
LISTED = [JOSE, OBRIEN, BOB, ANNE, ANNE_TOO, ACCENTED, PLAIN]


def guest_of(name: str, picked: dict[str, str] | None = None, signed: tuple[dict[str, str], ...] = ()) -> str | None:
    """The listed guest whom a form of this name is linked to, some having signed before."""
    charter = operator.event(guests=LISTED)._replace(signed_guest_ids=frozenset(one["guest_id"] for one in signed))
    given = form(signer_name=name, guest_id=picked["guest_id"] if picked else "")
    return signing_form.parse_signing(given, charter, now=operator.NOW).guest_id


@pytest.mark.parametrize(
    ("typed", "guest"),
    [
        ("José Núñez", JOSE),
        ("Jose\u0301 Nu\u0301n\u0303ez", JOSE),
        ("jose nunez", JOSE),
        ("  JOSÉ   NÚÑEZ ", JOSE),
        ("O'Brien Kay", OBRIEN),
        ("O\u02bcbrien  Kay", OBRIEN),
        ("Anne\u2010Marie Ott", ANNE),
        ("Anne\u2013Marie Ott", ANNE),
        ("Anne Marie Ott", None),
        ("Cat Three", None),
        # Two on the list differ by an accent alone: only the very same spelling names one of them.
        ("Zoé Lind", ACCENTED),
        ("Zoe\u0301 Lind", ACCENTED),
        ("Zoe Lind", PLAIN),
        ("Zoè Lind", None),
    ],
)
def test_a_typed_name_is_the_listed_guest_of_that_name_however_it_is_written(
    typed: str, guest: dict[str, str] | None
) -> None:
    assert guest_of(typed) == (guest and guest["guest_id"])


def test_to_pick_one_name_and_type_another_links_to_the_typed_one_or_to_nobody() -> None:
    assert guest_of("Cat Three", picked=BOB) is None
    assert guest_of("José Núñez", picked=BOB) == JOSE["guest_id"]
    assert guest_of("bob two", picked=BOB) == BOB["guest_id"]


def test_a_guest_who_signs_again_is_the_same_guest() -> None:
    assert guest_of("Bob Two", signed=(BOB,)) == BOB["guest_id"]


def test_of_two_listed_guests_of_one_name_the_picked_one_signs_else_the_one_who_has_not() -> None:
    twins = [{"guest_id": f"{number:016x}", "name": "John Smith", "email": ""} for number in (1, 2)]
    charter = operator.event(guests=twins)

    def sign(picked: str, *signed: str) -> str | None:
        seen = charter._replace(signed_guest_ids=frozenset(signed))
        given = form(signer_name="John Smith", guest_id=picked)
        return signing_form.parse_signing(given, seen, now=operator.NOW).guest_id

    first, second = (one["guest_id"] for one in twins)
    assert [sign(""), sign(second), sign("", first), sign(first, first)] == [first, second, second, first]


def test_minors_of_one_name_are_different_guests_and_none_of_them_is_the_signer() -> None:
    names = ["Kim Ott", "Kim Ott", "Ana Rivera"]
    listed = [{"guest_id": f"{number:016x}", "name": name, "email": ""} for number, name in enumerate(names)]
    given = form(**{**minors(*["2018-05-05"] * 4), "minor_name": ["Kim Ott", "kim ott", "Kim Ott", "Ana Rivera"]})
    signed = signing_form.parse_signing(given, operator.event(guests=listed), now=operator.NOW)
    ids = [one["guest_id"] for one in listed]
    assert (signed.guest_id, [minor.guest_id for minor in signed.minors]) == (ids[2], [ids[0], ids[1], None, None])


@pytest.mark.parametrize("field", ["signer_name", "signature_typed", "minor_name"])
def test_a_name_that_holds_a_web_address_or_a_line_break_is_refused_kindly(field: str) -> None:
    for name, rule in (
        ("Your payment failed - confirm at https://evil.example", "must be a name, without a web address"),
        ("Ana www.evil.example", "must be a name, without a web address"),
        ("Ana evil.example/pay", "must be a name, without a web address"),
        ("Ana\r\nRivera", "must be a name, on one line"),
    ):
        about: dict[str, Any] = {field: name}
        shown = field
        if field == "minor_name":
            about, shown = {**minors("2018-05-05"), "minor_name": [name]}, "minor_name[0]"
        assert refused(**about) == {shown: rule}


def test_a_name_of_nothing_that_can_be_seen_is_no_name() -> None:
    assert refused(signer_name="\u200b") == {"signer_name": "is required"}
    assert set(refused(signature_typed="\u200b")) == {"signature_typed"}
