"""Charters, each with the sums of its ledger, and the board."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

from chalicelib.charters.fields import CharterDetails, Status
from chalicelib.core.audit import HISTORIES, AuditEvent, audit_item
from chalicelib.core.dynamo import (
    Item,
    db,
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
from chalicelib.money.ledger import Balance, Sums

NO_IDS: frozenset[str] = frozenset()
# The list of who has signed, in chunks; the room of the waivers writes it.
SIGNED = "SIGNED#"


class Charter(NamedTuple):
    event_id: str
    details: CharterDetails
    """What an admin edits."""
    status: Status
    version: int
    sums: Sums
    ledger_seq: int
    """Counts acts on the ledger: the next act names the one it has seen."""
    signed_count: int
    """How many people have signed, as far as their records are in the log; who signs again counts once."""
    created_at: str
    updated_at: str
    reminders_since: str = ""
    """When the balance reminders were switched on; empty while they are off."""
    waivers_open_until: str = ""
    """Till when a charter that is over takes signatures all the same."""
    guest_link: str = ""
    """What opens the guest page; empty as long as it is `event_id`."""
    signed_guest_ids: frozenset[str] = NO_IDS
    signed_seq: int = 0
    """Counts changes of the list of who has signed: a change names the one it has seen."""
    signed_rows: int = 0
    """How many rows that list has."""
    dock_seq: int = 0
    """Counts what was ticked at the dock: a departure names the one it has seen."""

    @property
    def charged_cents(self) -> int:
        """What its patron is asked to pay: the fee, and nothing once the charter is cancelled."""
        return 0 if self.status == "cancelled" else self.details["charter_fee_cents"]

    @property
    def due_cents(self) -> int:
        return self.sums.due_cents(self.charged_cents)

    @property
    def balance(self) -> Balance:
        return self.sums.balance(self.charged_cents)


class WholeCharter(NamedTuple):
    """A charter and all it owns, as one Query finds it."""

    charter: Charter
    payment_items: list[Item]
    signed_items: list[Item]
    """The list of who has signed."""


def put_new_charter(charter: Charter, audit: AuditEvent, request_key: str | None, fingerprint: str) -> None:
    """Raises AlreadyExists, with the earlier request under the same key, if that key was used."""
    writes: list[Item] = []
    if request_key:
        writes.append(
            put_write(
                {
                    **item_key(f"REQUEST#{request_key}", "REQUEST"),
                    "event_id": s(charter.event_id),
                    "fingerprint": s(fingerprint),
                },
                only_new=True,
            )
        )
    writes += [
        put_write({**charter_key(charter.event_id), **_attributes(charter), **_board_keys(charter)}, only_new=True),
        change_write(charter, None, audit),
    ]
    write_all(writes, unique=0)


def read_charter(event_id: str) -> Charter | None:
    item = read_item(charter_key(event_id))
    return to_charter(item) if item else None


def read_whole_charter(event_id: str, *, with_signed: bool) -> WholeCharter | None:
    """The charter, its payments and, if asked for, who has signed: one Query. Audit events sort before and stay out."""
    last = f"{SIGNED}~" if with_signed else "PAYMENT#~"
    items = list(
        query_items(
            KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":first": s("EVENT"), ":last": s(last)},
            ConsistentRead=True,
        )
    )
    if not items or items[0]["SK"]["S"] != "EVENT":
        return None
    return WholeCharter(
        charter=to_charter(items[0]),
        payment_items=[item for item in items if item["SK"]["S"].startswith("PAYMENT#")],
        signed_items=[item for item in items if item["SK"]["S"].startswith(SIGNED)],
    )


def list_charters(first: str, last: str, status: str, limit: int) -> tuple[list[Charter], bool]:
    """Events whose board key is in [first, last), by start; and whether there are more."""
    query: Item = {
        "IndexName": "by_date",
        "KeyConditionExpression": "by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {":pk": s("BOARD"), ":first": s(first), ":last": s(last)},
    }
    if not status:
        query["Limit"] = limit + 1
    else:
        # The database counts its limit before it filters: with one, a rare status would take a call for each few rows.
        query["FilterExpression"] = "#status = :status"
        query["ExpressionAttributeNames"] = {"#status": "status"}
        query["ExpressionAttributeValues"][":status"] = s(status)
    found: list[Charter] = []
    for item in query_items(**query):
        found.append(to_charter(item))
        if len(found) > limit:
            break
    return _with_signed_guests(found[:limit]), len(found) > limit


def _with_signed_guests(charters: list[Charter]) -> list[Charter]:
    """The index does not hold who has signed; only charters that list their guests need it."""
    asked = [charter.event_id for charter in charters if charter.signed_count and charter.details["guests"]]
    whole = map(to_charter, read_items(list(map(charter_key, asked)))) if asked else ()
    signed = {charter.event_id: charter.signed_guest_ids for charter in whole}
    return [
        charter._replace(signed_guest_ids=signed.get(charter.event_id, charter.signed_guest_ids))
        for charter in charters
    ]


def list_history(event_id: str, before: str, limit: int) -> tuple[list[AuditEvent], bool]:
    """A charter's audit events, newest first, from behind the sort key `before`; and whether there are more."""
    page = db().query(
        TableName=table_name(),
        KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":pk": s(f"EVENT#{event_id}"),
            ":first": s("AUDIT#"),
            # One more than is shown: the one at `before` itself was on the page before.
            ":last": s(f"AUDIT#{before or '~'}"),
        },
        ScanIndexForward=False,
        ConsistentRead=True,
        Limit=limit + 2,
    )
    found = [cast(AuditEvent, load_data(item)) for item in page["Items"] if item["SK"]["S"] != f"AUDIT#{before}"]
    return found[:limit], len(found) > limit or "LastEvaluatedKey" in page


