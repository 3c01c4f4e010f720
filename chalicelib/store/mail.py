"""The outbox of mails: owed, taken, postponed, done, and owed once more."""

from typing import Any, NamedTuple

from chalicelib.store.events import audit_item
from chalicelib.store.table import (
    Item,
    db,
    is_written,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    s,
    table_name,
    write_all,
)


class Mail(NamedTuple):
    """A mail, from the moment that it is owed.

    `due_at` is when the next sender may take it: a lease and a back-off in one. Once it has ended, it is when that was.
    """

    mail_id: str
    kind: str
    to: str
    facts: dict[str, Any]
    due_at: str
    attempts: int = 0
    status: str = "owed"
    created_at: str = ""
    note: str = ""
    """What became of the last try."""
    retries: tuple[dict[str, Any], ...] = ()
    """Each time an admin sent it again: who, when, and how it had ended."""
    reports: tuple[str, ...] = ()
    """What the mail service reported of it afterwards, by kind and message."""


def put_mail(mail: Mail, event_id: str = "", audit: dict[str, Any] | None = None) -> None:
    """The owed mail and, if somebody asked for it, that act on the charter. Raises Exists if it is owed or done."""
    write_all([*owed(mail), *([put_write(audit_item(event_id, audit))] if audit else [])], unique=0)


def list_due_mail(now: str, limit: int) -> list[Mail]:
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :now",
        ExpressionAttributeValues={":pk": s("MAIL#owed"), ":now": s(now)},
        Limit=limit,
    )
    return [_to_mail(item) for _, item in zip(range(limit), items, strict=False)]


def claim_mail(mail: Mail, until: str) -> bool:
    """Takes a due mail till `until` and counts the attempt; False if another sender has it."""
    return is_written(
        db().update_item,
        or_busy=True,
        Key=item_key(f"MAIL#{mail.mail_id}", "MAIL"),
        UpdateExpression="SET attempts = :next, by_date_sk = :until",
        ConditionExpression="attempts = :seen AND by_date_sk = :due AND #status = :owed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":next": n(mail.attempts + 1),
            ":seen": n(mail.attempts),
            ":until": s(f"{until}#{mail.mail_id}"),
            ":due": s(f"{mail.due_at}#{mail.mail_id}"),
            ":owed": s("owed"),
        },
    )


def postpone_mail(mail: Mail, due_at: str, why: str) -> None:
    change = _change(mail._replace(due_at=due_at, note=why), "#status = :owed", {":owed": s("owed")})
    db().update_item(**change["Update"])


def finish_mail(
    mail: Mail, status: str, at: str, note: str, receipt: str | None, audit: dict[str, Any] | None = None
) -> None:
    """Notes how the mail ended, for a payment's receipt the payment's `receipt` state, and the trace that it leaves
    on its charter. One write. Raises Exists if it has ended before, or Moved.
    """
    ended = mail._replace(status=status, due_at=at, note=note)
    trace = [put_write(audit_item(mail.facts["event"]["event_id"], audit))] if audit else []
    write_all([_change(ended, "#status = :owed", {":owed": s("owed")}), *_receipt(mail, receipt), *trace], unique=0)


def change_mail(after: Mail, seen: Mail, receipt: str | None) -> None:
    """Writes an ended mail's new state, if it still stands as it was seen. One write. Raises Exists or Moved."""
    condition = "#status = :seen_status AND by_date_sk = :seen_sk"
    values = {":seen_status": s(seen.status), ":seen_sk": s(mail_place(seen))}
    write_all([_change(after, condition, values), *_receipt(after, receipt)], unique=0)


def read_mail(mail_id: str) -> Mail | None:
    answer = db().get_item(TableName=table_name(), Key=item_key(f"MAIL#{mail_id}", "MAIL"), ConsistentRead=True)
    return _to_mail(answer["Item"]) if "Item" in answer else None


def list_mail(status: str, behind: str, limit: int) -> tuple[list[Mail], bool]:
    """Mails of one status behind that place, and whether there are more: one Query, at most 1 MB.

    Owed ones come next due first, all others newest first.
    """
    ascending = status == "owed"
    page = db().query(
        TableName=table_name(),
        IndexName="by_date",
        KeyConditionExpression=f"by_date_pk = :pk AND by_date_sk {'>' if ascending else '<'} :behind",
        ExpressionAttributeValues={":pk": s(f"MAIL#{status}"), ":behind": s(behind or ("0" if ascending else "9"))},
        ScanIndexForward=ascending,
        Limit=limit + 1,
    )
    found = [_to_mail(item) for item in page["Items"]]
    return found[:limit], len(found) > limit or "LastEvaluatedKey" in page


def mail_place(mail: Mail) -> str:
    return f"{mail.due_at}#{mail.mail_id}"


def owed(mail: Mail | None) -> list[Item]:
    if mail is None:
        return []
    return [put_write({**item_key(f"MAIL#{mail.mail_id}", "MAIL"), **_attributes(mail)}, only_new=True)]


def _attributes(mail: Mail) -> Item:
    facts = {name: getattr(mail, name) for name in ("kind", "to", "facts", "created_at", "note", "retries", "reports")}
    return {
        "by_date_pk": s(f"MAIL#{mail.status}"),
        "by_date_sk": s(mail_place(mail)),
        "status": s(mail.status),
        "attempts": n(mail.attempts),
        "data": json_s(facts),
    }


def _change(after: Mail, condition: str, values: Item) -> Item:
    """The mail as it is from now on, all of it: so the index shows what became of it without another read."""
    changed = _attributes(after)
    return {
        "Update": {
            "TableName": table_name(),
            "Key": item_key(f"MAIL#{after.mail_id}", "MAIL"),
            "UpdateExpression": "SET #status = :status, attempts = :attempts, #data = :data, "
            "by_date_pk = :by_date_pk, by_date_sk = :by_date_sk",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#status": "status", "#data": "data"},
            "ExpressionAttributeValues": {f":{name}": value for name, value in changed.items()} | values,
        }
    }


def _receipt(mail: Mail, receipt: str | None) -> list[Item]:
    if receipt is None:
        return []
    payment = mail.facts["payment"]
    update = {
        "TableName": table_name(),
        "Key": item_key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}"),
        "UpdateExpression": "SET receipt = :receipt",
        "ConditionExpression": "attribute_exists(PK)",
        "ExpressionAttributeValues": {":receipt": s(receipt)},
    }
    return [{"Update": update}]


def _to_mail(item: Item) -> Mail:
    due_at, _, mail_id = item["by_date_sk"]["S"].partition("#")
    data = load_data(item)
    return Mail(
        mail_id=mail_id,
        due_at=due_at,
        attempts=int(item["attempts"]["N"]),
        status=item["status"]["S"],
        retries=tuple(data.pop("retries", ())),
        reports=tuple(data.pop("reports", ())),
        **data,
    )
