"""The only caller of DynamoDB, and the only one that knows how items look.

One table; its keys, and the sparse index `by_date`, are described in docs/decisions.md. An item's facts
stand as JSON text in `data`; beside it stand only the attributes that conditions, filters or counters need.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.ledger import Sums
from chalicelib.settings import settings

Item = dict[str, Any]
# 1 MB a page: far past any charter or chain of a small operator, and an end to any loop all the same.
MAX_PAGES = 200


class Exists(Exception):
    """The record is already there; `item` is what stands there."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


class Moved(Exception):
    """Somebody changed the record since it was read, or is changing it now. Nothing was written."""


@dataclass(frozen=True)
class EventRecord:
    event_id: str
    details: dict[str, Any]
    """What an admin edits."""
    status: str
    version: int
    sums: Sums
    ledger_seq: int
    """Counts acts on the ledger: the next act names the one it has seen."""
    signed_count: int
    created_at: str
    updated_at: str


@dataclass(frozen=True)
class Mail:
    """A mail that is owed. `due_at` is when the next sender may take it: a lease and a back-off in one."""

    mail_id: str
    kind: str
    to: str
    facts: dict[str, Any]
    due_at: str
    attempts: int = 0
    status: str = "owed"


@dataclass(frozen=True)
class Charter:
    """One event and all it owns, as one Query finds it."""

    event: EventRecord
    payment_items: list[Item]
    waivers: list[dict[str, Any]]


# --- events ---------------------------------------------------------------------------------------


def put_new_event(event: EventRecord, audit: dict[str, Any], request_key: str | None, fingerprint: str) -> None:
    """Raises Exists, with the earlier request under the same key, if that key was used."""
    writes: list[Item] = []
    if request_key:
        writes.append(
            _put(
                {
                    **_key(f"REQUEST#{request_key}", "REQUEST"),
                    "event_id": _s(event.event_id),
                    "fingerprint": _s(fingerprint),
                },
                only_new=True,
            )
        )
    writes += [
        _put({**_event_key(event.event_id), **_event_attributes(event), **_board_keys(event)}, only_new=True),
        _put(_audit_item(event.event_id, audit)),
    ]
    _write(writes, unique=0)


def read_event(event_id: str) -> EventRecord | None:
    answer = _db().get_item(TableName=_table(), Key=_event_key(event_id), ConsistentRead=True)
    return _event(answer["Item"]) if "Item" in answer else None


def read_charter(event_id: str, *, waivers: bool = True) -> Charter | None:
    """The event, its payments and, if asked for, its waivers: one Query. Audit events sort before and stay out."""
    last = "WAIVER#~" if waivers else "PAYMENT#~"
    items = list(
        _query(
            KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": _s(f"EVENT#{event_id}"), ":first": _s("EVENT"), ":last": _s(last)},
            ConsistentRead=True,
        )
    )
    if not items or items[0]["SK"]["S"] != "EVENT":
        return None
    return Charter(
        event=_event(items[0]),
        payment_items=[item for item in items if item["SK"]["S"].startswith("PAYMENT#")],
        waivers=[_data(item) for item in items if item["SK"]["S"].startswith("WAIVER#")],
    )


def list_events(first: str, last: str, status: str | None, limit: int) -> tuple[list[EventRecord], bool]:
    """Events whose board key is in [first, last), by start; and whether there are more."""
    query: Item = {
        "IndexName": "by_date",
        "KeyConditionExpression": "by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {":pk": _s("BOARD"), ":first": _s(first), ":last": _s(last)},
    }
    if not status:
        query["Limit"] = limit + 1
    else:
        # The database counts its limit before it filters: with one, a rare status would take a call for each few rows.
        query["FilterExpression"] = "#status = :status"
        query["ExpressionAttributeNames"] = {"#status": "status"}
        query["ExpressionAttributeValues"][":status"] = _s(status)
    found: list[EventRecord] = []
    for item in _query(**query):
        found.append(_event(item))
        if len(found) > limit:
            break
    return found[:limit], len(found) > limit


