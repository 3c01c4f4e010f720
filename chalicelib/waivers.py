"""Waiver versions, signing and the chain of signed records."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib import acts, chain, events, fields, notifications, pages, store, times
from chalicelib.acts import Actor
from chalicelib.errors import Busy, Conflict, NotFound
from chalicelib.fields import Fields
from chalicelib.store import EventRecord

MAX_MINORS = 10
ADULT_YEARS = 18
MAX_TEXT_CHARS = 60_000
MAX_STROKES, MAX_POINTS, MAX_COORDINATE = 200, 20_000, 10**15
RELATIONSHIPS = ("parent", "legal_guardian", "grandparent", "other")

DEFAULT_TITLE = "Release of Liability and Assumption of Risk"
ESIGN_STATEMENT = (
    "I agree to sign this document electronically, and that my electronic signature is as binding as one on paper."
)
INTENT_STATEMENT = (
    "I have read this document, I understand it, and I mean to sign it for myself and for every minor I name here."
)
AUTHORITY_STATEMENT = "I am the parent or legal guardian of each minor named here, or have their authority to sign."


class VersionConflict(Conflict):
    """409. The text was changed after the page was opened."""


class NotOpen(Conflict):
    """409. The charter takes no signatures."""


@dataclass(frozen=True)
class Minor:
    name: str
    birth_date: str


@dataclass(frozen=True)
class Signing:
    submission_id: str
    waiver_version: str
    signer_name: str
    signer_email: str
    signer_phone: str
    signer_birth_date: str | None
    signature_typed: str
    signature_strokes: list[Any]
    minors: tuple[Minor, ...]
    guardian_relationship: str
    device_time: str


@dataclass(frozen=True)
class Visitor:
    """What the connection tells of a guest."""

    address: str
    user_agent: str


# --- versions -------------------------------------------------------------------------------------


def default_version() -> dict[str, Any]:
    """The sample that ships with the product: current till an admin publishes another."""
    return _version(DEFAULT_TITLE, pages.default_waiver(), "", "sample")


def _version(title: str, text: str, published_at: str, published_by: str) -> dict[str, Any]:
    return {
        "waiver_version": chain.text_hash(text),
        "title": title,
        "text": text,
        "published_at": published_at,
        "published_by": published_by,
    }


def current_version() -> dict[str, Any]:
    return store.read_current_version() or default_version()


def list_versions() -> dict[str, Any]:
    current = current_version()
    versions = store.list_versions()
    if current["waiver_version"] not in {version["waiver_version"] for version in versions}:
        versions.insert(0, current)
    return {"current": current["waiver_version"], "versions": versions}


def publish_version(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> tuple[dict[str, Any], bool]:
    """Makes a text the current one; returns its version and whether the text is new.

    A text that was published before is the same version, with its title and date of then.
    """
    form = Fields(body)
    title = form.text("title", max_chars=150)
    text = form.text("text", max_chars=MAX_TEXT_CHARS, lines=True)
    form.finish()
    version = _version(title, text, times.format_instant(now), actor.name)
    for _ in acts.tries():
        known = store.read_version(version["waiver_version"])
        current = store.read_current_version()
        if known and current and current["waiver_version"] == known["waiver_version"]:
            break
        try:
            store.publish_version(known or version, acts.audit("published", actor, times.format_instant(now)))
        except store.Moved:
            continue
        break
    return known or version, known is None


# --- the page -------------------------------------------------------------------------------------


def find_signing(event_id: str) -> tuple[EventRecord, dict[str, Any]]:
    """The charter and the version that is current."""
    try:
        event, version = store.read_signing(event_id) if fields.is_event_id(event_id) else (None, None)
    except store.Moved:
        raise Busy("Many are signing at once. Please try again in a moment.") from None
    if event is None:
        raise events.unknown_event()
    return event, version or default_version()


def why_closed(event: EventRecord, now: datetime) -> str:
    """Why the charter takes no signatures, as a sentence; empty when it does."""
    if event.status == "cancelled":
        return "This charter was cancelled, so there is nothing to sign."
    if times.parse_instant(event.details["ends_at"]) <= now:
        return "This charter is over, so it takes no more signatures."
    return ""


# --- sign -----------------------------------------------------------------------------------------


def parse_signing(form: Mapping[str, list[str]], event: EventRecord) -> Signing:
    """The submitted form. Raises BadInput with each problem under its field's name."""
    repeated = {"minor_name", "minor_birth_date"}
    doubled = [name for name, values in form.items() if len(values) > 1 and name not in repeated]
    flat = Fields({name: values[0] for name, values in form.items() if name not in repeated})
    for name in doubled:
        flat.refuse(name, "is given twice")
    # Age counts on the day of the trip, where it starts.
    trip_day = times.local(event.details["starts_at"], event.details["timezone"]).date()

    # In the order of the page, so that its list of problems reads from top to bottom.
    submission_id = flat.uuid("submission_id")
    waiver_version = flat.text("waiver_version", max_chars=64)
    device_time = flat.text("device_time", max_chars=40, default="")
    signer_name = flat.text("signer_name", max_chars=100)
    signer_email, signer_phone = flat.email("signer_email"), flat.phone("signer_phone")
    birth_date = _take_birth_date(flat, "signer_birth_date", flat.text("signer_birth_date", max_chars=10, default=""))
    if birth_date and _age(birth_date, trip_day) < ADULT_YEARS:
        flat.refuse("signer_birth_date", f"must be that of an adult: a guardian signs for those under {ADULT_YEARS}")
    minors = _take_minors(flat, form, trip_day)
    relationship = flat.choice("guardian_relationship", RELATIONSHIPS, default="")
    attested = _tick(flat, "authority_attestation")
    if minors and not relationship:
        flat.refuse("guardian_relationship", "is required when you sign for a minor")
    if minors and not attested:
        flat.refuse("authority_attestation", "must be ticked when you sign for a minor")
    if not _tick(flat, "esign_consent"):
        flat.refuse("esign_consent", "must be ticked to sign electronically")
    if not _tick(flat, "intent"):
        flat.refuse("intent", "must be ticked to sign")
    typed = flat.text("signature_typed", max_chars=100, default="")
    strokes = _take_strokes(flat)
    if not typed and not strokes and "signature_strokes" not in flat.problems:
        flat.refuse("signature_typed", "is required: type or draw your signature")
    flat.finish()
    return Signing(
        submission_id=submission_id,
        waiver_version=waiver_version,
        signer_name=signer_name,
        signer_email=signer_email,
        signer_phone=signer_phone,
        signer_birth_date=birth_date.isoformat() if birth_date else None,
        signature_typed=typed,
        signature_strokes=strokes,
        minors=minors,
        guardian_relationship=relationship if minors else "",
        device_time=device_time,
    )


