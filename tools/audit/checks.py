"""A table's records compared with every sum, count and list kept of them. Pure: records go in, differences come out.

What it says names records by their ids and never quotes a name, an address or a text of theirs.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping

from chalicelib.money import ledger
from chalicelib.payments.fields import Payment
from chalicelib.payments.store import ledger_keys, to_clear_key
from chalicelib.waivers.evidence import canonical
from tools.audit.log_checks import check_log
from tools.audit.records import Data, Difference, Entry, Records, add_up
from tools.audit.schedule_checks import find_problems
from tools.audit.waiver_checks import check_waivers, payload_of

# Who, when, from where: of a row, of an act or audit event, of a text.
PAYMENT_TRACE = ("recorded_by", "recorded_at", "address")
ACT_TRACE = ("by", "at", "address")
# Of an audit event, by who did it. What the product does by itself comes from nowhere, and a link tells no name.
ACTOR_TRACE: Mapping[str, tuple[str, ...]] = {"system": ("by", "at"), "link": ("at", "address")}
GUESTS = ("signer", "link")
TRACE_OF_ERASED = ("at",)
VERSION_TRACE = ("published_by", "published_at")
REQUESTS = ("waiver_reminder", "waiver_again")


def find_differences(records: Records) -> list[Difference]:
    """Everything that does not agree, in a fixed order; empty when the table is whole."""
    found = list(records.unreadable)
    checks = (
        _charters,
        _guest_links,
        _schedule,
        _ledgers,
        _to_clear,
        _audits,
        check_waivers,
        check_log,
        _versions,
        _mails,
    )
    for check in checks:
        found += check(records)
    return sorted(found, key=lambda each: (each.subject, each.what, each.text))


# --- charters and money ---------------------------------------------------------------------------


def _charters(records: Records) -> Iterator[Difference]:
    for event_id, event in records.events.items():
        subject = f"charter {event_id}"
        entries = records.ledgers.get(event_id, [])
        kept, counted = event.sums._asdict(), ledger.fold(records.payments.get(event_id, []))._asdict()
        for name in counted:
            if kept[name] != counted[name]:
                yield Difference(subject, name, f"{name} is {kept[name]} on the charter, {counted[name]} by its rows")
        if event.ledger_seq != len(entries):
            text = f"ledger_seq is {event.ledger_seq}, but it has {len(entries)} rows and acts"
            yield Difference(subject, "ledger_seq", text)
        yield from records.index_difference(subject, ("BOARD", records.boards[event_id]))


def _guest_links(records: Records) -> Iterator[Difference]:
    for event_id, event in records.events.items():
        if event.guest_link and records.guest_links.get(event.guest_link) != event_id:
            yield Difference(f"charter {event_id}", "guest link", "its guest link leads elsewhere, or nowhere")
    for event_id in set(records.guest_links.values()) - records.events.keys():
        yield Difference(f"charter {event_id}", "guest link", "it does not exist, but has a guest link")


def _schedule(records: Records) -> Iterator[Difference]:
    for problem in find_problems(records.schedule, records.events):
        yield Difference(*problem)


def _ledgers(records: Records) -> Iterator[Difference]:
    receipts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for mail in records.mails.values():
        if mail.kind == "receipt" and mail.event_id and mail.payment_id:
            receipts[mail.event_id, mail.payment_id].add(mail.status)
    for event_id, entries in records.ledgers.items():
        first = {row["payment_id"]: row for row in add_up(entry for entry in entries if not entry.act)}
        for entry in entries:
            yield from _entry(records, event_id, entry, first, receipts[event_id, entry.payment_id])
        if event_id not in records.events:
            text = f"it does not exist, but has {len(entries)} rows and acts"
            yield Difference(f"charter {event_id}", "charter", text)
        yield from _refunds(event_id, {row["payment_id"]: row for row in records.payments[event_id]})
        yield from _states(event_id, first, entries)


def _entry(
    records: Records, event_id: str, entry: Entry, first: Mapping[str, Payment], mails: set[str]
) -> Iterator[Difference]:
    """`first`: the charter's payments before any act; `mails`: how the payment's receipts stand."""
    if not entry.is_whole:
        yield Difference(entry.subject, "content", "it is not whole")
        return
    yield from _trace(entry.subject, entry.data, ACT_TRACE if entry.act else PAYMENT_TRACE)
    if entry.act and entry.payment_id not in first:
        yield Difference(entry.subject, "row", "there is no such payment on this charter")
        return
    if not entry.act and (entry.data["event_id"], entry.data["payment_id"]) != (event_id, entry.payment_id):
        yield Difference(entry.subject, "ids", "it stands under the key of another")
        return
    if not entry.act:
        yield from _row(entry, records.edited.get(entry.subject, ""), mails)
    keys = ledger_keys(first[entry.payment_id], f"#{entry.act}" if entry.act else "")
    yield from records.index_difference(entry.subject, (keys["by_date_pk"]["S"], keys["by_date_sk"]["S"]))


def _row(entry: Entry, edited: str, mails: set[str]) -> Iterator[Difference]:
    if edited:
        yield Difference(entry.subject, "edited", f"its {edited} changed since it was logged")
    if entry.receipt == "pending" and "queued" not in mails:
        yield Difference(entry.subject, "receipt", "its receipt is pending, but no mail is queued")
    elif entry.receipt != "off" and not mails:
        yield Difference(entry.subject, "receipt", "its receipt was mailed, but there is no such mail")


def _refunds(event_id: str, rows: Mapping[str, Payment]) -> Iterator[Difference]:
    for payment_id, row in rows.items():
        subject = f"payment {payment_id} of charter {event_id}"
        left_cents = ledger.refundable_cents(row, rows.values())
        if left_cents < 0:
            text = f"{row['amount_cents'] - left_cents} cents of its {row['amount_cents']} are refunded"
            yield Difference(subject, "refunds", text)
        if row["kind"] != "refund":
            continue
        paid = rows.get(row["refund_of"] or "")
        if paid is None or paid["kind"] == "refund" or paid["currency"] != row["currency"]:
            yield Difference(subject, "refund_of", "it refunds no payment of this charter")
        elif row["refunds_tip"] != (paid["kind"] == "tip"):
            yield Difference(subject, "refund_of", "it counts for the wrong kind of payment")


def _states(event_id: str, rows: Mapping[str, Payment], entries: Iterable[Entry]) -> Iterator[Difference]:
    """What can be done to a payment is done once, and one thing only ends it."""
    acts: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.act and entry.is_whole:
            acts[entry.payment_id].add(entry.act)
    for payment_id, names in acts.items():
        cleared_before = payment_id in rows and rows[payment_id]["status"] == "cleared"
        if {"VOID", "BOUNCE"} <= names or (cleared_before and "CLEAR" in names):
            subject = f"payment {payment_id} of charter {event_id}"
            yield Difference(subject, "acts", f"{' and '.join(sorted(names))} cannot have been done to it")


def _to_clear(records: Records) -> Iterator[Difference]:
    rows = (row for charter in records.payments.values() for row in charter)
    waiting = {to_clear_key(row)["SK"]["S"] for row in rows if row["status"] == "received"}
    for key in waiting ^ records.to_clear:
        _, payment_id, event_id = (f"{key}##").split("#")[:3]
        text = "it waits to be cleared, but is not on that list" if key in waiting else "it is on the list to clear"
        yield Difference(f"payment {payment_id} of charter {event_id}", "to clear", text)


# --- who did what ---------------------------------------------------------------------------------


def _audits(records: Records) -> Iterator[Difference]:
    seen: set[tuple[str, str]] = set()
    forms = records.waivers.forms()
    owners: Mapping[str, tuple[str, Container[str]]] = {
        "EVENT": ("charter", records.events),
        "FORM": ("form", forms),
        "WAIVER_VERSION": ("waiver version", records.versions),
        "BOAT": ("boat", records.registered["BOAT"]),
        "PERSON": ("person", records.registered["PERSON"]),
        "HOLD": ("hold", records.schedule.holds),
        # There is one of it, and before it is saved first it has only the renewals of its link.
        "SETTINGS": ("settings", ("",)),
    }
    for pk, event in records.audits:
        kind, _, owner = pk.partition("#")
        name, known = owners.get(kind, (kind, ()))
        subject, audit_id = f"{name} {owner}", str(event.get("audit_id"))
        trace = ACTOR_TRACE.get(str(event.get("actor_type")), ACT_TRACE)
        if kind == "FORM" and forms.get(owner) and event.get("actor_type") in GUESTS:
            trace = TRACE_OF_ERASED
        if missing := _missing(event, ("act", "audit_id", "actor_type", *trace)):
            yield Difference(subject, f"audit {audit_id}", f"its audit event {audit_id} lacks {missing}")
        if (pk, audit_id) in seen:
            yield Difference(subject, f"audit {audit_id}", f"its audit event {audit_id} stands twice")
        seen.add((pk, audit_id))
        if owner not in known:
            yield Difference(subject, "owner", "it does not exist, but has audit events")


def _trace(subject: str, data: Data, names: Iterable[str]) -> Iterator[Difference]:
    if missing := _missing(data, names):
        yield Difference(subject, "trace", f"it lacks {missing}")


def _missing(data: Data, names: Iterable[str]) -> str:
    return ", ".join(name for name in names if not data.get(name))


# --- texts of waivers -----------------------------------------------------------------------------


def _versions(records: Records) -> Iterator[Difference]:
    for name, version in records.versions.items():
        subject = f"waiver version {name}"
        yield from _trace(subject, version, VERSION_TRACE)
        if canonical.text_hash(str(version.get("text"))) != name:
            yield Difference(subject, "text", "its text was altered")
        yield from records.index_difference(subject, ("WAIVER_VERSIONS", f"{version.get('published_at')}#{name}"))
    languages = {version.get("language") for version in records.versions.values()}
    currents = {current.get("language"): current for current in records.current.values()}
    if languages != set(currents) or any(
        records.versions.get(str(current.get("waiver_version"))) != current for current in currents.values()
    ):
        yield Difference("the current waiver version", "current", "it is not one of the versions")


# --- mail -----------------------------------------------------------------------------------------


def _mails(records: Records) -> Iterator[Difference]:
    payments = {(owner, row["payment_id"]) for owner, rows in records.payments.items() for row in rows}
    payloads = map(payload_of, records.waivers.records.values())
    waivers = {(payload["event_id"], payload["waiver_id"]) for payload in payloads}
    requests = {mail_id for _, mail_id in records.found_by}
    for mail_id, mail in records.mails.items():
        subject = f"mail {mail_id}"
        if mail.event_id and mail.event_id not in records.events:
            yield Difference(subject, "owner", "it is about a charter that does not exist")
        elif mail.payment_id and (mail.event_id, mail.payment_id) not in payments:
            yield Difference(subject, "owner", "it is about a payment that does not exist")
        elif mail.waiver_id and (mail.event_id, mail.waiver_id) not in waivers:
            yield Difference(subject, "owner", "it is about a waiver that does not exist")
        if mail.kind in REQUESTS and not mail.erased and mail_id not in requests:
            yield Difference(subject, "about", "nothing tells whom it asks to sign")
        partition, sort_key = records.index_keys.get(subject, ("", ""))
        if partition != f"MAIL#{mail.status}" or sort_key.partition("#")[2] != mail_id:
            yield Difference(subject, "index", "the index lists it in another place")
    for mail_id in requests - records.mails.keys():
        yield Difference(f"mail {mail_id}", "missing", "it does not exist, but asked somebody to sign")