def board_key(event: EventRecord) -> str:
    return f"{event.details['starts_at']}#{event.event_id}"


def request_of(item: Item) -> tuple[str, str]:
    """Of a request key's record: the event it made and the fingerprint of its content."""
    return item["event_id"]["S"], item["fingerprint"]["S"]


def update_event(event: EventRecord, seen: EventRecord, audit: dict[str, Any], *, ledger_unmoved: bool = False) -> None:
    """Replaces what an admin edits, if nobody edited it since it was seen; sums and counts stay. Raises Moved."""
    changed = _event_attributes(event)
    values = {f":{name}": changed[name] for name in ("data", "version", "status", "updated_at")}
    values |= {":sk": _board_keys(event)["by_date_sk"], ":seen": _n(seen.version)}
    condition = "version = :seen"
    if ledger_unmoved:
        condition += " AND ledger_seq = :ledger_seq"
        values[":ledger_seq"] = _n(seen.ledger_seq)
    update = {
        "TableName": _table(),
        "Key": _event_key(event.event_id),
        "UpdateExpression": "SET #data = :data, version = :version, #status = :status, "
        "updated_at = :updated_at, by_date_sk = :sk",
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#data": "data", "#status": "status"},
        "ExpressionAttributeValues": values,
    }
    _write([{"Update": update}, _put(_audit_item(event.event_id, audit))])


# --- the ledger -----------------------------------------------------------------------------------


def append_payment(
    event: EventRecord,
    payment: dict[str, Any],
    sums: Sums,
    receipt: str,
    fingerprint: str,
    answer: str,
    mail: Mail | None,
) -> None:
    """One transaction: the row, the event's sums, the owed mail. Raises Exists or Moved."""
    row = {
        **_key(f"EVENT#{event.event_id}", f"PAYMENT#{payment['payment_id']}"),
        **_ledger_keys(payment, ""),
        "data": _json(payment),
        "receipt": _s(receipt),
        "fingerprint": _s(fingerprint),
        "answer": _s(answer),
    }
    _write([_put(row, only_new=True), _update_sums(event, sums, payment["recorded_at"]), *_owed(mail)], unique=0)


def append_act(event: EventRecord, payment: dict[str, Any], act: dict[str, Any], sums: Sums, mail: Mail | None) -> None:
    """One transaction: the act on a payment, the event's sums, the owed mail. Raises Exists or Moved."""
    name = act["act"].upper()
    row = {
        **_key(f"EVENT#{event.event_id}", f"PAYMENT#{payment['payment_id']}#{name}"),
        **_ledger_keys(payment, f"#{name}"),
        "data": _json(act),
    }
    _write([_put(row, only_new=True), _update_sums(event, sums, act["at"]), *_owed(mail)], unique=0)


def read_payment_item(event_id: str, payment_id: str) -> Item | None:
    key = _key(f"EVENT#{event_id}", f"PAYMENT#{payment_id}")
    return _db().get_item(TableName=_table(), Key=key, ConsistentRead=True).get("Item")  # type: ignore[no-any-return]


def has_act(event_id: str, payment_id: str, act: str) -> bool:
    return read_payment_item(event_id, f"{payment_id}#{act}") is not None


def list_ledger(month: str, first: str, last: str) -> Iterator[Item]:
    """Rows and acts of one month (`2026-11`) whose payment was received in [first, last): one index partition."""
    return _query(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        ExpressionAttributeValues={":pk": _s(f"LEDGER#{month}"), ":first": _s(first), ":last": _s(last)},
    )


def payment_parts(item: Item) -> tuple[tuple[str, str], str, dict[str, Any], str]:
    """Of a row or an act: its event and payment, the act's name (empty for the row), the facts, the receipt's state."""
    event_id = item["PK"]["S"].partition("#")[2]
    _, payment_id, act = (item["SK"]["S"] + "#").split("#")[:3]
    return (event_id, payment_id), act, _data(item), item["receipt"]["S"] if "receipt" in item else ""