def _tick(form: Fields, name: str) -> bool:
    return form.text(name, max_chars=10, default="").lower() in ("on", "yes", "true", "1")


def _take_birth_date(form: Fields, name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        born = times.parse_birth_date(text)
    except ValueError:
        form.refuse(name, "must be a date such as 1984-05-31")
        return None
    return born


def _take_minors(form: Fields, raw: Mapping[str, list[str]], on_day: date) -> tuple[Minor, ...]:
    names, births = raw.get("minor_name", []), raw.get("minor_birth_date", [])
    if len(names) != len(births):
        form.refuse("minor_name", "must come with a birth date each")
        return ()
    minors: list[Minor] = []
    for place, (name, birth) in enumerate(zip(names, births, strict=True)):
        name_field, birth_field = f"minor_name[{place}]", f"minor_birth_date[{place}]"
        if not name.strip() and not birth.strip():
            continue
        # One form for each, so that every minor's text is held to the same rules.
        one = Fields({name_field: name})
        clean = one.text(name_field, max_chars=100)
        form.problems.update(one.problems)
        born = _take_birth_date(form, birth_field, birth.strip())
        if born is None:
            form.refuse(birth_field, "is required for each minor")
        elif born > on_day:
            form.refuse(birth_field, "must not be in the future")
        elif _age(born, on_day) >= ADULT_YEARS:
            form.refuse(birth_field, f"must be that of a minor: whoever is {ADULT_YEARS} or older signs alone")
        minors.append(Minor(clean, born.isoformat() if born else ""))
    if len(minors) > MAX_MINORS:
        form.refuse("minor_name", f"must be at most {MAX_MINORS}; please sign a second form for the others")
    return tuple(minors)


def _age(born: date, on_day: date) -> int:
    return on_day.year - born.year - ((on_day.month, on_day.day) < (born.month, born.day))


def _take_strokes(form: Fields) -> list[Any]:
    """A drawn signature: strokes, each a list of points or an object with `points`; empty when there is none.

    A point is {x, y, time} or [x, y, time]; the time, in milliseconds, may be left out.
    """
    text = form.text("signature_strokes", max_chars=200_000, default="")
    if not text:
        return []
    rule = "must be a list of strokes, each with points x and y"
    try:
        strokes = json.loads(text)
        points = [[_point(point) for point in _points(stroke)] for stroke in strokes]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError):
        form.refuse("signature_strokes", rule)
        return []
    if len(points) > MAX_STROKES or sum(map(len, points)) > MAX_POINTS:
        form.refuse("signature_strokes", "is too long")
        return []
    return [stroke for stroke in points if stroke]


def _points(stroke: Any) -> list[Any]:
    points: list[Any] = stroke["points"] if isinstance(stroke, dict) else stroke
    return points


def _point(point: Any) -> list[int]:
    """[x, y, milliseconds] in whole numbers: a hash must not depend on how a float is written."""
    x, y, time_ms = (
        (point["x"], point["y"], point.get("time", 0)) if isinstance(point, dict) else [*point[:3], 0, 0][:3]
    )
    if isinstance(point, list) and len(point) < 2:
        raise ValueError(point)
    numbers = [round(float(number)) for number in (x, y, time_ms)]
    # 1e300 would be stored as three hundred digits.
    if max(map(abs, numbers)) > MAX_COORDINATE:
        raise ValueError(point)
    return numbers


