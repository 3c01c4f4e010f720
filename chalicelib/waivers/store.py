"""Signed waivers in their chain, the texts they sign, private copies, and the audit events of a charter."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from chalicelib.charters.store import Charter, charter_key, to_charter
from chalicelib.core.audit import AuditEvent, audit_item
from chalicelib.core.dynamo import (
    Item,
    check_write,
    db,
    is_new,
    is_written,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    read_item,
    read_items,
    s,
    table_name,
    update,
    write_all,
)
from chalicelib.core.errors import WriteConflict
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.waivers.fields import LANGUAGES, Language, SignedRecord, WaiverVersion

_HEAD = item_key("WAIVER_CHAIN", "HEAD")
_MAILED = item_key("WAIVER_CHAIN", "MAILED")
_TURN = item_key("WAIVER_CHAIN", "TURN")
MAX_SEQ = 10**12 - 1


class Head(NamedTuple):
    """The end of the chain."""

    seq: int = 0
    """How many records the chain has."""
    record_hash: str = ""
    """Of the last record; empty while there is none."""


class SigningContext(NamedTuple):
    """What a signature is decided on."""

    charter: Charter
    versions: dict[Language, WaiverVersion]
    """The published current text of each language that has one."""
    head: Head
    turn_until_ms: int = 0
    """Until when somebody has the turn to write behind this head."""


# --- signing ----------------------------------------------------------------------------------------


def read_signing_context(event_id: str) -> SigningContext | None:
    """One read. None if there is no such charter."""
    items = read_items([charter_key(event_id), *_current_keys(), _HEAD, _TURN])
    found = {item["SK"]["S"]: item for item in items}
    if "EVENT" not in found:
        return None
    head, turn = _to_head(found.get("HEAD")), found.get("TURN")
    turn_until_ms = int(turn["until_ms"]["N"]) if turn and int(turn["seq"]["N"]) == head.seq else 0
    return SigningContext(to_charter(found["EVENT"]), _to_current_versions(items), head, turn_until_ms)


def take_turn(seen_seq: int, now_ms: int, until_ms: int) -> bool:
    """Whether the caller may be the next to write behind that many records; until then others have to wait.

    A turn ends by itself once the chain has grown. It protects nothing, it only spares a crowd useless transactions.
    """
    values = {":seq": n(seen_seq), ":until": n(until_ms), ":now": n(now_ms)}
    condition = "attribute_not_exists(PK) OR seq < :seq OR until_ms < :now"
    turn = update(_TURN, "SET seq = :seq, until_ms = :until", values, condition)
    return is_written(db().update_item, or_busy=True, **turn)


def append_waivers(
    seen: SigningContext,
    records: Sequence[SignedRecord],
    new_people: int,
    audits: Sequence[AuditEvent],
    mail: Mail | None,
    throttles: Sequence[Item] = (),
) -> None:
    """One transaction: the records of one form, the chain's head, the charter's counts, the queued mail.

    `new_people` is how many of them had not signed before. Raises AlreadyExists, Throttled, or WriteConflict, which
    also says that the head or the current text of a language is not the one that was `seen`.
    """
    event_id, last = seen.charter.event_id, records[-1]
    rows = [
        put_write(
            {
                **_record_key(event_id, record["waiver_id"]),
                "by_date_pk": s("WAIVERS"),
                "by_date_sk": s(f"{record['seq']:012d}"),
                "data": json_s(record),
            },
            only_new=True,
        )
        for record in records
    ]
    added = {"signed_count": n(new_people), "signed_versions": {"SS": [last["waiver_version"]]}}
    if guest_ids := sorted({record["guest_id"] for record in records if record["guest_id"]}):
        added["signed_guest_ids"] = {"SS": guest_ids}
    change = "ADD " + ", ".join(f"{name} :{name}" for name in added)
    values = {f":{name}": value for name, value in added.items()} | {":cancelled": s("cancelled")}
    count = update(charter_key(event_id), change, values, "attribute_exists(PK) AND #status <> :cancelled")
    same_texts = [_still_current(language, seen.versions.get(language)) for language in LANGUAGES]
    audit_rows = [put_write(audit_item(event_id, audit)) for audit in audits]
    head = _put_seq(_HEAD, last["seq"], seen.head.seq, hash=s(last["record_hash"]))
    others = [head, {"Update": count}, *same_texts, *audit_rows, *mail_writes(mail)]
    write_all([*rows, *others], unique=0, throttles=throttles)


def _put_seq(key: Item, seq: int, seen_seq: int, **more: Item) -> Item:
    """The write that moves a counter of the chain from where it was seen, 0 while it is not stored."""
    item = {**key, "seq": n(seq), **more}
    if seen_seq:
        return put_write(item, condition="seq = :seen", values={":seen": n(seen_seq)})
    return put_write(item, only_new=True)


def _still_current(language: Language, version: WaiverVersion | None) -> Item:
    if version:
        current = {":version": s(version["waiver_version"])}
        return check_write(_current_key(language), "waiver_version = :version", current)
    return check_write(_current_key(language), "attribute_not_exists(PK)")


# --- records ----------------------------------------------------------------------------------------


def read_waiver(event_id: str, waiver_id: str) -> SignedRecord | None:
    item = read_item(_record_key(event_id, waiver_id))
    return _to_record(item) if item else None


def read_waivers(event_id: str, waiver_ids: Iterable[str]) -> list[SignedRecord]:
    """Those of the records that exist, in the chain's order."""
    items = read_items([_record_key(event_id, waiver_id) for waiver_id in waiver_ids])
    return sorted(map(_to_record, items), key=lambda record: record["seq"])


