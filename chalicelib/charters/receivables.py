"""Who owes, how much, how long: one entry of each charter of which something is due.

The transaction that changes what is due, or what the entry says of the charter, writes it or deletes it. So the list is
one Query, however many charters there were. When the patron was last asked to pay stands beside it in the same item.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, get_args

from chalicelib.charters.fields import (
    Bucket,
    Contact,
    CurrencyDue,
    ReceivableJson,
    Receivables,
    ReceivableTotals,
    Status,
)
from chalicelib.core import times
from chalicelib.core.dynamo import Item, item_key, json_s, load_data, put_write, query_items, s, table_name, update
from chalicelib.core.settings import settings
from chalicelib.money import currencies

RECEIVABLES = "RECEIVABLES"
# The last day of each bucket but the last one.
_UNTIL: tuple[tuple[int, Bucket], ...] = ((30, "0-30"), (60, "31-60"), (90, "61-90"))


class Receivable(NamedTuple):
    """Of a charter of which something is due."""

    event_id: str
    title: str
    patron: Contact
    starts_at: str
    ends_at: str
    timezone: str
    status: Status
    currency: str
    charged_cents: int
    due_cents: int
    uncleared_cents: int


def entry_writes(event_id: str, after: Receivable | None, before: Receivable | None) -> list[Item]:
    """The write that keeps a charter's entry; none where it says the same as before."""
    if after == before:
        return []
    if after is None:
        return [{"Delete": {"TableName": table_name(), "Key": _key(event_id)}}]
    if before is None:
        return [put_write(entry_item(after))]
    # When it was reminded stays.
    return [{"Update": update(_key(event_id), "SET #data = :data", {":data": entry_item(after)["data"]})}]


def reminded_write(event_id: str, at: str) -> Item:
    """The write that notes when a charter's patron was asked to pay, as part of the transaction that queues that mail.

    It fails once nothing is due any more.
    """
    return {"Update": update(_key(event_id), "SET reminded_at = :at", {":at": s(at)}, "attribute_exists(PK)")}


def entry_item(entry: Receivable) -> Item:
    return {**_key(entry.event_id), "data": json_s(entry._asdict())}


def _key(event_id: str) -> Item:
    return item_key(RECEIVABLES, f"EVENT#{event_id}")


def list_receivables(now: datetime) -> Receivables:
    """The charters that ended longest ago first, then the coming ones by their end: one Query."""
    items = query_items(
        KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": s(RECEIVABLES)}, ConsistentRead=True
    )
    charters = sorted((_json(item, now) for item in items), key=lambda one: (one["ends_at"], one["event_id"]))
    return {"charters": charters, "totals": _totals(charters)}


def _json(item: Item, now: datetime) -> ReceivableJson:
    entry = Receivable(**load_data(item))
    age_days, bucket = age(entry.ends_at, now, settings().timezone)
    reminded_at = item["reminded_at"]["S"] if "reminded_at" in item else None
    return {**entry._asdict(), "age_days": age_days, "bucket": bucket, "reminded_at": reminded_at}  # type: ignore[typeddict-item]


def age(ends_at: str, now: datetime, timezone: str) -> tuple[int, Bucket]:
    """Days by the calendar of this time zone since a charter has ended, and where that counts; 0 for a coming one."""
    if times.parse_instant(ends_at) > now:
        return 0, "coming"
    days = (times.day_of(now, timezone) - times.local(ends_at, timezone).date()).days
    return days, next((bucket for last, bucket in _UNTIL if days <= last), "over-90")


def _totals(charters: Iterable[ReceivableJson]) -> ReceivableTotals:
    """Money in other currencies than the operator's stands apart, and is never added to it."""
    by_currency: dict[str, list[ReceivableJson]] = {}
    for one in charters:
        by_currency.setdefault(one["currency"], []).append(one)
    names = currencies.in_order(by_currency, settings().currency)
    first, *others = (_currency_totals(name, by_currency.get(name, [])) for name in names)
    return {**first, "other_currencies": others}


def _currency_totals(currency: str, charters: Iterable[ReceivableJson]) -> CurrencyDue:
    buckets: dict[Bucket, int] = dict.fromkeys(get_args(Bucket), 0)
    for one in charters:
        buckets[one["bucket"]] += one["due_cents"]
    return {"currency": currency, "due_cents": sum(buckets.values()), "buckets": buckets}
