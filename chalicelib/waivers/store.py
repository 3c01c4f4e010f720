"""Signed forms: their records, drawing, private copies and audit events; and what a signature is decided on.

All that one form has signed is one partition, named by the form: nothing in it is shared with another guest.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from chalicelib.charters.store import Charter, charter_key, guest_link_key, to_charter
from chalicelib.core.audit import AuditEvent
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
    read_item,
    read_items,
    s,
    table_name,
    update,
    write_all,
)
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.waivers import log_store
from chalicelib.waivers.fields import Act, Language, Payload, SetAsidePayload, Stroke, WaiverPayload, WaiverVersion
from chalicelib.waivers.log_store import EMPTY, Tree
from chalicelib.waivers.people import FoundRow
from chalicelib.waivers.version_store import current_keys, to_current_versions

_NUMBER_CHARS = 2
WAIVERS = "WAIVERS"
"""The index's partition of all records, by the time of signing."""


class SealedRecord(NamedTuple):
    """A record as it is stored: what is proved, and what can be erased."""

    payload: WaiverPayload
    disclosures: list[str]
    row: FoundRow


class StoredRecord(NamedTuple):
    payload: Payload
    payload_text: str
    """As the log has it."""
    disclosures: list[str]
    row: FoundRow
    leaf_index: int | None
    """Its place in the log; None for the moments before it is there."""
    set_aside: Act | None
    erased: Act | None

    @property
    def participants(self) -> int:
        """How many people its form covers."""
        return self.payload["participants"] if self.payload["type"] == "waiver" else 0


class StoredForm(NamedTuple):
    """All that one form has signed."""

    records: list[StoredRecord]
    drawing: str
    """The strokes as JSON text; empty when there are none."""
    copies: dict[str, str]
    """Till when a private link opens, by the hash of its secret."""
    audit: list[AuditEvent]
    acts: list[StoredRecord]


class SigningContext(NamedTuple):
    """What a signature is decided on."""

    charter: Charter
    versions: dict[Language, WaiverVersion]
    """The published current text of each language that has one."""
    record: StoredRecord | None
    """What the asked form has signed before, for its signer."""
    tree: Tree = EMPTY
    """The log's end."""


# --- ids --------------------------------------------------------------------------------------------


def waiver_id(event_id: str, submission_id: str, participant: int) -> str:
    """Made from the form's own random id, so that a double submit meets the record of the first.

    All ids of one form begin alike, with the name of its partition; the participant's number is at the end.
    """
    form = hashlib.sha256(f"{event_id} {submission_id}".encode()).hexdigest()[: 32 - _NUMBER_CHARS]
    return f"{form}{participant:0{_NUMBER_CHARS}x}"


def form_key(waiver_id: str) -> str:
    return f"FORM#{waiver_id[:-_NUMBER_CHARS]}"


def signers_id(waiver_id: str) -> str:
    """Of the signer's own record on the form of this record."""
    return f"{waiver_id[:-_NUMBER_CHARS]}{0:0{_NUMBER_CHARS}x}"


def record_key(waiver_id: str) -> Item:
    return item_key(form_key(waiver_id), f"RECORD#{waiver_id[-_NUMBER_CHARS:]}")


def _act_key(waiver_id: str) -> Item:
    """Of the act that set this record aside."""
    return item_key(form_key(waiver_id), f"SET_ASIDE#{waiver_id[-_NUMBER_CHARS:]}")


# --- signing ----------------------------------------------------------------------------------------


def read_signing_context(link: str, submission_id: str = "", token: str = "") -> SigningContext | None:
    """The charter behind a guest link, in one read, or two where the link was renewed. None if it leads nowhere.

    The context has the record of the signer, if this submission has signed before or the token is that of a record.
    """
    keys = [charter_key(link), guest_link_key(link), *current_keys(), log_store.TREE]
    items = read_items([*keys, *_signers_key(link, submission_id, token)])
    found = {item["SK"]["S"]: item for item in items}
    versions, tree = to_current_versions(items), log_store.to_tree(found.get("TREE"))
    if renewed := found.get("GUEST_LINK"):
        event_id = renewed["event_id"]["S"]
        more = read_items([charter_key(event_id), *_signers_key(event_id, submission_id, token)])
        found = {item["SK"]["S"]: item for item in more}
    if "EVENT" not in found:
        return None
    charter = to_charter(found["EVENT"])
    if (charter.guest_link or charter.event_id) != link:
        return None
    records = [to_stored(item) for key, item in found.items() if key.startswith("RECORD#")]
    own = [record for record in records if record.payload["event_id"] == charter.event_id]
    return SigningContext(charter, versions, own[0] if own else None, tree)


def _signers_key(event_id: str, submission_id: str, token: str) -> list[Item]:
    wanted = token or (waiver_id(event_id, submission_id, 0) if submission_id else "")
    return [record_key(wanted)] if wanted else []