def _record_key(event_id: str, waiver_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", f"WAIVER#{waiver_id}")


def _to_record(item: Item) -> SignedRecord:
    return cast(SignedRecord, load_data(item))


def list_chain(after_seq: int, last_seq: int, *, newest_first: bool = False) -> Iterator[tuple[int, SignedRecord]]:
    """The signed waivers after one position in the chain up to another, each with its position."""
    if after_seq >= last_seq:
        return iter(())
    first, last = s(f"{after_seq + 1:012d}"), s(f"{last_seq:012d}")
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        ExpressionAttributeValues={":pk": s("WAIVERS"), ":first": first, ":last": last},
        ScanIndexForward=not newest_first,
    )
    return ((int(item["by_date_sk"]["S"]), _to_record(item)) for item in items)


def read_head() -> Head:
    return _to_head(read_item(_HEAD))


def _to_head(item: Item | None) -> Head:
    return Head(int(item["seq"]["N"]), item["hash"]["S"]) if item else Head()


# --- mail about waivers -----------------------------------------------------------------------------


def queue_once(mail: Mail, request: str, now_s: int, again_s: int) -> bool:
    """Queues the mail; False if one for the same `request` was queued lately. Raises WriteConflict.

    The next one may come at `again_s`. Both are in seconds since 1970.
    """
    key = item_key(f"THROTTLE#{request}", f"THROTTLE#{request}")
    put = put_write({**key, "not_before": n(again_s), "ttl": n(again_s + 3600)})
    put["Put"] |= {
        "ConditionExpression": "attribute_not_exists(PK) OR not_before <= :now",
        "ExpressionAttributeValues": {":now": n(now_s)},
    }
    return is_new([put, *mail_writes(mail)])


def read_head_to_mail() -> tuple[int, str, int]:
    """How many records the chain has, the hash of the last, and how many there were in the last mail about it."""
    found = {item["SK"]["S"]: item for item in read_items([_HEAD, _MAILED])}
    return *_to_head(found.get("HEAD")), int(found["MAILED"]["seq"]["N"]) if "MAILED" in found else 0


