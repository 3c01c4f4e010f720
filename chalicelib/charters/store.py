"""Charters, each with the sums of its ledger, and the board."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

from chalicelib.charters import directory, receivables
from chalicelib.charters.fields import CharterDetails, Check, Status
from chalicelib.charters.position_items import ChartersPositions, position_writes
from chalicelib.charters.positions import StoredPosition, answering_ids
from chalicelib.charters.receivables import Receivable
from chalicelib.core import names
from chalicelib.core.audit import HISTORIES, AuditEvent, history_item
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
from chalicelib.core.idempotency import key_write
from chalicelib.money.ledger import Balance, Sums
from chalicelib.schedule.entries import Assigned, Entry, Role
from chalicelib.schedule.fields import Override
from chalicelib.schedule.store import entry_writes

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
    schedule_override: Override | None = None
    """Who booked it in spite of a conflict, and why."""
    positions: Sequence[StoredPosition] = ()
    edited_at: str = ""
    """When its version was made; payments and signatures make none."""
    signed_guest_ids: frozenset[str] = NO_IDS
    signed_seq: int = 0
    """Counts changes of the list of who has signed: a change names the one it has seen."""
    signed_rows: int = 0
    """How many rows that list has."""
    dock_seq: int = 0
    """Counts what was ticked at the dock: a departure names the one it has seen."""
    briefed_at: str = ""
    """When the safety briefing was given; empty as long as it was not."""
    aboard_ids: frozenset[str] = NO_IDS
    """Who was ticked as aboard, by the ids of signed waivers or of listed guests; so are no-shows."""
    no_show_ids: frozenset[str] = NO_IDS
    checks: Sequence[Check] | None = None
    """What was in order when it departed, and what was waived then."""

    @property
    def charged_cents(self) -> int:
        """What its patron is asked to pay: the fee, or the cancellation fee once the charter is cancelled."""
        return self.details["cancellation_fee_cents" if self.status == "cancelled" else "charter_fee_cents"]

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


def put_new_charter(
    charter: Charter, audit: AuditEvent, request_key: str, fingerprint: str, also: Sequence[Item] = ()
) -> None:
    """Makes a charter, with what else books it.

    Raises AlreadyExists, with the earlier request under the same key, if that key was used; or WriteConflict.
    """
    write_all([*key_write(request_key, charter.event_id, fingerprint), *new_writes(charter, audit), *also], unique=0)


def new_writes(charter: Charter, audit: AuditEvent) -> list[Item]:
    """The writes that make a charter."""
    return [
        put_write({**charter_key(charter.event_id), **_attributes(charter), **_board_keys(charter)}, only_new=True),
        change_write(charter, None, audit),
        *copy_writes(charter, None),
    ]


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
    """Events whose board key is in [first, last), by start; and whether there are more.

    The index holds neither who has signed nor what was ticked at the dock: see `complete`.
    """
    query = _board_query(first, last)
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
    return found[:limit], len(found) > limit


def list_between(first: str, last: str) -> list[Charter]:
    """All that begin between two instants, cancelled ones too, by start and without who has signed: one Query."""
    return [to_charter(item) for item in query_items(**_board_query(first, last))]


def _board_query(first: str, last: str) -> Item:
    return {
        "IndexName": "by_date",
        "KeyConditionExpression": "by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {":pk": s("BOARD"), ":first": s(first), ":last": s(last)},
    }


# What the index does not hold of a charter.
_UNINDEXED = ("signed_guest_ids", "briefed_at", "aboard_ids", "no_show_ids")


def complete(indexed: Charter, whole: Charter) -> Charter:
    """A charter that was found by the index, with what only its own item holds."""
    return indexed._replace(**{name: getattr(whole, name) for name in _UNINDEXED})


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


def update_charter(
    charter: Charter,
    seen: Charter,
    audit: AuditEvent,
    *,
    also: Sequence[Item] = (),
    told: Charter | None = None,
) -> None:
    """Replaces what an admin edits, with what else books it; sums and counts stay.

    The audit event tells what changed since `seen`, or since `told` where something of it is not to be told again.
    Raises WriteConflict if it was edited, or something was added to its ledger, since it was seen.
    """
    charter = charter._replace(edited_at=audit["at"])
    changed = _attributes(charter)
    values = {f":{name}": changed[name] for name in ("data", "version", "status", "updated_at")}
    values[":sk"] = _board_keys(charter)["by_date_sk"]
    change = "SET #data = :data, version = :version, #status = :status, updated_at = :updated_at, by_date_sk = :sk"
    edit = unmoved_update(seen, change, values)
    link = (
        [put_write({**guest_link_key(charter.guest_link), "event_id": s(charter.event_id)}, only_new=True)]
        if charter.guest_link != seen.guest_link
        else []
    )
    write_all([edit, *link, change_write(charter, told or seen, audit), *copy_writes(charter, seen), *also])


def unmoved_update(seen: Charter, change: str, values: Item, condition: str = "") -> Item:
    """The write that changes a charter if neither its details nor its ledger have changed since it was seen.

    Both, because what is due follows from both, and a write of either one keeps the list of receivables.
    """
    unmoved = "version = :seen_version AND ledger_seq = :seen_ledger_seq"
    values = {**values, ":seen_version": n(seen.version), ":seen_ledger_seq": n(seen.ledger_seq)}
    condition = f"{unmoved} AND {condition}" if condition else unmoved
    return {"Update": update(charter_key(seen.event_id), change, values, condition)}


def change_write(charter: Charter, seen: Charter | None, audit: AuditEvent) -> Item:
    """The write of the audit event that tells what became of a charter, as part of the transaction that changes it."""
    before, after = edited_fields(seen) if seen else {}, edited_fields(charter)
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name, ...) != value}
    told: AuditEvent = {**audit, "version": charter.version}
    return put_write(history_item(charter.event_id, {**told, "changed": changed} if changed else told))


def edited_fields(charter: Charter) -> dict[str, object]:
    """What an admin decides of a charter, by name."""
    return {
        **charter.details,
        "status": charter.status,
        "schedule_override": charter.schedule_override,
        "positions": list(charter.positions),
    }


# --- what of a charter is kept elsewhere, too ---------------------------------------------------------


def copy_writes(charter: Charter, seen: Charter | None) -> list[Item]:
    """The writes that keep its entries in the schedule and in the directory as the charter is."""
    writes = entry_writes(schedule_entry(charter), schedule_entry(seen) if seen else None)
    told = directory_attributes(charter)
    if seen is None or told != directory_attributes(seen):
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in told)
        values = {f":{name}": value for name, value in told.items()}
        writes.append({"Update": update(directory.directory_key(charter.event_id), change, values)})
    was = to_positions(seen) if seen else None
    return [*writes, *position_writes(to_positions(charter), was), *receivable_writes(charter, seen)]


def to_positions(charter: Charter) -> ChartersPositions:
    return ChartersPositions(charter.event_id, charter.positions, is_planned=charter.status == "scheduled")


def receivable_writes(charter: Charter, seen: Charter | None) -> list[Item]:
    """The write that keeps its entry in the list of receivables as the charter is; none where that is unchanged."""
    return receivables.entry_writes(charter.event_id, receivable(charter), receivable(seen) if seen else None)


def receivable(charter: Charter) -> Receivable | None:
    """What the list of receivables says of a charter; None while nothing is due."""
    details = charter.details
    if charter.due_cents <= 0:
        return None
    return Receivable(
        event_id=charter.event_id,
        title=details["title"],
        patron=details["patron"],
        starts_at=details["starts_at"],
        ends_at=details["ends_at"],
        timezone=details["timezone"],
        status=charter.status,
        currency=details["currency"],
        charged_cents=charter.charged_cents,
        due_cents=charter.due_cents,
        uncleared_cents=charter.sums.uncleared_cents,
    )


def schedule_entry(charter: Charter) -> Entry | None:
    """What the schedule says of a charter. A cancelled one blocks no time: it is shown to those who were to sail."""
    details = charter.details
    roles: list[tuple[Role, Any]] = [("captain", details["captain"]), *(("crew", one) for one in details["crew"])]
    people = tuple(Assigned(one["person_id"], role, one["name"]) for role, one in roles if one and one["person_id"])
    if charter.status == "cancelled" and not people:
        return None
    return Entry(
        "charter",
        charter.event_id,
        details["boat_id"],
        people,
        details["title"],
        details["starts_at"],
        details["ends_at"],
        charter.status,
        asked=tuple(answering_ids(charter.positions)) if charter.status == "scheduled" else (),
    )


def directory_attributes(charter: Charter) -> Item:
    """What is searched, and who chartered. The log's writer adds who has signed."""
    details = charter.details
    people = [details["patron"], *details["guests"], *filter(None, [details["captain"]]), *details["crew"]]
    texts = [details["title"], details["vessel"], *(one["name"] for one in people)]
    return {
        "starts_at": s(details["starts_at"]),
        "status": s(charter.status),
        "patron": json_s(details["patron"]),
        "text": s("\n".join(filter(None, map(names.fold, texts)))),
    }