def put_form(records: Sequence[SealedRecord], drawing: str, audits: Sequence[AuditEvent], mail: Mail | None) -> None:
    """One transaction of new items that no other guest's form has: records, drawing, audit events, mail, and what
    tells the log's writer of them. Raises AlreadyExists if the form was stored before, or WriteConflict if it is
    being stored now.
    """
    first = records[0].row["waiver_id"]
    rows = [put_write(_record_item(record), only_new=True) for record in records]
    waiting = [
        log_store.waiting_write(record.row["event_id"], record_key(record.row["waiver_id"]), record.payload, record.row)
        for record in records
    ]
    drawn = [put_write({**item_key(form_key(first), "DRAWING"), "strokes": s(drawing)})] if drawing else []
    audit_rows = [audit_write(first, audit) for audit in audits]
    write_all([*rows, *waiting, *drawn, *audit_rows, *mail_writes(mail)], unique=0)


def _record_item(record: SealedRecord) -> Item:
    return {
        **record_key(record.row["waiver_id"]),
        "by_date_pk": s(WAIVERS),
        "by_date_sk": s(index_key(record.row)),
        "data": json_s(record.row),
        "payload": s(log_store.payload_text(record.payload)),
        "disclosures": s(json.dumps(record.disclosures)),
    }


def index_key(row: FoundRow) -> str:
    return f"{row['signed_at']}#{row['waiver_id']}"


# --- reading ----------------------------------------------------------------------------------------


def read_record(waiver_id: str) -> StoredRecord | None:
    item = read_item(record_key(waiver_id))
    return to_stored(item) if item else None


def to_stored(item: Item) -> StoredRecord:
    text = item["payload"]["S"]
    return StoredRecord(
        payload=json.loads(text),
        payload_text=text,
        disclosures=json.loads(item["disclosures"]["S"]),
        row=cast(FoundRow, load_data(item)) if "data" in item else cast(FoundRow, {}),
        leaf_index=int(item["leaf_index"]["N"]) if "leaf_index" in item else None,
        set_aside=json.loads(item["set_aside"]["S"]) if "set_aside" in item else None,
        erased=json.loads(item["erased"]["S"]) if "erased" in item else None,
    )


def read_form(waiver_id: str) -> StoredForm:
    """All that the form of this record has signed; without records if there is no such form."""
    items = list(_query_form(waiver_id))

    def named(prefix: str) -> list[Item]:
        return [item for item in items if item["SK"]["S"].startswith(prefix)]

    drawings = [item["strokes"]["S"] for item in named("DRAWING")]
    return StoredForm(
        records=list(map(to_stored, named("RECORD#"))),
        drawing=drawings[0] if drawings else "",
        copies={item["SK"]["S"].removeprefix("COPY#"): item["until"]["S"] for item in named("COPY#")},
        audit=[cast(AuditEvent, load_data(item)) for item in named("AUDIT#")],
        acts=list(map(to_stored, named("SET_ASIDE#"))),
    )


def _query_form(waiver_id: str) -> Iterable[Item]:
    return query_items(
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": s(form_key(waiver_id))},
        ConsistentRead=True,
    )


def list_records(before: str, limit: int) -> tuple[list[FoundRow], bool]:
    """The newest records before that key of the index, and whether there are more: one Query."""
    page = db().query(
        TableName=table_name(),
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :before",
        ExpressionAttributeValues={":pk": s(WAIVERS), ":before": s(before)},
        ScanIndexForward=False,
        Limit=limit,
    )
    return [cast(FoundRow, load_data(item)) for item in page["Items"]], "LastEvaluatedKey" in page


def read_signed_chunk(event_id: str, position: int) -> list[Item]:
    """One chunk of the list of who has signed; empty if there is none."""
    item = read_item(log_store.chunk_key(event_id, position))
    return [item] if item else []


# --- striking and erasing ---------------------------------------------------------------------------

# Both change the row. Without this, one that is late would write back what the other has just erased.
_AS_SEEN = "#data = :seen"


def put_set_aside(
    record: StoredRecord, payload: SetAsidePayload, disclosures: Sequence[str], note: Act, audit: AuditEvent
) -> None:
    """Marks the record as set aside and hands the act to the log.

    Raises AlreadyExists if it was, or WriteConflict if the record is not as it was seen any more.
    """
    row = record.row
    key = _act_key(row["waiver_id"])
    item = {**key, "payload": s(log_store.payload_text(payload)), "disclosures": s(json.dumps(list(disclosures)))}
    values = {":note": json_s(note), ":data": json_s({**row, "set_aside": True}), ":seen": json_s(row)}
    mark = update(record_key(row["waiver_id"]), "SET set_aside = :note, #data = :data", values, _AS_SEEN)
    waiting = log_store.waiting_write(row["event_id"], key, payload, None)
    audited = audit_write(row["waiver_id"], audit)
    write_all([put_write(item, only_new=True), {"Update": mark}, waiting, audited], unique=0)