def queue_head_mail(mail: Mail, seq: int, last_mailed: int) -> bool:
    """Queues the mail about a chain of `seq` records, once; False if it is queued already."""
    try:
        return is_new([*mail_writes(mail), _put_seq(_MAILED, seq, last_mailed)])
    except WriteConflict:
        return False


def put_copy(event_id: str, secret_hash: str, waiver_ids: Sequence[str], at: str) -> None:
    """Stores which records a private link shows; of the link itself only a hash."""
    copy = {"waiver_ids": list(waiver_ids), "at": at}
    item = {**item_key(f"EVENT#{event_id}", f"COPY#{secret_hash}"), "data": json_s(copy)}
    db().put_item(TableName=table_name(), Item=item)


def read_copy(event_id: str, secret_hash: str) -> list[str]:
    """The ids of the records that this link shows; none if it is unknown."""
    item = read_item(item_key(f"EVENT#{event_id}", f"COPY#{secret_hash}"))
    return list(load_data(item)["waiver_ids"]) if item else []


# --- audit events of a charter ----------------------------------------------------------------------


def put_audit_once(event_id: str, audit: AuditEvent, name: str) -> None:
    """Under a name of its own: only the first event of that name is kept."""
    item = {**item_key(f"EVENT#{event_id}", f"AUDIT#{name}"), "data": json_s(audit)}
    is_written(db().put_item, Item=item, ConditionExpression="attribute_not_exists(PK)")


def list_audit(event_id: str) -> list[AuditEvent]:
    items = query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :audit)",
        ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":audit": s("AUDIT#")},
        ConsistentRead=True,
    )
    return [cast(AuditEvent, load_data(item)) for item in items]


# --- versions ---------------------------------------------------------------------------------------


def publish_version(version: WaiverVersion, audit: AuditEvent, *, only_first: bool = False) -> None:
    """Stores the version if its text is new, and makes it the current one of its language; with who did it.

    A stored version is never rewritten. Raises WriteConflict; with `only_first` also AlreadyExists, when any version
    of the language is current already.
    """
    name, data = version["waiver_version"], json_s(version)
    values = {":data": data, ":pk": s("WAIVER_VERSIONS"), ":sk": s(f"{version['published_at']}#{name}")}
    kept = ("#data = if_not_exists(#data, :data)", "by_date_pk = :pk", "by_date_sk = if_not_exists(by_date_sk, :sk)")
    store = update(_version_key(name), f"SET {', '.join(kept)}", values)
    current = {**_current_key(version["language"]), "data": data, "waiver_version": s(name)}
    audit_row = {
        **item_key(f"WAIVER_VERSION#{name}", f"AUDIT#{audit['at']}#{audit['audit_id']}"),
        "data": json_s(audit),
    }
    write_all([{"Update": store}, put_write(current, only_new=only_first), put_write(audit_row)], unique=1)


def read_version(waiver_version: str) -> WaiverVersion | None:
    item = read_item(_version_key(waiver_version))
    return _to_version(item) if item else None


def read_current_versions() -> dict[Language, WaiverVersion]:
    """The published current version of each language that has one."""
    return _to_current_versions(read_items(_current_keys()))


def list_versions() -> list[WaiverVersion]:
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": s("WAIVER_VERSIONS")},
        ScanIndexForward=False,
    )
    return list(map(_to_version, items))


def _version_key(waiver_version: str) -> Item:
    return item_key(f"WAIVER_VERSION#{waiver_version}", "VERSION")


def _current_keys() -> list[Item]:
    return list(map(_current_key, LANGUAGES))


def _current_key(language: Language) -> Item:
    return item_key("WAIVER_VERSION#CURRENT", f"CURRENT#{language}")


def _to_current_versions(items: Iterable[Item]) -> dict[Language, WaiverVersion]:
    current = [_to_version(item) for item in items if item["PK"]["S"] == "WAIVER_VERSION#CURRENT"]
    return {version["language"]: version for version in current}


def _to_version(item: Item) -> WaiverVersion:
    return cast(WaiverVersion, load_data(item))
