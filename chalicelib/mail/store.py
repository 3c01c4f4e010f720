"""Mails in the table: queued, claimed, postponed, finished, and queued once more."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Generic, Literal, NamedTuple, TypedDict, TypeVar

from chalicelib.core.dynamo import (
    Item,
    check_write,
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

MailStatus = Literal["queued", "sent", "failed", "uncertain", "cancelled"]


class MailData(TypedDict):
    """What a mail's templates show. Each kind adds its own fields, in the room that builds it."""

    name: str
    """Whom the mail greets and is addressed to. Empty where a guest typed the address, which may be another's: no text
    of a guest stands in greeting, subject or `To` of such a mail."""


class Retry(TypedDict):
    """An admin sent the mail again: who, when, from where, and how it had ended before."""

    at: str
    by: str
    address: str
    status: MailStatus
    note: str
    attempts: int
    finished_at: str
    to: str


Data = TypeVar("Data", bound=MailData)


class MailOf(NamedTuple, Generic[Data]):
    """A mail, from the moment that it is queued."""

    mail_id: str
    kind: str
    to: str
    data: Data
    due_at: str
    """When the next sender may take it: a lease and a back-off in one. Of a finished mail, when it ended."""
    attempts: int = 0
    status: MailStatus = "queued"
    created_at: str = ""
    note: str = ""
    """How the last try ended."""
    retries: tuple[Retry, ...] = ()
    reports: tuple[str, ...] = ()
    """What the mail service reported of it afterwards, by kind and message."""


Mail = MailOf[Any]

_STILL_QUEUED = "#status = :queued", {":queued": s("queued")}


def put_mail(mail: Mail, also: Sequence[Item] = ()) -> None:
    """Queues the mail, with what else is written. Raises AlreadyExists if it was queued before, or WriteConflict."""
    write_all([*mail_writes(mail), *also], unique=0)


def list_due_mail(now: str, limit: int) -> list[Mail]:
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :now",
        ExpressionAttributeValues={":pk": s("MAIL#queued"), ":now": s(now)},
        Limit=limit,
    )
    return [_to_mail(item) for item in islice(items, limit)]


def claim_mail(mail: Mail, until: str) -> bool:
    """Takes a due mail until then and counts the attempt; False if another sender has it."""
    values = {
        ":next": n(mail.attempts + 1),
        ":seen": n(mail.attempts),
        ":until": s(f"{until}#{mail.mail_id}"),
        ":due": s(sort_key(mail)),
        ":queued": s("queued"),
    }
    condition = "attempts = :seen AND by_date_sk = :due AND #status = :queued"
    claim = update(mail_key(mail.mail_id), "SET attempts = :next, by_date_sk = :until", values, condition)
    return is_written(db().update_item, or_busy=True, **claim)


def postpone_mail(mail: Mail, due_at: str, why: str) -> None:
    db().update_item(**_change(mail._replace(due_at=due_at, note=why), *_STILL_QUEUED))


def finish_mail(mail: Mail, status: MailStatus, at: str, note: str, also: Sequence[Item]) -> None:
    """Notes how the mail ended, with what else is written.

    Raises AlreadyExists if it ended before, or WriteConflict.
    """
    ended = mail._replace(status=status, due_at=at, note=note)
    write_all([{"Update": _change(ended, *_STILL_QUEUED)}, *also], unique=0)


def change_mail(after: Mail, seen: Mail, also: Sequence[Item] = ()) -> None:
    """Replaces a mail that is still as it was seen, with what else is written. Raises WriteConflict."""
    condition = "#status = :seen_status AND by_date_sk = :seen_sk"
    values = {":seen_status": s(seen.status), ":seen_sk": s(sort_key(seen))}
    write_all([{"Update": _change(after, condition, values)}, *also])


def erase_mail(mail_id: str) -> None:
    """Keeps of a mail that it was, and no person. One that has not gone out yet never does. Raises WriteConflict."""
    seen = read_mail(mail_id)
    if seen is None or "erased" in seen.data:
        return
    about = {"charter": seen.data["charter"]} if "charter" in seen.data else {}
    data = {**about, "name": "", "erased": True}
    retries = tuple(Retry(**{**one, "to": "", "note": ""}) for one in seen.retries)
    status: MailStatus = "cancelled" if seen.status == "queued" else seen.status
    change_mail(seen._replace(to="", data=data, retries=retries, reports=(), status=status, note="erased"), seen)


def rewrite_mail(mail_id: str, rewrite: Callable[[Any], Any]) -> None:
    """Replaces what a mail's templates show. Raises WriteConflict."""
    seen = read_mail(mail_id)
    if seen and (data := rewrite(seen.data)) != seen.data:
        change_mail(seen._replace(data=data), seen)


def read_mail(mail_id: str) -> Mail | None:
    item = read_item(mail_key(mail_id))
    return _to_mail(item) if item else None


def read_mails(mail_ids: Sequence[str]) -> list[Mail]:
    """Those that exist, in any order."""
    return [_to_mail(item) for item in read_items([mail_key(mail_id) for mail_id in mail_ids])]


def missing_check(mail_id: str) -> Item:
    """The condition that there is no mail of this id, as part of a transaction."""
    return check_write(mail_key(mail_id), "attribute_not_exists(PK)")


def list_mail(status: str, after: str, limit: int) -> tuple[list[Mail], bool]:
    """Mails of one status after that sort key, and whether there are more: one Query, at most 1 MB.

    Queued ones come next due first, all others newest first.
    """
    ascending = status == "queued"
    page = db().query(
        TableName=table_name(),
        IndexName="by_date",
        KeyConditionExpression=f"by_date_pk = :pk AND by_date_sk {'>' if ascending else '<'} :after",
        ExpressionAttributeValues={":pk": s(f"MAIL#{status}"), ":after": s(after or ("0" if ascending else "9"))},
        ScanIndexForward=ascending,
        Limit=limit + 1,
    )
    found = [_to_mail(item) for item in page["Items"]]
    return found[:limit], len(found) > limit or "LastEvaluatedKey" in page


def sort_key(mail: Mail) -> str:
    return f"{mail.due_at}#{mail.mail_id}"


def mail_writes(mail: Mail | None) -> list[Item]:
    """The write that queues a mail, as part of a transaction; nothing for None."""
    if mail is None:
        return []
    return [put_write({**mail_key(mail.mail_id), **_attributes(mail)}, only_new=True)]


def mail_key(mail_id: str) -> Item:
    return item_key(f"MAIL#{mail_id}", "MAIL")


def _attributes(mail: Mail) -> Item:
    names = ("kind", "to", "data", "created_at", "note", "retries", "reports")
    return {
        "by_date_pk": s(f"MAIL#{mail.status}"),
        "by_date_sk": s(sort_key(mail)),
        "status": s(mail.status),
        "attempts": n(mail.attempts),
        "data": json_s({name: getattr(mail, name) for name in names}),
    }


def _change(after: Mail, condition: str, values: Item) -> Item:
    """The whole mail as it is from now on, so that the index shows it without another read."""
    changed = _attributes(after)
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in changed)
    values = {**values, **{f":{name}": value for name, value in changed.items()}}
    return update(mail_key(after.mail_id), change, values, condition)


def _to_mail(item: Item) -> Mail:
    due_at, _, mail_id = item["by_date_sk"]["S"].partition("#")
    data = load_data(item)
    return Mail(
        mail_id=mail_id,
        due_at=due_at,
        attempts=int(item["attempts"]["N"]),
        status=item["status"]["S"],
        retries=tuple(data.pop("retries")),
        reports=tuple(data.pop("reports")),
        **data,
    )