def list_histories() -> Iterator[Item]:
    """The audit events of all charters, in order of time."""
    return query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": s(HISTORIES)},
    )


def board_key(charter: Charter) -> str:
    return f"{charter.details['starts_at']}#{charter.event_id}"


def request_of(item: Item) -> tuple[str, str]:
    """Of a request key's record: the event it made and the fingerprint of its content."""
    return item["event_id"]["S"], item["fingerprint"]["S"]


def update_charter(charter: Charter, seen: Charter, audit: AuditEvent, *, ledger_unmoved: bool = False) -> None:
    """Replaces what an admin edits; sums and counts stay. Raises WriteConflict if it was edited since it was seen."""
    changed = _attributes(charter)
    values = {f":{name}": changed[name] for name in ("data", "version", "status", "updated_at")}
    values |= {":sk": _board_keys(charter)["by_date_sk"], ":seen": n(seen.version)}
    condition = "version = :seen"
    if ledger_unmoved:
        condition += " AND ledger_seq = :ledger_seq"
        values[":ledger_seq"] = n(seen.ledger_seq)
    change = "SET #data = :data, version = :version, #status = :status, updated_at = :updated_at, by_date_sk = :sk"
    edit = {"Update": update(charter_key(charter.event_id), change, values, condition)}
    link = (
        [put_write({**guest_link_key(charter.guest_link), "event_id": s(charter.event_id)}, only_new=True)]
        if charter.guest_link != seen.guest_link
        else []
    )
    write_all([edit, *link, change_write(charter, seen, audit)])


def change_write(charter: Charter, seen: Charter | None, audit: AuditEvent) -> Item:
    """The write of the audit event that tells what became of a charter, as part of the transaction that changes it."""
    before, after = edited_fields(seen) if seen else {}, edited_fields(charter)
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name, ...) != value}
    # Of changes within a second, the later one sorts behind.
    audit_id = f"{charter.version:06d}-{audit['audit_id']}"
    told: AuditEvent = {**audit, "version": charter.version, "audit_id": audit_id}
    return put_write(audit_item(charter.event_id, {**told, "changed": changed} if changed else told))


def edited_fields(charter: Charter) -> dict[str, object]:
    """What an admin changes of a charter, by name."""
    return {**charter.details, "status": charter.status}


def rewrite_copies(event_id: str, rewrite: Callable[[Any], Any]) -> None:
    """Rewrites what of a charter's guests was copied into its audit events, payments' answers and frozen manifest.

    Each is one JSON text; only those are written that differ afterwards. Raises WriteConflict if one was changed
    meanwhile.
    """
    texts = {"AUDIT#": "data", "BOARDING#": "data", "PAYMENT#": "answer"}
    for prefix, name in texts.items():
        items = query_items(
            KeyConditionExpression="PK = :pk AND begins_with(SK, :prefix)",
            ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":prefix": s(prefix)},
            ConsistentRead=True,
        )
        for item in items:
            content = json.loads(item[name]["S"]) if name in item else None
            if (rewritten := rewrite(content)) != content:
                key = {"PK": item["PK"], "SK": item["SK"]}
                values = {":new": json_s(rewritten), ":seen": item[name]}
                change = update(key, f"SET #{name} = :new", values, f"#{name} = :seen")
                if not is_written(db().update_item, or_busy=True, **change):
                    raise WriteConflict


def guest_link_key(link: str) -> Item:
    """Of the record that says which charter a renewed link belongs to, or once did."""
    return item_key(f"GUEST_LINK#{link}", "GUEST_LINK")


def charter_key(event_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", "EVENT")


def _attributes(charter: Charter) -> Item:
    names = ("event_id", "created_at", "details", "reminders_since", "waivers_open_until", "guest_link")
    data = {name: getattr(charter, name) for name in names}
    return {
        "data": json_s(data),
        "status": s(charter.status),
        "version": n(charter.version),
        "money": json_s(charter.sums._asdict()),
        "ledger_seq": n(charter.ledger_seq),
        "signed_count": n(charter.signed_count),
        "updated_at": s(charter.updated_at),
    }


def _board_keys(charter: Charter) -> Item:
    return {"by_date_pk": s("BOARD"), "by_date_sk": s(board_key(charter))}


def to_charter(item: Item) -> Charter:
    return Charter(
        **load_data(item),
        status=item["status"]["S"],
        version=int(item["version"]["N"]),
        sums=Sums(**json.loads(item["money"]["S"])),
        ledger_seq=int(item["ledger_seq"]["N"]),
        signed_count=int(item["signed_count"]["N"]),
        updated_at=item["updated_at"]["S"],
        signed_guest_ids=frozenset(item["signed_guest_ids"]["SS"]) if "signed_guest_ids" in item else NO_IDS,
        signed_seq=_number(item, "signed_seq"),
        signed_rows=_number(item, "signed_rows"),
        dock_seq=_number(item, "dock_seq"),
    )


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0