def stored_answer(item: Item) -> tuple[str, str]:
    """Of a payment's row: the fingerprint of the request and the body that answered it."""
    return item["fingerprint"]["S"], item["answer"]["S"]


def _update_sums(event: EventRecord, sums: Sums, at: str) -> Item:
    return {
        "Update": {
            "TableName": _table(),
            "Key": _event_key(event.event_id),
            "UpdateExpression": "SET money = :money, ledger_seq = :next, updated_at = :at",
            "ConditionExpression": "ledger_seq = :seen",
            "ExpressionAttributeValues": {
                ":money": _json(sums.to_data()),
                ":next": _n(event.ledger_seq + 1),
                ":seen": _n(event.ledger_seq),
                ":at": _s(at),
            },
        }
    }


def _ledger_keys(payment: dict[str, Any], act: str) -> Item:
    received_at = payment["received_at"]
    return {
        "by_date_pk": _s(f"LEDGER#{received_at[:7]}"),
        "by_date_sk": _s(f"{received_at}#{payment['payment_id']}{act}"),
    }


# --- mail -----------------------------------------------------------------------------------------


def put_mail(mail: Mail) -> None:
    """Raises Exists if that mail is already owed or done."""
    _write(_owed(mail), unique=0)


def list_due_mail(now: str, limit: int) -> list[Mail]:
    items = _query(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :now",
        ExpressionAttributeValues={":pk": _s("MAIL#owed"), ":now": _s(now)},
        Limit=limit,
    )
    return [_mail(item) for _, item in zip(range(limit), items, strict=False)]


def claim_mail(mail: Mail, until: str) -> bool:
    """Takes a due mail till `until` and counts the attempt; False if another sender has it."""
    try:
        _db().update_item(
            TableName=_table(),
            Key=_key(f"MAIL#{mail.mail_id}", "MAIL"),
            UpdateExpression="SET attempts = :next, by_date_sk = :until",
            ConditionExpression="attempts = :seen AND by_date_sk = :due AND #status = :owed",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":next": _n(mail.attempts + 1),
                ":seen": _n(mail.attempts),
                ":until": _s(f"{until}#{mail.mail_id}"),
                ":due": _s(f"{mail.due_at}#{mail.mail_id}"),
                ":owed": _s("owed"),
            },
        )
    except ClientError as problem:
        if problem.response["Error"]["Code"] in ("ConditionalCheckFailedException", "TransactionConflictException"):
            return False
        raise
    return True


def postpone_mail(mail: Mail, due_at: str, why: str) -> None:
    _db().update_item(
        TableName=_table(),
        Key=_key(f"MAIL#{mail.mail_id}", "MAIL"),
        UpdateExpression="SET by_date_sk = :due, last_problem = :why",
        ConditionExpression="#status = :owed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":due": _s(f"{due_at}#{mail.mail_id}"), ":why": _s(why), ":owed": _s("owed")},
    )


def finish_mail(mail: Mail, status: str, at: str, note: str, receipt: str | None) -> None:
    """Notes how the mail ended and, for a payment's receipt, the payment's `receipt` state. One write.

    Raises Exists if it has ended before, or Moved.
    """
    writes = [
        {
            "Update": {
                "TableName": _table(),
                "Key": _key(f"MAIL#{mail.mail_id}", "MAIL"),
                "UpdateExpression": "SET #status = :status, by_date_pk = :pk, by_date_sk = :sk, last_problem = :note",
                "ConditionExpression": "#status = :owed",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {
                    ":status": _s(status),
                    ":pk": _s(f"MAIL#{status}"),
                    ":sk": _s(f"{at}#{mail.mail_id}"),
                    ":note": _s(note),
                    ":owed": _s("owed"),
                },
            }
        }
    ]
    if receipt:
        payment = mail.facts["payment"]
        writes.append(
            {
                "Update": {
                    "TableName": _table(),
                    "Key": _key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}"),
                    "UpdateExpression": "SET receipt = :receipt",
                    "ConditionExpression": "attribute_exists(PK)",
                    "ExpressionAttributeValues": {":receipt": _s(receipt)},
                }
            }
        )
    _write(writes, unique=0)