def sign(event_id: str, form: Mapping[str, list[str]], *, visitor: Visitor, now: datetime) -> str:
    """Stores one record for each covered person; returns the token of the page that confirms it.

    The same submission again returns the same token and stores nothing. Raises BadInput,
    VersionConflict or NotOpen.
    """
    for _ in acts.tries():
        event, version = find_signing(event_id)
        signing = parse_signing(form, event)
        token = _waiver_id(event_id, signing.submission_id, 0)
        # Before any other refusal: what was signed once stays signed, whatever changed since.
        if store.read_waiver(event_id, token):
            return token
        if closed := why_closed(event, now):
            raise NotOpen(closed)
        if signing.waiver_version != version["waiver_version"]:
            raise VersionConflict("The text has changed since you opened it. Please read the new one and sign it.")
        actor = Actor(signing.signer_name, visitor.address)
        if not version["published_at"] and not _keep_sample(version, actor, now):
            continue
        seq, head = store.read_chain_head()
        records = chain.seal(_records(event, version, signing, visitor, now), seq, head)
        people = [record["participant_name"] for record in records]
        audit = acts.audit(
            "waiver_signed", actor, times.format_instant(now), waiver_ids=[r["waiver_id"] for r in records]
        )
        mail = notifications.owe_waiver_copy(event, records[0], people, version, now)
        try:
            store.append_waivers(event_id, records, seq, audit, mail)
        except store.Exists:
            return token
        except store.Moved:
            continue
        notifications.deliver(mail, now)
        break
    return token


def _keep_sample(version: dict[str, Any], actor: Actor, now: datetime) -> bool:
    """Nobody published a text yet and the sample is being signed: its very bytes become the first version."""
    try:
        at = times.format_instant(now)
        store.publish_version({**version, "published_at": at}, acts.audit("signed_first", actor, at), only_first=True)
    except (store.Exists, store.Moved):
        return False
    return True


def _records(
    event: EventRecord, version: Mapping[str, Any], signing: Signing, visitor: Visitor, now: datetime
) -> list[dict[str, Any]]:
    common = {
        "event_id": event.event_id,
        "charter": event.details["title"],
        "starts_at": event.details["starts_at"],
        "waiver_version": version["waiver_version"],
        "waiver_title": version["title"],
        "submission_id": signing.submission_id,
        "signer_name": signing.signer_name,
        "signer_email": signing.signer_email,
        "signer_phone": signing.signer_phone,
        "signer_birth_date": signing.signer_birth_date,
        "esign_statement": ESIGN_STATEMENT,
        "intent_statement": INTENT_STATEMENT,
        "signature_typed": signing.signature_typed,
        "signature_strokes": signing.signature_strokes,
        "signed_at": times.format_instant(now),
        "device_time": signing.device_time,
        "address": visitor.address,
        "user_agent": visitor.user_agent,
    }
    own = {"participant_name": signing.signer_name, "minor": False, "participant_birth_date": signing.signer_birth_date}
    people = [own] + [
        {
            "participant_name": minor.name,
            "minor": True,
            "participant_birth_date": minor.birth_date,
            "guardian_relationship": signing.guardian_relationship,
            "authority_statement": AUTHORITY_STATEMENT,
        }
        for minor in signing.minors
    ]
    return [
        {"waiver_id": _waiver_id(event.event_id, signing.submission_id, place), **common, **person}
        for place, person in enumerate(people)
    ]


def _waiver_id(event_id: str, submission_id: str, place: int) -> str:
    """Made from the form's own random id, so that a double submit meets the record of the first."""
    return hashlib.sha256(f"{event_id} {submission_id} {place}".encode()).hexdigest()[:32]


def find_signed(event_id: str, token: str) -> dict[str, Any] | None:
    known = fields.is_event_id(event_id) and len(token) == 32 and token.isalnum() and token.isascii()
    return store.read_waiver(event_id, token) if known else None


# --- read -----------------------------------------------------------------------------------------


def in_order(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda record: record["seq"])


def summary(record: Mapping[str, Any]) -> dict[str, Any]:
    names = "waiver_id event_id participant_name signer_name minor signed_at waiver_version record_hash".split()
    return {name: record[name] for name in names}


def short_name(name: str) -> str:
    """`Ana R.`: enough for guests to find themselves, too little for strangers."""
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else first


def get_record(event_id: str, waiver_id: str) -> dict[str, Any]:
    """A signed record with the text it signs and the audit events that name it."""
    record = find_signed(event_id, waiver_id)
    if record is None:
        raise NotFound("There is no such waiver.")
    audit = [entry for entry in store.list_audit(event_id) if waiver_id in entry.get("waiver_ids", ())]
    version = store.read_version(record["waiver_version"])
    return {**record, "version": version, "audit": audit}


def export_chain() -> dict[str, Any]:
    """The whole chain, in the format that `tools.verify_waivers` reads."""
    records = store.list_chain()
    versions = {version["waiver_version"]: version["text"] for version in store.list_versions()}
    return {
        "format": chain.FORMAT,
        "count": len(records),
        "head": records[-1]["record_hash"] if records else "",
        "versions": versions,
        "records": records,
    }