def read_charters(event_ids: Sequence[str]) -> list[Charter]:
    """Those that exist, by start."""
    found = map(to_charter, read_items([charter_key(event_id) for event_id in event_ids]))
    return sorted(found, key=board_key)


def rewrite_copies(event_id: str, rewrite: Callable[[Any], Any]) -> None:
    """Rewrites what of a charter's guests was copied into its audit events, payments' answers and frozen manifest.

    Each is one JSON text; only those are written that differ afterwards. Raises WriteConflict if one was changed
    meanwhile.
    """
    texts = {"AUDIT#": "data", "BOARDING#": "data", "PAYMENT#": "answer", "BATCH#": "answer"}
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


def charter_data(charter: Charter) -> Item:
    """What is read again only with the whole charter, as one JSON text."""
    kept = ("event_id", "created_at", "edited_at", "details", "reminders_since", "waivers_open_until", "guest_link")
    return json_s({name: getattr(charter, name) for name in (*kept, "schedule_override", "positions", "checks")})


def _attributes(charter: Charter) -> Item:
    return {
        "data": charter_data(charter),
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
    data = load_data(item)
    return Charter(
        **{**data, "positions": tuple(data.get("positions", ()))},
        status=item["status"]["S"],
        version=int(item["version"]["N"]),
        sums=Sums(**json.loads(item["money"]["S"])),
        ledger_seq=int(item["ledger_seq"]["N"]),
        signed_count=int(item["signed_count"]["N"]),
        updated_at=item["updated_at"]["S"],
        signed_guest_ids=_ids(item, "signed_guest_ids"),
        signed_seq=_number(item, "signed_seq"),
        signed_rows=_number(item, "signed_rows"),
        dock_seq=_number(item, "dock_seq"),
        briefed_at=item["briefed_at"]["S"] if "briefed_at" in item else "",
        aboard_ids=_ids(item, "aboard_ids"),
        no_show_ids=_ids(item, "no_show_ids"),
    )


def _ids(item: Item, name: str) -> frozenset[str]:
    return frozenset(item[name]["SS"]) if name in item else NO_IDS


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0