def _owed(mail: Mail | None) -> list[Item]:
    if mail is None:
        return []
    item = {
        **_key(f"MAIL#{mail.mail_id}", "MAIL"),
        "by_date_pk": _s("MAIL#owed"),
        "by_date_sk": _s(f"{mail.due_at}#{mail.mail_id}"),
        "status": _s("owed"),
        "attempts": _n(mail.attempts),
        "data": _json({"kind": mail.kind, "to": mail.to, "facts": mail.facts}),
    }
    return [_put(item, only_new=True)]


def _mail(item: Item) -> Mail:
    due_at, _, mail_id = item["by_date_sk"]["S"].partition("#")
    return Mail(
        mail_id=mail_id, due_at=due_at, attempts=int(item["attempts"]["N"]), status=item["status"]["S"], **_data(item)
    )


# --- waivers --------------------------------------------------------------------------------------


def read_signing(event_id: str) -> tuple[EventRecord | None, dict[str, Any] | None]:
    """The event and the waiver version that is current: one read."""
    answer = _db().batch_get_item(
        RequestItems={_table(): {"Keys": [_event_key(event_id), _CURRENT_VERSION], "ConsistentRead": True}}
    )
    found = {item["SK"]["S"]: item for item in answer["Responses"].get(_table(), [])}
    if answer.get("UnprocessedKeys"):
        raise Moved
    return (
        _event(found["EVENT"]) if "EVENT" in found else None,
        _data(found["CURRENT"]) if "CURRENT" in found else None,
    )


def read_chain_head() -> tuple[int, str]:
    """How many records the chain has and the hash of the last; (0, "") before the first."""
    item = _db().get_item(TableName=_table(), Key=_CHAIN_HEAD, ConsistentRead=True).get("Item")
    return (int(item["seq"]["N"]), item["hash"]["S"]) if item else (0, "")


def append_waivers(
    event_id: str, records: Sequence[dict[str, Any]], seen_seq: int, audit: dict[str, Any], mail: Mail | None
) -> None:
    """One transaction: the records, the chain's head, the event's count, the owed mail. Raises Exists or Moved.

    Moved also says that the text they sign is no longer the current one.
    """
    head = records[-1]
    move_head: Item = {
        "TableName": _table(),
        "Key": _CHAIN_HEAD,
        "UpdateExpression": "SET seq = :seq, #hash = :hash",
        "ConditionExpression": "seq = :seen" if seen_seq else "attribute_not_exists(PK)",
        "ExpressionAttributeNames": {"#hash": "hash"},
        "ExpressionAttributeValues": {":seq": _n(head["seq"]), ":hash": _s(head["record_hash"])},
    }
    if seen_seq:
        move_head["ExpressionAttributeValues"][":seen"] = _n(seen_seq)
    count = {
        "TableName": _table(),
        "Key": _event_key(event_id),
        "UpdateExpression": "ADD signed_count :signed",
        "ConditionExpression": "attribute_exists(PK) AND #status <> :cancelled",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":signed": _n(len(records)), ":cancelled": _s("cancelled")},
    }
    rows = [
        _put(
            {
                **_key(f"EVENT#{event_id}", f"WAIVER#{record['waiver_id']}"),
                "by_date_pk": _s("WAIVERS"),
                "by_date_sk": _s(f"{record['seq']:012d}"),
                "data": _json(record),
            },
            only_new=True,
        )
        for record in records
    ]
    same_text = {
        "TableName": _table(),
        "Key": _CURRENT_VERSION,
        "ConditionExpression": "waiver_version = :signed",
        "ExpressionAttributeValues": {":signed": _s(head["waiver_version"])},
    }
    others = [{"Update": move_head}, {"Update": count}, {"ConditionCheck": same_text}]
    _write([*rows, *others, _put(_audit_item(event_id, audit)), *_owed(mail)], unique=0)


