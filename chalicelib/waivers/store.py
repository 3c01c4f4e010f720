"""Signed waivers in their chain, the texts they sign, and what happened to a charter."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.charters.store import EventRecord, event_key, to_event
from chalicelib.core.audit import AuditEvent, audit_item
from chalicelib.core.dynamo import (
    Item,
    db,
    is_new,
    is_written,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    read_items,
    s,
    table_name,
    write_all,
)
from chalicelib.core.errors import WriteConflict
from chalicelib.mail.store import Mail, mail_writes


def queue_once(mail: Mail, reminder: str, now_s: int, again_s: int) -> bool:
    """Owes the mail unless one under the same `reminder` was owed that may not come again yet. Raises WriteConflict."""
    put = put_write(
        {
            **item_key(f"THROTTLE#{reminder}", f"THROTTLE#{reminder}"),
            "not_before": n(again_s),
            "ttl": n(again_s + 3600),
        }
    )
    put["Put"] |= {
        "ConditionExpression": "attribute_not_exists(PK) OR not_before <= :now",
        "ExpressionAttributeValues": {":now": n(now_s)},
    }
    return is_new([put, *mail_writes(mail)])


_HEAD, _MAILED = item_key("WAIVER_CHAIN", "HEAD"), item_key("WAIVER_CHAIN", "MAILED")


def read_head_to_mail() -> tuple[int, str, int]:
    """How many records the chain has, the hash of the last, and how many the last mail told of."""
    found = {item["SK"]["S"]: item for item in read_items([_HEAD, _MAILED])}
    seq, head = (int(found["HEAD"]["seq"]["N"]), found["HEAD"]["hash"]["S"]) if "HEAD" in found else (0, "")
    return seq, head, int(found["MAILED"]["seq"]["N"]) if "MAILED" in found else 0


def queue_head_mail(mail: Mail, seq: int, seen: int) -> bool:
    """Owes the mail that tells of a chain of `seq` records, once under its id; False if it is owed already."""
    mark: Item = {
        "TableName": table_name(),
        "Key": _MAILED,
        "UpdateExpression": "SET seq = :seq",
        "ConditionExpression": "seq = :seen" if seen else "attribute_not_exists(PK)",
        "ExpressionAttributeValues": {":seq": n(seq), **({":seen": n(seen)} if seen else {})},
    }
    try:
        return is_new([*mail_writes(mail), {"Update": mark}])
    except WriteConflict:
        return False


_CHAIN_HEAD, _TURN = item_key("WAIVER_CHAIN", "HEAD"), item_key("WAIVER_CHAIN", "TURN")


class Desk(NamedTuple):
    """What a signature is decided on: the charter, the published text of each language, the chain's end."""

    event: EventRecord | None
    versions: dict[str, dict[str, Any]]
    seq: int
    head: str
    turn_until_ms: int = 0
    """Till when somebody has the turn to write behind this end."""


def read_desk(event_id: str, languages: Sequence[str], *, with_head: bool = False) -> Desk:
    """One read. Raises WriteConflict if the database left something out."""
    keys = [event_key(event_id), *map(_current_key, languages), *([_CHAIN_HEAD, _TURN] if with_head else [])]
    answer = db().batch_get_item(RequestItems={table_name(): {"Keys": keys, "ConsistentRead": True}})
    if answer.get("UnprocessedKeys"):
        raise WriteConflict
    found = {item["SK"]["S"]: item for item in answer["Responses"].get(table_name(), [])}
    seq, head = _to_head(found.get("HEAD"))
    turn = found.get("TURN")
    return Desk(
        to_event(found["EVENT"]) if "EVENT" in found else None,
        _to_versions(found.values()),
        seq,
        head,
        int(turn["until_ms"]["N"]) if turn and int(turn["seq"]["N"]) == seq else 0,
    )


def _current_key(language: str) -> Item:
    return item_key("WAIVER_VERSION#CURRENT", "CURRENT" if language == "en" else f"CURRENT#{language}")


def _to_versions(items: Iterable[Item]) -> dict[str, dict[str, Any]]:
    current = [_to_version(item) for item in items if item["PK"]["S"] == "WAIVER_VERSION#CURRENT"]
    return {version["language"]: version for version in current}


def _to_version(item: Item) -> dict[str, Any]:
    # Texts from before there were languages are English.
    return {"language": "en", **load_data(item)}


