"""A table's records compared with every sum, count and list kept of them. Pure: records go in, differences come out.

What it says names records by their ids and never quotes a name, an address or a text of theirs.
"""

from collections.abc import Container, Iterable, Iterator, Mapping

from chalicelib.waivers.evidence import canonical
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from tools.audit.history_checks import check_histories
from tools.audit.ledger_checks import ACT_TRACE, check_ledgers
from tools.audit.log_checks import check_kept, check_ledger_log, check_log
from tools.audit.mail_checks import check_mails
from tools.audit.records import Difference, Records, missing_of, trace
from tools.audit.schedule_checks import find_problems
from tools.audit.waiver_checks import check_waivers

# Of an audit event, by who did it. What the product does by itself comes from nowhere, and a link tells no name.
ACTOR_TRACE: Mapping[str, tuple[str, ...]] = {"system": ("by", "at"), "link": ("at", "address")}
GUESTS = ("signer", "link")
TRACE_OF_ERASED = ("at",)
VERSION_TRACE = ("published_by", "published_at")


def find_differences(records: Records, kept: Iterable[Checkpoint] = ()) -> list[Difference]:
    """Everything that does not agree, in a fixed order; empty when the table is whole.

    `kept`: checkpoints of the ledger from mails that the operator has kept.
    """
    found = [*records.unreadable, *check_kept(records, kept)]
    checks = (
        _charters, _guest_links, _schedule, check_histories, check_ledgers, check_ledger_log, _audits, check_waivers,
        check_log, _versions, check_mails,
    )  # fmt: skip
    for check in checks:
        found += check(records)
    return sorted(found, key=lambda each: (each.subject, each.what, each.text))


# --- charters ------------------------------------------------------------------------------------


def _charters(records: Records) -> Iterator[Difference]:
    for event_id in records.events:
        yield from records.index_difference(f"charter {event_id}", ("BOARD", records.boards[event_id]))


def _guest_links(records: Records) -> Iterator[Difference]:
    for event_id, event in records.events.items():
        if event.guest_link and records.guest_links.get(event.guest_link) != event_id:
            yield Difference(f"charter {event_id}", "guest link", "its guest link leads elsewhere, or nowhere")
    for event_id in set(records.guest_links.values()) - records.events.keys():
        yield Difference(f"charter {event_id}", "guest link", "it does not exist, but has a guest link")


def _schedule(records: Records) -> Iterator[Difference]:
    for problem in find_problems(records.schedule):
        yield Difference(*problem)


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
        if missing := missing_of(event, ("act", "audit_id", "actor_type", *trace)):
            yield Difference(subject, f"audit {audit_id}", f"its audit event {audit_id} lacks {missing}")
        if (pk, audit_id) in seen:
            yield Difference(subject, f"audit {audit_id}", f"its audit event {audit_id} stands twice")
        seen.add((pk, audit_id))
        if owner not in known:
            yield Difference(subject, "owner", "it does not exist, but has audit events")


# --- texts of waivers -----------------------------------------------------------------------------


def _versions(records: Records) -> Iterator[Difference]:
    for name, version in records.versions.items():
        subject = f"waiver version {name}"
        yield from trace(subject, version, VERSION_TRACE)
        if canonical.text_hash(str(version.get("text"))) != name:
            yield Difference(subject, "text", "its text was altered")
        yield from records.index_difference(subject, ("WAIVER_VERSIONS", f"{version.get('published_at')}#{name}"))
    languages = {version.get("language") for version in records.versions.values()}
    currents = {current.get("language"): current for current in records.current.values()}
    if languages != set(currents) or any(
        records.versions.get(str(current.get("waiver_version"))) != current for current in currents.values()
    ):
        yield Difference("the current waiver version", "current", "it is not one of the versions")