def read_waiver(event_id: str, waiver_id: str) -> dict[str, Any] | None:
    key = _key(f"EVENT#{event_id}", f"WAIVER#{waiver_id}")
    item = _db().get_item(TableName=_table(), Key=key, ConsistentRead=True).get("Item")
    return _data(item) if item else None


def list_audit(event_id: str) -> list[dict[str, Any]]:
    items = _query(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :audit)",
        ExpressionAttributeValues={":pk": _s(f"EVENT#{event_id}"), ":audit": _s("AUDIT#")},
        ConsistentRead=True,
    )
    return [_data(item) for item in items]


def list_chain() -> list[dict[str, Any]]:
    """Every signed waiver, in the chain's order."""
    items = _query(
        IndexName="by_date", KeyConditionExpression="by_date_pk = :pk", ExpressionAttributeValues={":pk": _s("WAIVERS")}
    )
    return [_data(item) for item in items]


def publish_version(version: dict[str, Any], *, only_first: bool = False) -> None:
    """Stores the version if its text is new, and makes it the current one. A stored version is never rewritten.

    Raises Moved; with `only_first` also Exists, when any version is current already.
    """
    store = {
        "TableName": _table(),
        "Key": _key(f"WAIVER_VERSION#{version['waiver_version']}", "VERSION"),
        "UpdateExpression": "SET #data = if_not_exists(#data, :data), by_date_pk = :pk, "
        "by_date_sk = if_not_exists(by_date_sk, :sk)",
        "ExpressionAttributeNames": {"#data": "data"},
        "ExpressionAttributeValues": {
            ":data": _json(version),
            ":pk": _s("WAIVER_VERSIONS"),
            ":sk": _s(f"{version['published_at']}#{version['waiver_version']}"),
        },
    }
    current = _put(
        {**_CURRENT_VERSION, "data": _json(version), "waiver_version": _s(version["waiver_version"])},
        only_new=only_first,
    )
    _write([{"Update": store}, current], unique=1)


def read_version(waiver_version: str) -> dict[str, Any] | None:
    key = _key(f"WAIVER_VERSION#{waiver_version}", "VERSION")
    item = _db().get_item(TableName=_table(), Key=key, ConsistentRead=True).get("Item")
    return _data(item) if item else None


def read_current_version() -> dict[str, Any] | None:
    item = _db().get_item(TableName=_table(), Key=_CURRENT_VERSION, ConsistentRead=True).get("Item")
    return _data(item) if item else None


def list_versions() -> list[dict[str, Any]]:
    items = _query(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": _s("WAIVER_VERSIONS")},
        ScanIndexForward=False,
    )
    return [_data(item) for item in items]


# --- sessions and throttles -----------------------------------------------------------------------


def put_session(token_hash: str, session: dict[str, Any], idle_until_s: int, ttl_s: int) -> None:
    key = _key(f"SESSION#{token_hash}", f"SESSION#{token_hash}")
    item = {**key, "data": _json(session), "idle_until_s": _n(idle_until_s), "ttl": _n(ttl_s)}
    _db().put_item(TableName=_table(), Item=item)


def read_session(token_hash: str) -> tuple[dict[str, Any], int] | None:
    """The session and the second it goes idle."""
    key = _key(f"SESSION#{token_hash}", f"SESSION#{token_hash}")
    item = _db().get_item(TableName=_table(), Key=key, ConsistentRead=True).get("Item")
    return (_data(item), int(item["idle_until_s"]["N"])) if item else None


def extend_session(token_hash: str, idle_until_s: int) -> None:
    """Moves the idle end, unless the session has been revoked meanwhile."""
    try:
        _db().update_item(
            TableName=_table(),
            Key=_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}"),
            UpdateExpression="SET idle_until_s = :until",
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeValues={":until": _n(idle_until_s)},
        )
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def delete_session(token_hash: str) -> None:
    _db().delete_item(TableName=_table(), Key=_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}"))