def _to_head(item: Item | None) -> tuple[int, str]:
    return (int(item["seq"]["N"]), item["hash"]["S"]) if item else (0, "")


def read_chain_head() -> tuple[int, str]:
    """How many records the chain has and the hash of the last; (0, "") before the first."""
    return _to_head(db().get_item(TableName=table_name(), Key=_CHAIN_HEAD, ConsistentRead=True).get("Item"))


def take_turn(seen_seq: int, now_ms: int, until_ms: int) -> bool:
    """Whether the caller may be the next to write behind that many records; nobody else may till then.

    A turn ends by itself once the chain has grown. It guards nothing, it only spares a crowd vain transactions.
    """
    return is_written(
        db().update_item,
        or_busy=True,
        Key=_TURN,
        UpdateExpression="SET seq = :seq, until_ms = :until",
        ConditionExpression="attribute_not_exists(PK) OR seq < :seq OR until_ms < :now",
        ExpressionAttributeValues={":seq": n(seen_seq), ":until": n(until_ms), ":now": n(now_ms)},
    )


def append_waivers(
    event_id: str,
    records: Sequence[dict[str, Any]],
    seen_seq: int,
    audits: Sequence[AuditEvent],
    mail: Mail | None,
    *,
    people: int,
    texts: Collection[str],
    current: Mapping[str, str | None],
    throttles: Sequence[Item] = (),
) -> None:
    """One transaction: the records, the chain's head, the event's counts, the owed mail.

    `people` is how many more have signed now, for some may have signed before; `texts` are the versions that were
    signed for this charter. Raises AlreadyExists, Throttled, or WriteConflict, which also says that the `current`
    version of a language (None: there is none) is another one now.
    """
    head = records[-1]
    move_head: Item = {
        "TableName": table_name(),
        "Key": _CHAIN_HEAD,
        "UpdateExpression": "SET seq = :seq, #hash = :hash",
        "ConditionExpression": "seq = :seen" if seen_seq else "attribute_not_exists(PK)",
        "ExpressionAttributeNames": {"#hash": "hash"},
        "ExpressionAttributeValues": {":seq": n(head["seq"]), ":hash": s(head["record_hash"])},
    }
    if seen_seq:
        move_head["ExpressionAttributeValues"][":seen"] = n(seen_seq)
    guest_ids = sorted({record["guest_id"] for record in records if record.get("guest_id")})
    count: Item = {
        "TableName": table_name(),
        "Key": event_key(event_id),
        "UpdateExpression": "ADD signed_count :signed, signed_versions :versions"
        + (", signed_guest_ids :guests" if guest_ids else ""),
        "ConditionExpression": "attribute_exists(PK) AND #status <> :cancelled",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":signed": n(people),
            ":versions": {"SS": sorted(texts)},
            ":cancelled": s("cancelled"),
        },
    }
    if guest_ids:
        count["ExpressionAttributeValues"][":guests"] = {"SS": guest_ids}
    rows = [
        put_write(
            {
                **item_key(f"EVENT#{event_id}", f"WAIVER#{record['waiver_id']}"),
                "by_date_pk": s("WAIVERS"),
                "by_date_sk": s(f"{record['seq']:012d}"),
                "data": json_s(record),
            },
            only_new=True,
        )
        for record in records
    ]
    same_texts = [_still_current(language, version) for language, version in current.items()]
    others = [{"Update": move_head}, {"Update": count}, *same_texts]
    audit_rows = [put_write(audit_item(event_id, audit)) for audit in audits]
    write_all([*rows, *others, *audit_rows, *mail_writes(mail)], unique=0, throttles=throttles)


def _still_current(language: str, version: str | None) -> Item:
    check: Item = {"TableName": table_name(), "Key": _current_key(language)}
    if version is None:
        return {"ConditionCheck": {**check, "ConditionExpression": "attribute_not_exists(PK)"}}
    values = {":version": s(version)}
    condition = "waiver_version = :version"
    return {"ConditionCheck": {**check, "ConditionExpression": condition, "ExpressionAttributeValues": values}}


def read_waiver(event_id: str, waiver_id: str) -> dict[str, Any] | None:
    key = item_key(f"EVENT#{event_id}", f"WAIVER#{waiver_id}")
    item = db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")
    return load_data(item) if item else None


