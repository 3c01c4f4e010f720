"""The contract of `chalicelib.store`, held on two stores."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.charters import store as charter_store
from chalicelib.charters.store import EventRecord
from chalicelib.core import dynamo, errors, settings, times
from chalicelib.core.audit import audit_event
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.throttle import count_try, throttle_write
from chalicelib.mail import addresses
from chalicelib.mail import store as mail_store
from chalicelib.mail.store import Mail
from chalicelib.manifest import store as manifest_store
from chalicelib.money import ledger
from chalicelib.payments import store as payment_store
from chalicelib.sign_in import store as sign_in_store
from chalicelib.waivers import evidence
from chalicelib.waivers import store as waiver_store
from tests.support import operator
from tests.support.races import at_once
from tests.support.stores import counted, write_in_bulk

pytestmark = pytest.mark.usefixtures("dynamodb")


def audit(act: str = "tested", minutes: float = 0) -> dict[str, Any]:
    return audit_event(act, operator.ADMIN, times.format_instant(operator.at(minutes)))


def kept(event: EventRecord | None = None, **changes: Any) -> EventRecord:
    """A charter that is in the store."""
    event = event or operator.event(**changes)
    charter_store.put_new_event(event, audit("created"), None, "")
    return event


def mail(mail_id: str = "", due_at: str = "2026-11-22T20:01:00Z", **facts: Any) -> Mail:
    facts = facts or {"payment": operator.payment(), "name": "Zoë 🚢"}
    return Mail(mail_id or operator.uuid(), "receipt", "ana@example.com", facts, due_at, attempts=1)


def paid(event: EventRecord, owed: Mail | None = None, answer: str = "{}", **changes: Any) -> dict[str, Any]:
    """A payment that is in the store, on the charter as it is now."""
    event = reread(event)
    row = operator.payment(event.event_id, **changes)
    payment_store.append_payment(
        event, {**row, "receipt": "pending"}, ledger.add(event.sums, row), "print", answer, owed
    )
    return row


def reread(event: EventRecord) -> EventRecord:
    found = charter_store.read_event(event.event_id)
    assert found
    return found


def board(first: str = "2026", last: str = "9", status: str | None = None, limit: int = 100) -> list[str]:
    return [event.event_id for event in charter_store.list_events(first, last, status, limit)[0]]


def due(minutes: float = 60 * 24, limit: int = 100) -> list[Mail]:
    return mail_store.list_due_mail(times.format_instant(operator.at(minutes)), limit)


# --- events ---------------------------------------------------------------------------------------


def test_a_charter_is_read_as_it_was_kept() -> None:
    crew = [{"name": "Smee", "email": "", "phone": ""}]
    event = kept(title='Zoë\'s "sail" 🚢 \\ \t', captain=None, crew=crew, notes="two\nlines", passenger_limit=None)
    assert charter_store.read_event(event.event_id) == event


def test_an_unknown_charter_is_none() -> None:
    kept()
    assert charter_store.read_event("B" * 22) is None
    assert charter_store.read_charter("B" * 22) is None


def test_the_same_request_key_again_finds_the_first_charter_and_keeps_nothing() -> None:
    first, second = operator.event(), operator.event()
    charter_store.put_new_event(first, audit(), "key", "print-1")
    with pytest.raises(errors.AlreadyExists) as found:
        charter_store.put_new_event(second, audit(), "key", "print-2")
    assert charter_store.request_of(found.value.item) == (first.event_id, "print-1")
    assert charter_store.read_event(second.event_id) is None
    assert board() == [first.event_id]
    charter_store.put_new_event(second, audit(), "another-key", "print-2")
    assert charter_store.read_event(second.event_id) == second


def test_one_request_key_used_by_many_at_once_makes_one_charter() -> None:
    events = [operator.event() for _ in range(6)]
    results = at_once(6, lambda number: charter_store.put_new_event(events[number], audit(), "key", "print"))
    assert results.count(None) == 1
    assert all(result is None or isinstance(result, errors.AlreadyExists | errors.WriteConflict) for result in results)
    assert board() == [events[results.index(None)].event_id]


def test_an_edit_replaces_what_an_admin_edits_and_moves_the_charter_on_the_board() -> None:
    event, other = kept(starts_at="2026-11-20T01:00:00Z"), kept(starts_at="2026-11-21T01:00:00Z")
    assert board() == [event.event_id, other.event_id]
    edited = event._replace(
        details={**event.details, "title": "Moonrise", "starts_at": "2026-11-25T01:00:00Z"},
        status="completed",
        version=2,
        updated_at="2026-11-22T21:00:00Z",
    )
    charter_store.update_event(edited, event, audit("edited"))
    assert charter_store.read_event(event.event_id) == edited
    assert board() == [other.event_id, event.event_id]
    assert [entry["act"] for entry in waiver_store.list_audit(event.event_id)].count("edited") == 1


def test_an_edit_leaves_the_money_and_the_signatures_that_came_meanwhile() -> None:
    event = kept()
    paid(event)
    signed(event)
    charter_store.update_event(event._replace(version=2), event, audit("edited"))
    now = reread(event)
    assert (now.version, now.sums.received_cents, now.ledger_seq, now.signed_count) == (2, 50_000, 1, 1)


def test_an_edit_of_an_old_version_is_refused_and_leaves_no_trace() -> None:
    event = kept()
    charter_store.update_event(event._replace(version=2), event, audit("edited"))
    before, trail = reread(event), waiver_store.list_audit(event.event_id)
    late = event._replace(version=2, details={**event.details, "title": "late"})
    with pytest.raises(errors.WriteConflict):
        charter_store.update_event(late, event, audit("edited"))
    assert reread(event) == before
    assert waiver_store.list_audit(event.event_id) == trail


def test_an_edit_that_needs_the_ledger_unmoved_is_refused_after_a_payment() -> None:
    event = kept()
    paid(event)
    with pytest.raises(errors.WriteConflict):
        charter_store.update_event(event._replace(version=2), event, audit("edited"), ledger_unmoved=True)
    now = reread(event)
    charter_store.update_event(now._replace(version=2), now, audit("edited"), ledger_unmoved=True)
    assert reread(event).version == 2


def test_many_edits_at_once_of_one_version_make_one_edit() -> None:
    event = kept()
    results = at_once(6, lambda _: charter_store.update_event(event._replace(version=2), event, audit("edited")))
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.WriteConflict) for result in results) == 5
    assert reread(event).version == 2


def test_the_board_lists_a_span_of_time_from_its_first_instant_to_before_its_last() -> None:
    days = [kept(starts_at=f"2026-12-0{day}T08:00:00Z").event_id for day in (3, 1, 2)]
    third, first, second = days
    assert board() == [first, second, third]
    assert board("2026-12-01T08:00:00Z", "2026-12-03T08:00:00Z") == [first, second]
    assert board("2026-12-01T08:00:01Z", "2026-12-03T08:00:01Z") == [second, third]
    assert board("2027", "9") == []


def test_the_board_goes_on_page_by_page_and_says_when_it_ends() -> None:
    kept_ids = [kept(starts_at="2026-12-01T08:00:00Z").event_id for _ in range(5)]
    seen: list[str] = []
    first, pages = "2026", 0
    while True:
        page, more = charter_store.list_events(first, "9", None, 2)
        seen += [event.event_id for event in page]
        pages += 1
        if not more:
            break
        first = charter_store.board_key(page[-1]) + "~"
    assert pages == 3
    assert sorted(seen) == sorted(kept_ids)
    assert charter_store.list_events("2026", "9", None, 5)[1] is False
    assert charter_store.list_events("2026", "9", None, 4)[1] is True


def test_the_board_of_one_status_holds_that_status_alone_and_fills_its_pages() -> None:
    for day in range(1, 10):
        kept(operator.event(status="cancelled" if day % 3 == 0 else "scheduled", starts_at=f"2026-12-0{day}T08:00:00Z"))
    page, more = charter_store.list_events("2026", "9", "cancelled", 2)
    assert [event.details["starts_at"][:10] for event in page] == ["2026-12-03", "2026-12-06"]
    assert more
    page, more = charter_store.list_events(charter_store.board_key(page[-1]) + "~", "9", "cancelled", 2)
    assert [event.details["starts_at"][:10] for event in page] == ["2026-12-09"]
    assert not more


def test_a_board_of_one_status_does_not_give_up_on_a_long_row_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamo, "MAX_PAGES", 2)
    for number in range(12):
        kept(starts_at=f"2026-12-01T08:00:{number:02d}Z")
    last = kept(operator.event(status="cancelled", starts_at="2026-12-02T08:00:00Z"))
    assert board(status="cancelled", limit=3) == [last.event_id]


def test_the_board_shows_the_money_and_the_signatures_of_each() -> None:
    event = kept()
    paid(event)
    signed(event)
    (listed,), _ = charter_store.list_events("2026", "9", None, 10)
    # The index does not hold which texts were signed.
    assert listed == reread(event)._replace(signed_versions=frozenset())


def test_a_charter_comes_with_all_it_owns_and_nothing_of_others() -> None:
    event, other = kept(), kept()
    for one in (event, other):
        paid(one, mail())
        signed(one)
    payment = paid(event)
    payment_store.append_act(reread(event), payment, act("void"), reread(event).sums, None)
    charter = charter_store.read_charter(event.event_id)
    assert charter
    assert charter.event == reread(event)
    assert [payment_store.is_act(item) for item in charter.payment_items] == [False, False, True]
    assert [record["event_id"] for record in charter.waivers] == [event.event_id]
    money_only = charter_store.read_charter(event.event_id, waivers=False)
    assert money_only
    assert money_only.payment_items == charter.payment_items
    assert money_only.waivers == []


def test_a_charter_larger_than_one_page_of_the_database_is_read_whole() -> None:
    event = kept()
    ids = [paid(event, answer="x" * 200_000)["payment_id"] for _ in range(7)]
    charter = charter_store.read_charter(event.event_id)
    assert charter
    assert [payment_store.to_payment(item)[1]["payment_id"] for item in charter.payment_items] == ids


def test_the_trail_of_a_charter_is_in_order_of_time() -> None:
    event = kept()
    for minutes in (30, 10, 20):
        version = reread(event).version
        charter_store.update_event(event._replace(version=version + 1), reread(event), audit(f"at {minutes}", minutes))
    assert [entry["act"] for entry in waiver_store.list_audit(event.event_id)] == ["created", "at 10", "at 20", "at 30"]


# --- the ledger -----------------------------------------------------------------------------------


def act(name: str) -> dict[str, Any]:
    return {"act": name, "at": times.format_instant(operator.at(5)), "by": "admin", "reason": "typo 🚢"}


def test_a_payment_its_sums_and_its_mail_are_kept_together() -> None:
    event, owed = kept(), mail()
    row = operator.payment(event.event_id)
    sums = ledger.add(event.sums, row)
    payment_store.append_payment(event, {**row, "receipt": "pending"}, sums, "print", '{"answer":"🚢"}', owed)
    item = payment_store.read_payment_item(event.event_id, row["payment_id"])
    assert item
    assert payment_store.to_payment(item) == ((event.event_id, row["payment_id"]), {**row, "receipt": "pending"})
    assert payment_store.stored_answer(item) == ("print", '{"answer":"🚢"}')
    now = reread(event)
    assert (now.sums, now.ledger_seq, now.version) == (sums, 1, 1)
    assert due() == [owed]


def test_a_payment_that_owes_no_mail_puts_none_into_the_outbox() -> None:
    paid(kept(), None)
    assert due() == []


def test_the_same_payment_again_finds_what_stands_and_changes_nothing() -> None:
    event = kept()
    row = paid(event, mail(), answer="first")
    before, outbox = reread(event), due()
    for seen in (event, before):
        with pytest.raises(errors.AlreadyExists) as found:
            payment_store.append_payment(seen, {**row, "receipt": "off"}, before.sums, "other", "second", mail())
        assert payment_store.stored_answer(found.value.item) == ("print", "first")
    assert reread(event) == before
    assert due() == outbox


def test_a_payment_on_sums_that_moved_is_refused_whole() -> None:
    event = kept()
    paid(event)
    before = reread(event)
    row = operator.payment(event.event_id)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_payment(
            event, {**row, "receipt": "pending"}, ledger.add(event.sums, row), "print", "{}", mail()
        )
    assert payment_store.read_payment_item(event.event_id, row["payment_id"]) is None
    assert reread(event) == before
    assert due() == []


def test_of_many_payments_at_once_on_the_same_sums_one_is_kept() -> None:
    event = kept()
    rows = [operator.payment(event.event_id, amount_cents=number + 1) for number in range(8)]

    def append(number: int) -> None:
        sums = ledger.add(event.sums, rows[number])
        payment_store.append_payment(event, {**rows[number], "receipt": "pending"}, sums, "print", "{}", mail())

    results = at_once(8, append)
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.WriteConflict) for result in results) == 7
    winner = results.index(None)
    charter = charter_store.read_charter(event.event_id)
    assert charter
    assert [payment_store.to_payment(item)[1] for item in charter.payment_items] == [
        {**rows[winner], "receipt": "pending"}
    ]
    assert (charter.event.sums.received_cents, charter.event.ledger_seq) == (winner + 1, 1)
    assert len(due()) == 1


def test_of_one_payment_sent_by_many_at_once_one_is_kept() -> None:
    event = kept()
    row, owed = operator.payment(event.event_id), mail()
    sums = ledger.add(event.sums, row)
    results = at_once(
        8, lambda _: payment_store.append_payment(event, {**row, "receipt": "pending"}, sums, "print", "{}", owed)
    )
    assert results.count(None) == 1
    assert all(result is None or isinstance(result, errors.AlreadyExists | errors.WriteConflict) for result in results)
    assert reread(event).ledger_seq == 1
    assert due() == [owed]


def test_an_act_is_done_once_and_the_payment_beneath_it_is_never_touched() -> None:
    event = kept()
    row = paid(event)
    before = payment_store.read_payment_item(event.event_id, row["payment_id"])
    assert not payment_store.has_act(event.event_id, row["payment_id"], "VOID")
    payment_store.append_act(reread(event), row, act("void"), ledger.Sums(rows=1), mail())
    assert payment_store.has_act(event.event_id, row["payment_id"], "VOID")
    assert not payment_store.has_act(event.event_id, row["payment_id"], "CLEAR")
    now = reread(event)
    assert (now.sums, now.ledger_seq) == (ledger.Sums(rows=1), 2)
    with pytest.raises(errors.AlreadyExists):
        payment_store.append_act(now, row, act("void"), ledger.Sums(), mail())
    assert reread(event) == now
    assert len(due()) == 1
    assert payment_store.read_payment_item(event.event_id, row["payment_id"]) == before


def test_an_act_on_sums_that_moved_is_refused_whole() -> None:
    event = kept()
    row = paid(event)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_act(event, row, act("void"), ledger.Sums(), mail())
    assert not payment_store.has_act(event.event_id, row["payment_id"], "VOID")
    assert reread(event).ledger_seq == 1
    assert due() == []


def test_the_ledger_of_a_month_is_in_order_with_each_act_behind_its_payment() -> None:
    one, two = kept(), kept()
    last = paid(one, received_at="2026-11-30T23:59:59Z")
    first = paid(two, received_at="2026-11-01T00:00:00Z")
    paid(one, received_at="2026-12-01T00:00:00Z")
    payment_store.append_act(reread(two), first, act("clear"), reread(two).sums, None)

    def listed(first_at: str, last_at: str) -> list[tuple[tuple[str, str], str]]:
        items = payment_store.list_ledger(first_at, last_at)
        read = [
            payment_store.to_act(item) if payment_store.is_act(item) else payment_store.to_payment(item)
            for item in items
        ]
        return [(ids, str(row.get("act", ""))) for ids, row in read]

    early, late = (two.event_id, first["payment_id"]), (one.event_id, last["payment_id"])
    whole = [(early, ""), (early, "clear"), (late, "")]
    assert listed("2026-11", "2026-12") == whole
    assert listed("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z") == whole[:2]
    assert listed("2026-11-01T00:00:01Z", "2026-12") == whole[2:]
    (row, *_) = payment_store.list_ledger("2026", "9")
    assert payment_store.to_payment(row) == (early, {**first, "receipt": "pending"})


def to_clear() -> list[str]:
    return [payment_store.to_payment(item)[1]["payment_id"] for item in payment_store.list_to_clear()]


def test_the_mark_to_clear_comes_and_goes_with_what_makes_and_ends_the_wait() -> None:
    event = kept()
    paid(event)
    check = paid(reread(event), method="check", status="received", cleared_at=None)
    assert to_clear() == [check["payment_id"]]
    with pytest.raises(errors.WriteConflict):
        payment_store.append_act(event, check, act("clear"), ledger.Sums(), None)
    assert to_clear() == [check["payment_id"]], "what was not written has taken nothing away"
    payment_store.append_act(reread(event), check, act("clear"), ledger.Sums(), None)
    assert to_clear() == []


# --- mail -----------------------------------------------------------------------------------------


def test_a_mail_is_due_once_its_time_has_passed_and_comes_back_as_it_was_owed() -> None:
    owed = mail(due_at="2026-11-22T20:01:00Z")
    mail_store.put_mail(owed)
    assert due(minutes=0.5) == []
    assert due(minutes=1.1) == [owed]


def test_due_mails_come_oldest_first_and_no_more_than_asked() -> None:
    ids = [operator.uuid() for _ in range(3)]
    for place in (2, 0, 1):
        mail_store.put_mail(mail(ids[place], due_at=f"2026-11-22T20:0{place}:00Z"))
    assert [one.mail_id for one in due()] == ids
    assert [one.mail_id for one in due(limit=2)] == ids[:2]


def test_a_mail_is_owed_once() -> None:
    owed = mail()
    mail_store.put_mail(owed)
    with pytest.raises(errors.AlreadyExists):
        mail_store.put_mail(owed)
    mail_store.finish_mail(owed, "sent", "2026-11-22T20:00:01Z", "", ())
    with pytest.raises(errors.AlreadyExists):
        mail_store.put_mail(owed)
    assert due() == []


def test_of_many_claimants_of_a_mail_one_gets_it() -> None:
    owed = mail()
    mail_store.put_mail(owed)
    until = "2026-11-22T21:00:00Z"
    assert sorted(at_once(8, lambda _: mail_store.claim_mail(owed, until))) == [False] * 7 + [True]
    assert due(minutes=59) == []
    (again,) = due(minutes=61)
    assert (again.attempts, again.due_at) == (2, until)
    assert mail_store.claim_mail(again, "2026-11-22T22:00:00Z")


def test_a_claim_of_what_was_due_a_while_ago_fails() -> None:
    owed = mail()
    mail_store.put_mail(owed)
    mail_store.postpone_mail(owed, "2026-11-22T20:30:00Z", "SES: busy")
    assert not mail_store.claim_mail(owed, "2026-11-22T21:00:00Z")
    (moved,) = due()
    assert moved == owed._replace(due_at="2026-11-22T20:30:00Z", note="SES: busy")
    assert mail_store.claim_mail(moved, "2026-11-22T21:00:00Z")


def test_a_finished_mail_can_be_neither_claimed_nor_postponed_nor_finished_again() -> None:
    owed = mail()
    mail_store.put_mail(owed)
    mail_store.finish_mail(owed, "failed", "2026-11-22T20:00:01Z", "SMTP: 550", ())
    assert not mail_store.claim_mail(owed, "2026-11-22T21:00:00Z")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        mail_store.postpone_mail(owed, "2026-11-22T21:00:00Z", "late")
    with pytest.raises(errors.AlreadyExists):
        mail_store.finish_mail(owed, "sent", "2026-11-22T20:00:02Z", "", ())
    assert due() == []


def test_a_receipt_that_ends_is_noted_on_its_payment_too() -> None:
    event = kept()
    row = operator.payment(event.event_id)
    owed = mail(payment=row, name="")
    payment_store.append_payment(
        event, {**row, "receipt": "pending"}, ledger.add(event.sums, row), "print", "answer", owed
    )
    mail_store.finish_mail(owed, "sent", "2026-11-22T20:00:01Z", "SES: 1", [payment_store.receipt_write(row, "sent")])
    item = payment_store.read_payment_item(event.event_id, row["payment_id"])
    assert item
    assert payment_store.to_payment(item) == ((event.event_id, row["payment_id"]), {**row, "receipt": "sent"})
    assert payment_store.stored_answer(item) == ("print", "answer")


def test_mails_are_listed_by_status_page_by_page_owed_ones_upwards_all_others_downwards() -> None:
    ids = [operator.uuid() for _ in range(4)]
    for number, mail_id in enumerate(ids):
        mail_store.put_mail(mail(mail_id, due_at=f"2026-11-22T20:0{number}:00Z"))
    first, more = mail_store.list_mail("queued", "", 3)
    assert ([one.mail_id for one in first], more) == (ids[:3], True)
    rest, more = mail_store.list_mail("queued", f"{mail_store.sort_key(first[-1])}~", 3)
    assert ([one.mail_id for one in rest], more) == (ids[3:], False)
    for number, one in enumerate(first + rest):
        mail_store.finish_mail(one, "failed", f"2026-11-22T21:0{number}:00Z", "SMTP: 550", ())
    assert mail_store.list_mail("queued", "", 3) == ([], False)
    first, more = mail_store.list_mail("failed", "", 3)
    assert ([one.mail_id for one in first], more) == (ids[:0:-1], True)
    rest, more = mail_store.list_mail("failed", mail_store.sort_key(first[-1]), 3)
    assert ([one.mail_id for one in rest], more) == (ids[:1], False)
    assert (rest[0].note, rest[0].due_at) == ("SMTP: 550", "2026-11-22T21:00:00Z")


def test_an_ended_mail_is_changed_by_one_of_many_who_saw_it_so() -> None:
    event, owed = kept(), mail()
    row = paid(event, owed)
    mail_store.finish_mail(owed, "failed", "2026-11-22T20:00:01Z", "", [payment_store.receipt_write(row, "failed")])
    seen = mail_store.read_mail(owed.mail_id)
    assert seen
    again = seen._replace(status="queued", due_at="2026-11-22T22:00:00Z", attempts=1)
    answers = at_once(6, lambda _: mail_store.change_mail(again, seen, [payment_store.receipt_write(row, "pending")]))
    assert answers.count(None) == 1
    assert all(
        isinstance(answer, (errors.AlreadyExists, errors.WriteConflict)) for answer in answers if answer is not None
    )
    assert mail_store.read_mail(owed.mail_id) == again
    item = payment_store.read_payment_item(event.event_id, row["payment_id"])
    assert item
    assert item["receipt"]["S"] == "pending"


def test_an_unknown_mail_is_none() -> None:
    assert mail_store.read_mail("unknown") is None


def test_the_latest_problem_of_an_address_is_kept_whatever_its_letters() -> None:
    early, late = ({"problem": "bounced", "at": f"2026-11-2{day}T20:00:00Z", "detail": ""} for day in (1, 2))
    for told in (early, late, early, late):
        addresses.flag_address("Ana@example.com", told)
    assert addresses.read_flags(["ana@EXAMPLE.com", "ben@example.com"]) == {"ana@EXAMPLE.com": late}
    assert addresses.read_flags([]) == {}


# --- waivers --------------------------------------------------------------------------------------


def records(event: EventRecord, count: int = 1) -> list[dict[str, Any]]:
    """Unsealed records that sign the current text; the first of a test publishes one."""
    if current_version() is None:
        waiver_store.publish_version(version("the text that is signed"), audit("published"))
    current = current_version()
    assert current
    return [
        {
            "waiver_id": operator.uuid().replace("-", ""),
            "event_id": event.event_id,
            "waiver_version": current["waiver_version"],
        }
        for _ in range(count)
    ]


def current_version() -> dict[str, Any] | None:
    return waiver_store.read_current_versions(["en"]).get("en")


def append(event: EventRecord, sealed: list[dict[str, Any]], seq: int, owed: Mail | None = None, **more: Any) -> None:
    current = {"en": sealed[-1]["waiver_version"], "es": None}
    facts = {"people": len(sealed), "texts": {sealed[-1]["waiver_version"]}, "current": current, **more}
    waiver_store.append_waivers(event.event_id, sealed, seq, [audit("waiver_signed")], owed, **facts)


def sign(event: EventRecord, unsealed: list[dict[str, Any]], owed: Mail | None = None) -> list[dict[str, Any]]:
    seq, head = waiver_store.read_chain_head()
    sealed = evidence.seal(unsealed, seq, head)
    append(event, sealed, seq, owed)
    return sealed


def test_a_signature_on_a_text_that_was_just_replaced_is_refused_whole() -> None:
    event = kept()
    late = records(event)
    waiver_store.publish_version(version("a new text"), audit("published"))
    with pytest.raises(errors.WriteConflict):
        sign(event, late, mail())
    assert (chained(), reread(event).signed_count, due()) == ([], 0, [])


def chained() -> list[dict[str, Any]]:
    return [record for _, record in waiver_store.list_chain()]


def signed(event: EventRecord, count: int = 1) -> list[dict[str, Any]]:
    return sign(event, records(event, count))


def test_signed_waivers_are_chained_counted_and_mailed_together() -> None:
    event, owed = kept(), mail()
    assert waiver_store.read_chain_head() == (0, "")
    first = sign(event, records(event, 2), owed)
    second = signed(event)
    assert waiver_store.read_chain_head() == (3, second[-1]["record_hash"])
    assert reread(event).signed_count == 3
    assert chained() == first + second
    assert list(waiver_store.list_chain(1, 2)) == [(2, first[1])]
    assert waiver_store.read_waiver(event.event_id, first[1]["waiver_id"]) == first[1]
    assert waiver_store.read_waiver(event.event_id, "0" * 32) is None
    assert due() == [owed]
    assert [entry["act"] for entry in waiver_store.list_audit(event.event_id)].count("waiver_signed") == 2


def test_the_same_signature_again_is_told_and_changes_nothing() -> None:
    event = kept()
    unsealed = records(event, 2)
    sign(event, unsealed)
    before, head = reread(event), waiver_store.read_chain_head()
    with pytest.raises(errors.AlreadyExists):
        sign(event, unsealed, mail())
    assert (reread(event), waiver_store.read_chain_head(), due()) == (before, head, [])


def test_a_signature_behind_a_head_that_moved_is_refused_whole() -> None:
    one, two = kept(), kept()
    for seq in (0, 1):
        seen = waiver_store.read_chain_head()
        assert seen[0] == seq
        signed(one)
        late = evidence.seal(records(two), *seen)
        with pytest.raises(errors.WriteConflict):
            append(two, late, seen[0], mail())
    assert reread(two).signed_count == 0
    assert len(chained()) == 2
    assert due() == []


def test_of_many_who_sign_at_once_behind_one_head_one_is_kept() -> None:
    events = [kept() for _ in range(6)]
    sealed = [evidence.seal(records(event), 0, "") for event in events]
    results = at_once(6, lambda number: append(events[number], sealed[number], 0))
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.WriteConflict) for result in results) == 5
    assert chained() == sealed[results.index(None)]


def test_who_signs_again_after_the_head_moved_makes_a_whole_chain() -> None:
    events = [kept() for _ in range(4)]

    def patient(number: int) -> None:
        unsealed = records(events[number], 3)
        retry_on_conflict(lambda: sign(events[number], unsealed))

    assert at_once(4, patient) == [None] * 4
    found = chained()
    export = {
        "format": evidence.FORMAT,
        "versions": {},
        "records": found,
        "count": 12,
        "head": found[-1]["record_hash"],
    }
    assert [record["seq"] for record in found] == list(range(1, 13))
    assert evidence.find_fault(export) == "record 1: the text it signs is missing"


def test_nobody_signs_for_a_cancelled_charter() -> None:
    event = kept(operator.event(status="cancelled"))
    with pytest.raises(errors.WriteConflict):
        signed(event)
    assert waiver_store.read_chain_head() == (0, "")


def version(
    text: str, published_at: str = "2026-11-22T20:00:00Z", by: str = "admin", language: str = "en"
) -> dict[str, Any]:
    name = evidence.text_hash(text)
    return {
        "waiver_version": name,
        "language": language,
        "title": "T",
        "text": text,
        "published_at": published_at,
        "published_by": by,
    }


def test_a_published_text_is_current_and_the_older_ones_stay() -> None:
    assert (current_version(), waiver_store.list_versions()) == (None, [])
    old, new = version("old 🚢"), version("new", "2026-11-23T20:00:00Z")
    waiver_store.publish_version(old, audit("published"))
    assert current_version() == old
    waiver_store.publish_version(new, audit("published"))
    assert current_version() == new
    assert waiver_store.list_versions() == [new, old]
    assert waiver_store.read_version(old["waiver_version"]) == old
    assert waiver_store.read_version("0" * 64) is None


def test_an_old_text_published_again_is_current_but_its_record_is_not_rewritten() -> None:
    old, new = version("old"), version("new", "2026-11-23T20:00:00Z")
    waiver_store.publish_version(old, audit("published"))
    waiver_store.publish_version(new, audit("published"))
    again = version("old", "2026-11-24T20:00:00Z", by="ben")
    waiver_store.publish_version(again, audit("published"))
    current = current_version()
    assert current
    assert current["waiver_version"] == old["waiver_version"]
    assert waiver_store.read_version(old["waiver_version"]) == old
    assert waiver_store.list_versions() == [new, old]


def test_who_made_a_text_the_current_one_is_kept_each_time(dynamodb: Any) -> None:
    old, new = version("old"), version("new", "2026-11-23T20:00:00Z")
    for minutes, text in ((0, old), (1, new), (2, old)):
        waiver_store.publish_version(text, audit("published", minutes))
    items = dynamodb.scan(TableName=settings.settings().table)["Items"]
    trail = [dynamo.load_data(item) for item in items if item["SK"]["S"].startswith("AUDIT#")]
    assert sorted(entry["at"] for entry in trail) == [
        times.format_instant(operator.at(minutes)) for minutes in (0, 1, 2)
    ]
    assert {(entry["by"], entry["address"]) for entry in trail} == {("admin", "192.0.2.7")}
    assert len(waiver_store.list_versions()) == 2


def test_the_sample_becomes_the_first_version_only_if_there_is_none() -> None:
    own = version("own")
    waiver_store.publish_version(version("sample"), audit("published"), only_first=True)
    waiver_store.publish_version(own, audit("published"))
    with pytest.raises(errors.AlreadyExists):
        waiver_store.publish_version(version("another sample"), audit("published"), only_first=True)
    assert current_version() == own
    assert len(waiver_store.list_versions()) == 2


def test_a_signer_gets_the_charter_the_texts_and_the_chains_end_in_one_read() -> None:
    event = kept()
    assert waiver_store.read_desk(event.event_id, ["en", "es"]) == waiver_store.Desk(event, {}, 0, "")
    english, spanish = version("text"), version("texto", language="es")
    waiver_store.publish_version(english, audit("published"))
    waiver_store.publish_version(spanish, audit("published"))
    assert waiver_store.read_desk(event.event_id, ["en"]) == waiver_store.Desk(event, {"en": english}, 0, "")
    [record] = signed_while(event, {"en": english, "es": spanish})
    found = waiver_store.read_desk(event.event_id, ["en", "es"], with_head=True)
    assert found == waiver_store.Desk(reread(event), {"en": english, "es": spanish}, 1, record["record_hash"])
    assert waiver_store.read_desk("B" * 22, ["en"]).event is None


def signed_while(event: EventRecord, current: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    sealed = evidence.seal(records(event), *waiver_store.read_chain_head())
    hashes = {language: one["waiver_version"] for language, one in current.items()}
    waiver_store.append_waivers(
        event.event_id, sealed, 0, [audit()], None, people=1, texts=hashes.values(), current=hashes
    )
    return sealed


def test_a_text_from_before_there_were_languages_is_english() -> None:
    old = {name: value for name, value in version("old").items() if name != "language"}
    waiver_store.publish_version(old | {"language": "en"}, audit("published"))
    dynamo.db().update_item(
        TableName=dynamo.table_name(),
        Key=dynamo.item_key("WAIVER_VERSION#CURRENT", "CURRENT"),
        UpdateExpression="SET #data = :data",
        ExpressionAttributeNames={"#data": "data"},
        ExpressionAttributeValues={":data": dynamo.json_s(old)},
    )
    assert current_version() == old | {"language": "en"}


def test_a_signature_is_refused_once_another_language_gets_its_own_text() -> None:
    event = kept()
    late = records(event)
    waiver_store.publish_version(version("texto", language="es"), audit("published"))
    with pytest.raises(errors.WriteConflict):
        sign(event, late)


def test_who_of_the_listed_guests_has_signed_stands_on_the_charter() -> None:
    event = kept(guests=[{"guest_id": f"g{number}", "name": "Ana", "email": ""} for number in range(3)])
    for guest_id in ("g0", None, "g2", "g0"):
        sign(event, [{**one, "guest_id": guest_id} for one in records(event)])
    assert reread(event).signed_guest_ids == {"g0", "g2"}
    assert [one.signed_guest_ids for one in charter_store.list_events("2026", "9", None, 10)[0]] == [{"g0", "g2"}]


def test_which_texts_were_signed_and_how_many_people_signed_stands_on_the_charter() -> None:
    event = kept()
    first = signed(event)
    waiver_store.publish_version(version("a new text"), audit("published"))
    sealed = evidence.seal(records(event), *waiver_store.read_chain_head())
    append(event, sealed, 1, people=0)
    now = reread(event)
    assert now.signed_versions == {first[0]["waiver_version"], sealed[0]["waiver_version"]}
    assert now.signed_count == 1


# --- the dock -------------------------------------------------------------------------------------


def note(event: EventRecord, state: str) -> bool:
    return manifest_store.put_dock_note(event.event_id, "BRIEFING", {"state": state}, audit("safety_briefing"))


def test_a_departure_that_has_not_seen_the_last_tick_is_refused_and_none_comes_after_it() -> None:
    event = kept()
    assert note(event, "done")
    assert not note(event, "done")
    with pytest.raises(errors.WriteConflict):
        manifest_store.put_departure(event, {"manifest": {}}, audit("departed"), mail())
    assert due() == []
    assert manifest_store.put_departure(reread(event), {"manifest": {}}, audit("departed"), None)
    assert not manifest_store.put_departure(reread(event), {"manifest": {"other": 1}}, audit("departed"), None)
    with pytest.raises(errors.WriteConflict):
        note(event, "not_done")
    assert manifest_store.read_dock(event.event_id) == {"BRIEFING": {"state": "done"}, "DEPARTURE": {"manifest": {}}}


def test_a_departure_that_has_not_seen_a_signature_is_refused() -> None:
    event = kept()
    signed(event)
    with pytest.raises(errors.WriteConflict):
        manifest_store.put_departure(event, {"manifest": {}}, audit("departed"), None)


# --- throttles ------------------------------------------------------------------------------------


def test_a_full_throttle_refuses_the_whole_signature_and_is_named() -> None:
    event = kept()
    throttles = [throttle_write("wide", 9, 4_000_000_000), throttle_write("narrow", 2, 4_000_000_000)]
    for seq in (0, 1):
        append(event, evidence.seal(records(event), *waiver_store.read_chain_head()), seq, throttles=throttles)
    with pytest.raises(errors.Throttled) as full:
        append(event, evidence.seal(records(event), *waiver_store.read_chain_head()), 2, throttles=throttles)
    assert full.value.index == 1
    assert (reread(event).signed_count, count_try("wide", 0, 4_000_000_000)) == (2, 2)


# --- sessions and throttles -----------------------------------------------------------------------


def test_a_session_lives_till_it_is_deleted() -> None:
    facts = {"admin": "ana", "kept": True}
    sign_in_store.put_session("hash", facts, 1000, 2000)
    assert sign_in_store.read_session("hash") == (facts, 1000)
    assert sign_in_store.read_session("other") is None
    sign_in_store.extend_session("hash", 1500)
    assert sign_in_store.read_session("hash") == (facts, 1500)
    sign_in_store.delete_session("hash")
    sign_in_store.delete_session("hash")
    assert sign_in_store.read_session("hash") is None


def test_a_revoked_session_does_not_come_back_by_being_used() -> None:
    sign_in_store.put_session("hash", {"admin": "ana"}, 1000, 2000)
    sign_in_store.delete_session("hash")
    sign_in_store.extend_session("hash", 5000)
    assert sign_in_store.read_session("hash") is None


def test_tries_at_once_are_all_counted() -> None:
    assert sorted(at_once(8, lambda _: count_try("login#192.0.2.7", +1, 2000))) == list(range(1, 9))
    assert count_try("login#192.0.2.7", -1, 2000) == 7
    assert count_try("login#192.0.2.8", +1, 2000) == 1


def test_only_sessions_and_throttles_are_ever_forgotten_by_the_database(dynamodb: Any) -> None:
    event = kept()
    paid(event, mail())
    signed(event)
    waiver_store.publish_version(version("text"), audit("published"))
    sign_in_store.put_session("hash", {}, 1000, 2000)
    count_try("login", +1, 3000)
    items = dynamodb.scan(TableName=settings.settings().table)["Items"]
    mortal = {item["PK"]["S"]: item["ttl"]["N"] for item in items if "ttl" in item}
    assert mortal == {"SESSION#hash": "2000", "THROTTLE#login": "3000"}


# --- cost -----------------------------------------------------------------------------------------


def fill_board(client: Any, count: int) -> None:
    """That many charters of a lifetime, written in bulk as copies of one that the store wrote."""
    event = kept(starts_at="2020-01-01T00:00:00Z")
    item = client.get_item(
        TableName=settings.settings().table, Key={"PK": {"S": f"EVENT#{event.event_id}"}, "SK": {"S": "EVENT"}}
    )["Item"]
    copies = []
    for number in range(1, count):
        start, name = f"20{20 + number // 1000:02d}-01-02T{number % 24:02d}:00:00Z", f"{number:022d}"
        copies.append({**item, "PK": {"S": f"EVENT#{name}"}, "by_date_sk": {"S": f"{start}#{name}"}})

    write_in_bulk(client, copies)


@pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True)
def test_a_page_of_the_board_costs_one_query_of_the_same_size_among_100_and_among_10_000(dynamodb: Any) -> None:
    with counted(dynamodb) as calls:
        fill_board(dynamodb, 100)
        calls.clear()
        few, _ = charter_store.list_events("2020", "9", None, 50)
        among_100 = calls.copy()
        fill_board(dynamodb, 10_000)
        calls.clear()
        many, more = charter_store.list_events("2020", "9", None, 50)
    assert (len(few), len(many), more) == (50, 50, True)
    assert [call.operation for call in calls] == ["Query"]
    assert [call.units for call in calls] == [call.units for call in among_100]


@pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True)
def test_a_payment_with_its_sums_and_mail_is_one_write_and_a_charter_one_query(dynamodb: Any) -> None:
    event = kept()
    row = operator.payment(event.event_id)
    with counted(dynamodb) as calls:
        payment_store.append_payment(
            event, {**row, "receipt": "pending"}, ledger.add(event.sums, row), "print", "{}", mail()
        )
        charter_store.read_charter(event.event_id)
    assert [call.operation for call in calls] == ["TransactWriteItems", "Query"]