def count_try(throttle: str, change: int, ttl_s: int) -> int:
    """Adds to a throttle's count and returns it. The count dies with its item, some time after `ttl_s`."""
    answer = _db().update_item(
        TableName=_table(),
        Key=_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}"),
        UpdateExpression="ADD tries :change SET #ttl = :ttl",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":change": _n(change), ":ttl": _n(ttl_s)},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["tries"]["N"])


# --- items ----------------------------------------------------------------------------------------


def _db() -> Any:
    return aws.client("dynamodb")


def _table() -> str:
    return settings().table


def _s(text: str) -> Item:
    return {"S": text}


def _n(number: int) -> Item:
    return {"N": str(number)}


def _json(facts: dict[str, Any]) -> Item:
    return _s(json.dumps(facts, ensure_ascii=False, separators=(",", ":")))


def _data(item: Item) -> dict[str, Any]:
    return json.loads(item["data"]["S"])  # type: ignore[no-any-return]


def _key(pk: str, sk: str) -> Item:
    return {"PK": _s(pk), "SK": _s(sk)}


def _event_key(event_id: str) -> Item:
    return _key(f"EVENT#{event_id}", "EVENT")


_CURRENT_VERSION = _key("WAIVER_VERSION#CURRENT", "CURRENT")
_CHAIN_HEAD = _key("WAIVER_CHAIN", "HEAD")


def _event_attributes(event: EventRecord) -> Item:
    return {
        "data": _json({"event_id": event.event_id, "created_at": event.created_at, "details": event.details}),
        "status": _s(event.status),
        "version": _n(event.version),
        "money": _json(event.sums.to_data()),
        "ledger_seq": _n(event.ledger_seq),
        "signed_count": _n(event.signed_count),
        "updated_at": _s(event.updated_at),
    }


def _board_keys(event: EventRecord) -> Item:
    return {"by_date_pk": _s("BOARD"), "by_date_sk": _s(board_key(event))}


def _event(item: Item) -> EventRecord:
    return EventRecord(
        **_data(item),
        status=item["status"]["S"],
        version=int(item["version"]["N"]),
        sums=Sums(**json.loads(item["money"]["S"])),
        ledger_seq=int(item["ledger_seq"]["N"]),
        signed_count=int(item["signed_count"]["N"]),
        updated_at=item["updated_at"]["S"],
    )


def _audit_item(event_id: str, audit: dict[str, Any]) -> Item:
    return {**_key(f"EVENT#{event_id}", f"AUDIT#{audit['at']}#{audit['audit_id']}"), "data": _json(audit)}


def _put(item: Item, *, only_new: bool = False) -> Item:
    put: Item = {"TableName": _table(), "Item": item}
    if only_new:
        put |= {"ConditionExpression": "attribute_not_exists(PK)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {"Put": put}


def _write(writes: Sequence[Item], unique: int | None = None) -> None:
    """All or nothing. `unique` is the write whose failed condition means that the record exists."""
    try:
        # The SDK adds a ClientRequestToken, so its own retry after a lost reply cannot write twice.
        _db().transact_write_items(TransactItems=list(writes))
    except ClientError as problem:
        if problem.response["Error"]["Code"] == "TransactionInProgressException":
            raise Moved from problem
        reasons = problem.response.get("CancellationReasons", [])
        codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
        if unique is not None and reasons and reasons[unique].get("Code") == "ConditionalCheckFailed":
            raise Exists(reasons[unique].get("Item", {})) from problem
        if codes and codes <= {"ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"}:
            raise Moved from problem
        raise


def _query(**query: Any) -> Iterator[Item]:
    for _ in range(MAX_PAGES):
        page = _db().query(TableName=_table(), **query)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    raise RuntimeError("a list is longer than any this product makes")
