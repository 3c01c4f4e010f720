"""The outbox of mails: owed, taken, postponed, done."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.store.events import audit_item
from chalicelib.store.table import (
    Item,
    db,
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
    try:
        db().update_item(
            TableName=table_name(),
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
    except ClientError as problem:
        if problem.response["Error"]["Code"] in ("ConditionalCheckFailedException", "TransactionConflictException"):
            return False
        raise
    return True


def postpone_mail(mail: Mail, due_at: str, why: str) -> None:
    db().update_item(
        TableName=table_name(),
        Key=item_key(f"MAIL#{mail.mail_id}", "MAIL"),
        UpdateExpression="SET by_date_sk = :due, last_problem = :why",
        ConditionExpression="#status = :owed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":due": s(f"{due_at}#{mail.mail_id}"), ":why": s(why), ":owed": s("owed")},
    )


def finish_mail(mail: Mail, status: str, at: str, note: str, receipt: str | None) -> None:
    """Notes how the mail ended and, for a payment's receipt, the payment's `receipt` state. One write.

    Raises Exists if it has ended before, or Moved.
    """
    writes = [
        {
            "Update": {
                "TableName": table_name(),
                "Key": item_key(f"MAIL#{mail.mail_id}", "MAIL"),
                "UpdateExpression": "SET #status = :status, by_date_pk = :pk, by_date_sk = :sk, last_problem = :note",
                "ConditionExpression": "#status = :owed",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {
                    ":status": s(status),
                    ":pk": s(f"MAIL#{status}"),
                    ":sk": s(f"{at}#{mail.mail_id}"),
                    ":note": s(note),
                    ":owed": s("owed"),
                },
            }
        }
    ]
    if receipt:
        payment = mail.facts["payment"]
        writes.append(
            {
                "Update": {
                    "TableName": table_name(),
                    "Key": item_key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}"),
                    "UpdateExpression": "SET receipt = :receipt",
                    "ConditionExpression": "attribute_exists(PK)",
                    "ExpressionAttributeValues": {":receipt": s(receipt)},
                }
            }
        )
    write_all(writes, unique=0)


def owed(mail: Mail | None) -> list[Item]:
    if mail is None:
        return []
    item = {
        **item_key(f"MAIL#{mail.mail_id}", "MAIL"),
        "by_date_pk": s("MAIL#owed"),
        "by_date_sk": s(f"{mail.due_at}#{mail.mail_id}"),
        "status": s("owed"),
        "attempts": n(mail.attempts),
        "data": json_s({"kind": mail.kind, "to": mail.to, "facts": mail.facts}),
    }
    return [put_write(item, only_new=True)]


def _to_mail(item: Item) -> Mail:
    due_at, _, mail_id = item["by_date_sk"]["S"].partition("#")
    return Mail(
        mail_id=mail_id,
        due_at=due_at,
        attempts=int(item["attempts"]["N"]),
        status=item["status"]["S"],
        **load_data(item),
    )