def erase_record(record: StoredRecord, disclosures: Sequence[str], row: FoundRow, note: Act | None) -> Item:
    """The write that keeps of a record only these disclosures and this row; with a note, it is erased as a whole.

    Fails as a conflict if the record is not as it was seen any more.
    """
    values = {":disclosures": s(json.dumps(list(disclosures))), ":data": json_s(row), ":seen": json_s(record.row)}
    change = "SET disclosures = :disclosures, #data = :data"
    if note:
        values[":note"], change = json_s(note), f"{change}, erased = :note"
    if note and record.set_aside:
        values[":struck"], change = json_s({**record.set_aside, "reason": ""}), f"{change}, set_aside = :struck"
    return {"Update": update(record_key(record.row["waiver_id"]), change, values, _AS_SEEN)}


def erase_act(waiver_id: str) -> Item:
    """The write that keeps nothing but the proof of the act that set a record aside."""
    return {
        "Update": update(_act_key(waiver_id), "SET disclosures = :none", {":none": s("[]")}, "attribute_exists(PK)")
    }


def erase_drawing(waiver_id: str) -> Item:
    return put_write({**item_key(form_key(waiver_id), "DRAWING"), "strokes": s("")})


def end_copies(waiver_id: str, form: StoredForm) -> list[Item]:
    """The writes that let no private link of this form open any more."""
    return [put_write({**_copy_key(waiver_id, secret_hash), "until": s("")}) for secret_hash in form.copies]


def rewrite_audits(waiver_id: str, audits: Iterable[AuditEvent]) -> list[Item]:
    return [audit_write(waiver_id, audit) for audit in audits]


# --- private copies ---------------------------------------------------------------------------------


def put_copy(waiver_id: str, secret_hash: str, until: str) -> None:
    """Lets a private link show this form till then; of the link itself only a hash is kept."""
    db().put_item(TableName=table_name(), Item={**_copy_key(waiver_id, secret_hash), "until": s(until)})


def _copy_key(waiver_id: str, secret_hash: str) -> Item:
    return item_key(form_key(waiver_id), f"COPY#{secret_hash}")


# --- audit events -----------------------------------------------------------------------------------


def put_audit_once(waiver_id: str, audit: AuditEvent, name: str) -> None:
    """Under a name of its own: only the first event of that name is kept."""
    item = _audit_item(waiver_id, {**audit, "audit_id": name})
    is_written(db().put_item, Item=item, ConditionExpression="attribute_not_exists(PK)")


def audit_write(waiver_id: str, audit: AuditEvent) -> Item:
    return put_write(_audit_item(waiver_id, audit))


def _audit_item(waiver_id: str, audit: AuditEvent) -> Item:
    # A name that is given, as of a reading within the hour, is the key; a random id comes after its time.
    name = audit["audit_id"] if "#" in audit["audit_id"] else f"{audit['at']}#{audit['audit_id']}"
    return {**item_key(form_key(waiver_id), f"AUDIT#{name}"), "data": json_s(audit)}


# --- requests to sign -------------------------------------------------------------------------------


def queue_once(mail: Mail, request: str, about: Sequence[str], now_s: int, again_s: int) -> bool:
    """Queues the mail; False if one for the same `request` was queued lately. Raises WriteConflict.

    The next one may come at `again_s`; both are in seconds since 1970. `about` are the ids of the guests and records
    that it is about, by which it is found when their data is erased.
    """
    key = item_key(f"THROTTLE#{request}", f"THROTTLE#{request}")
    put = put_write({**key, "not_before": n(again_s), "ttl": n(again_s + 3600)})
    put["Put"] |= {
        "ConditionExpression": "attribute_not_exists(PK) OR not_before <= :now",
        "ExpressionAttributeValues": {":now": n(now_s)},
    }
    return is_new([put, *mail_writes(mail), *found_by_writes(mail, about)])


def found_by_writes(mail: Mail, about: Sequence[str]) -> list[Item]:
    """The writes by which a mail is found when the data of these guests and signers is erased."""
    return [put_write(item_key(f"MAILED#{one}", f"MAIL#{mail.mail_id}")) for one in about]


def list_mails_about(about: str) -> list[str]:
    """The ids of the mails to this guest or signer, but for the copy of what was signed."""
    items = query_items(
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": s(f"MAILED#{about}")},
        ConsistentRead=True,
    )
    return [item["SK"]["S"].removeprefix("MAIL#") for item in items]


def to_drawing(strokes: Sequence[Stroke]) -> str:
    """As it is stored and hashed; empty for no strokes."""
    return json.dumps(strokes, separators=(",", ":")) if strokes else ""


def read_strokes(drawing: str) -> list[Stroke]:
    loaded: Any = json.loads(drawing) if drawing else []
    return cast(list[Stroke], loaded)
