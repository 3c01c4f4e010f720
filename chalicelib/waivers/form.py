"""The waiver form: what a guest sends, parsed."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib.charters import event_json
from chalicelib.charters.store import Charter
from chalicelib.core import names, times
from chalicelib.core.fields import Form
from chalicelib.core.settings import settings
from chalicelib.core.tags import is_tag, tag
from chalicelib.waivers import store
from chalicelib.waivers.fields import MAX_MINORS, MAX_STROKES_CHARS, MINOR, SignedForm, Stroke

MAX_STROKES, MAX_POINTS, MAX_COORDINATE = 200, 20_000, 10**15


class Minor(NamedTuple):
    name: str
    birth_date: str
    guest_id: str | None


class Signing(NamedTuple):
    """A form that may be signed as it is."""

    form: SignedForm
    guest_id: str | None
    """Which of the listed guests the signer is."""
    minors: tuple[Minor, ...]
    strokes: list[Stroke]
    opened_at: str
    """Empty where it cannot be proved."""


def tag_opening(event_id: str, now: datetime) -> str:
    """The time when a form was opened, with a tag that only the server can make."""
    at = times.format_instant(now)
    return f"{at}.{tag(f'opened {event_id} {at}')}"


def read_opening(event_id: str, tagged: str, now: datetime) -> str:
    """When the form was opened; empty if that cannot be proved."""
    at, _, given_tag = tagged.partition(".")
    is_true = is_tag(f"opened {event_id} {at}", given_tag) and at <= times.format_instant(now)
    return at if is_true else ""


def parse_signing(
    form: Mapping[str, list[str]], charter: Charter, *, now: datetime, is_signed: bool = False
) -> Signing:
    """The submitted form. Raises BadInput with each problem under its field's name.

    One that `is_signed` is compared, not judged anew by the charter: its list of guests and its date may have changed.
    """
    flat = Form({name: values[0] for name, values in form.items() if name not in MINOR})
    for name, values in form.items():
        if len(values) > 1 and name not in MINOR:
            flat.refuse(name, "is given twice")
    # Age counts on the day of the charter, where it starts.
    day = times.local(charter.details["starts_at"], charter.details["timezone"]).date()
    years = settings().adult_years

    given = flat.read(SignedForm)
    if is_signed:
        flat.finish()
    if given.signer_birth_date and _age(given.signer_birth_date, day) < years:
        flat.refuse("signer_birth_date", f"must be that of an adult: a guardian signs for those under {years}")
    guest_id = _find_guest(flat, charter, given.guest_id, given.signer_name)
    minors = _read_minors(flat, form, charter, day, guest_id)
    if minors and not given.guardian_relationship:
        flat.refuse("guardian_relationship", "is required when you sign for a minor")
    if minors and not given.authority_attestation:
        flat.refuse("authority_attestation", "must be ticked when you sign for a minor")
    if not given.esign_consent:
        flat.refuse("esign_consent", "must be ticked to sign electronically")
    if not given.intent:
        flat.refuse("intent", "must be ticked to sign")
    strokes = read_strokes(flat, given.signature_strokes)
    is_typed = names.has_visible_glyph(given.signature_typed)
    if not is_typed and not strokes and "signature_strokes" not in flat.problems:
        flat.refuse("signature_typed", "is required: type or draw your signature")
    if not is_signed:
        flat.finish()
    return Signing(given, guest_id, minors, strokes, read_opening(charter.event_id, given.opened, now))


def _find_guest(form: Form, charter: Charter, picked_id: str, name: str) -> str | None:
    """Which of the listed guests this is: the one whose name was typed, whatever was picked."""
    guests = charter.details["guests"]
    if picked_id and picked_id not in {guest["guest_id"] for guest in guests}:
        form.refuse("guest_id", "is not on the list any more: please choose again")
    same = _guests_named(charter, name)
    if picked_id in same:
        return picked_id
    return same[0] if same else None


def _guests_named(charter: Charter, name: str) -> list[str]:
    """The ids of the listed guests of this name, those who have not signed first.

    Where several differ only by what the comparison passes over, the very same spelling decides.
    """
    alike = [guest for guest in charter.details["guests"] if names.is_same(guest["name"], name)]
    exact = [guest for guest in alike if names.clean(guest["name"]) == names.clean(name)]
    if len({names.clean(guest["name"]) for guest in alike}) > 1:
        alike = exact
    missing = {guest["guest_id"] for guest in event_json.missing_guests(charter)}
    alike.sort(key=lambda guest: guest["guest_id"] not in missing)
    return [guest["guest_id"] for guest in alike]


def _read_minors(
    form: Form, raw: Mapping[str, list[str]], charter: Charter, on_day: date, signers_guest_id: str | None
) -> tuple[Minor, ...]:
    names, births = raw.get("minor_name", []), raw.get("minor_birth_date", [])
    if len(names) != len(births):
        form.refuse("minor_name", "must come with a birth date each")
        return ()
    years = settings().adult_years
    minors: list[Minor] = []
    for index, (name, birth) in enumerate(zip(names, births, strict=True)):
        if not name.strip() and not birth.strip():
            continue
        name_field, birth_field = f"minor_name[{index}]", f"minor_birth_date[{index}]"
        # One form for each, so that every minor's text is held to the same rules.
        one = Form({name_field: name, birth_field: birth})
        clean_name = one.read_one(name_field, MINOR["minor_name"])
        born = one.read_one(birth_field, MINOR["minor_birth_date"])
        form.problems.update(one.problems)
        if not born:
            form.refuse(birth_field, "is required for each minor")
        elif born > on_day.isoformat():
            form.refuse(birth_field, "must not be in the future")
        elif _age(born, on_day) >= years:
            form.refuse(birth_field, f"must be that of a minor: whoever is {years} or older signs alone")
        taken = {signers_guest_id, *(minor.guest_id for minor in minors)}
        free = [guest_id for guest_id in _guests_named(charter, clean_name) if guest_id not in taken]
        minors.append(Minor(clean_name, born, free[0] if free else None))
    if len(minors) > MAX_MINORS:
        form.refuse("minor_name", f"must be at most {MAX_MINORS}; please sign a second form for the others")
    return tuple(minors)


def _age(born: str, on_day: date) -> int:
    birthday = date.fromisoformat(born)
    return on_day.year - birthday.year - ((on_day.month, on_day.day) < (birthday.month, birthday.day))


def read_strokes(form: Form, text: str) -> list[Stroke]:
    """A drawn signature: strokes, each a list of points or an object with `points`; empty when there is none.

    A point is {x, y, time} or [x, y, time]; the time, in milliseconds, may be left out.
    """
    if not text:
        return []
    try:
        points = [[_point(point) for point in _points(stroke)] for stroke in _listed(json.loads(text))]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError):
        form.refuse("signature_strokes", "must be a list of strokes, each with points x and y")
        return []
    # Measured as it is stored: blanks do not count, and 1e9 counts as ten digits.
    is_too_long = len(store.to_drawing(points)) > MAX_STROKES_CHARS
    if is_too_long or len(points) > MAX_STROKES or sum(map(len, points)) > MAX_POINTS:
        form.refuse("signature_strokes", "is too long")
        return []
    return [stroke for stroke in points if stroke]


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _points(stroke: Any) -> list[Any]:
    return _listed(stroke["points"] if isinstance(stroke, dict) else stroke)


def _point(point: Any) -> list[int]:
    """[x, y, milliseconds] in whole numbers: a hash must not depend on how a float is written."""
    given = [point["x"], point["y"], point.get("time", 0)] if isinstance(point, dict) else [*_listed(point), 0][:3]
    if len(given) < 3 or not all(type(number) in (int, float) for number in given):
        raise ValueError(point)
    numbers = [round(number) for number in given]
    # 1e300 would be stored as three hundred digits.
    if max(map(abs, numbers)) > MAX_COORDINATE:
        raise ValueError(point)
    return numbers