def read_waivers(event_id: str, waiver_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the records that exist, in the chain's order."""
    items = read_items([item_key(f"EVENT#{event_id}", f"WAIVER#{waiver_id}") for waiver_id in waiver_ids])
    return sorted(map(load_data, items), key=lambda record: record["seq"])


def put_copy(event_id: str, secret_hash: str, waiver_ids: Sequence[str], at: str) -> None:
    """Keeps which records a private link shows; of the link itself only a hash."""
    copy = {"waiver_ids": list(waiver_ids), "at": at}
    item = {**item_key(f"EVENT#{event_id}", f"COPY#{secret_hash}"), "data": json_s(copy)}
    db().put_item(TableName=table_name(), Item=item)


def read_copy(event_id: str, secret_hash: str) -> list[str]:
    """The ids of the records that this link shows; none if it is unknown."""
    key = item_key(f"EVENT#{event_id}", f"COPY#{secret_hash}")
    item = db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")
    return list(load_data(item)["waiver_ids"]) if item else []


def put_audit_once(event_id: str, audit: AuditEvent, name: str) -> None:
    """Under a name of its own: only the first event of that name is kept."""
    item = {**item_key(f"EVENT#{event_id}", f"AUDIT#{name}"), "data": json_s(audit)}
    is_written(db().put_item, Item=item, ConditionExpression="attribute_not_exists(PK)")


def list_audit(event_id: str) -> list[dict[str, Any]]:
    items = query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :audit)",
        ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":audit": s("AUDIT#")},
        ConsistentRead=True,
    )
    return [load_data(item) for item in items]


def list_chain_down(below_seq: int | None, limit: int) -> list[dict[str, Any]]:
    """The newest signed waivers first, from below a place in the chain, so many at most."""
    last = f"{below_seq - 1:012d}" if below_seq is not None else "~"
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk <= :last",
        ExpressionAttributeValues={":pk": s("WAIVERS"), ":last": s(last)},
        ScanIndexForward=False,
        Limit=limit,
    )
    return [load_data(item) for _, item in zip(range(limit), items, strict=False)]


def list_chain(after_seq: int = 0, last_seq: int = 10**12 - 1) -> Iterator[tuple[int, dict[str, Any]]]:
    """The signed waivers from behind one place in the chain up to another, each with its place."""
    if after_seq >= last_seq:
        return iter(())
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":pk": s("WAIVERS"),
            ":first": s(f"{after_seq + 1:012d}"),
            ":last": s(f"{last_seq:012d}"),
        },
    )
    return ((int(item["by_date_sk"]["S"]), load_data(item)) for item in items)


def publish_version(version: dict[str, Any], audit: AuditEvent, *, only_first: bool = False) -> None:
    """Stores the version if its text is new, and makes it the current one of its language; keeps who did it.

    A stored version is never rewritten.

    Raises WriteConflict; with `only_first` also AlreadyExists, when any version of the language is current already.
    """
    store = {
        "TableName": table_name(),
        "Key": item_key(f"WAIVER_VERSION#{version['waiver_version']}", "VERSION"),
        "UpdateExpression": "SET #data = if_not_exists(#data, :data), by_date_pk = :pk, "
        "by_date_sk = if_not_exists(by_date_sk, :sk)",
        "ExpressionAttributeNames": {"#data": "data"},
        "ExpressionAttributeValues": {
            ":data": json_s(version),
            ":pk": s("WAIVER_VERSIONS"),
            ":sk": s(f"{version['published_at']}#{version['waiver_version']}"),
        },
    }
    current = put_write(
        {**_current_key(version["language"]), "data": json_s(version), "waiver_version": s(version["waiver_version"])},
        only_new=only_first,
    )
    trail = item_key(f"WAIVER_VERSION#{version['waiver_version']}", f"AUDIT#{audit['at']}#{audit['audit_id']}")
    write_all([{"Update": store}, current, put_write({**trail, "data": json_s(audit)})], unique=1)


def read_version(waiver_version: str) -> dict[str, Any] | None:
    key = item_key(f"WAIVER_VERSION#{waiver_version}", "VERSION")
    item = db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")
    return _to_version(item) if item else None


def read_current_versions(languages: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The published current version of each language that has one."""
    return _to_versions(read_items(list(map(_current_key, languages))))


def list_versions() -> list[dict[str, Any]]:
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": s("WAIVER_VERSIONS")},
        ScanIndexForward=False,
    )
    return [_to_version(item) for item in items]
