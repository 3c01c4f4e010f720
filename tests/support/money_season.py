"""Two charters with all that can happen to their money, and to who sails on which boat."""

from datetime import timedelta
from typing import Any

from chalicelib import sweep
from chalicelib.boats import service as boats
from chalicelib.charters import mails as charter_mails
from chalicelib.charters import service as charters
from chalicelib.core.settings import settings
from chalicelib.mail import store as mail_store
from chalicelib.manifest import service as manifest
from chalicelib.payments import batches
from chalicelib.payments import service as payments
from chalicelib.payments.acts import bounce_payment, clear_payment, send_receipt_again, void_payment
from chalicelib.payments.statements import send_statement
from chalicelib.payments.tips import share_tips
from chalicelib.people import service as people
from tests.support import operator
from tests.support.api import new_boat, new_person
from tests.support.operator import ADMIN, NOW
from tools.common.table import scan

NOON = NOW.replace(hour=sweep.CHECKPOINT_HOUR, minute=sweep.LEDGER_MINUTE) + timedelta(days=1)


class Season:
    """Each act is a minute after the one before."""

    def __init__(self, dynamodb: Any) -> None:
        self.minutes = 0
        self.boat_id = boats.create_boat(new_boat(), request_key=None, actor=ADMIN, now=self.now())[0]["boat_id"]
        luis = people.create_person(new_person(), request_key=None, actor=ADMIN, now=self.now())[0]["person_id"]
        self.charter = self.create("Sunset & José", 150_000)
        first = self.log(40_000, kind="deposit", notify=True)
        patron = {"name": "Ana Rivera", "email": "ana.r@example.com"}
        self.edit({"charter_fee_cents": 180_000, "patron": patron, "captain": {"person_id": luis}})
        check = self.log(70_000, method="check", reference="1041", note="by post")
        clear_payment(self.charter, check, {}, actor=ADMIN, now=self.now())
        self.log(5_000, kind="refund", refund_of=check)
        bounced = self.log(20_000, method="check", notify=True)
        bounce_payment(self.charter, bounced, {"reason": "no cover"}, actor=ADMIN, now=self.now())
        voided = self.log(99_900, kind="tip", notify=True)
        void_payment(self.charter, voided, {"reason": "typed twice"}, actor=ADMIN, now=self.now())
        self.add_corrections_and_a_batch()
        self.zelle = self.log(1_000, method="zelle", payer="Bo Kay", received_at="2026-11-20T01:30:00Z")
        send_receipt_again(self.charter, first, actor=ADMIN, now=self.now())
        whole = charters.find_charter(self.charter)
        assert charter_mails.queue_reminder(charter_mails.reminder_mail(whole, 2, self.now()))
        guest = whole.details["guests"][0]["guest_id"]
        manifest.check_in(self.charter, {"guest_id": guest, "state": "aboard"}, actor=ADMIN, now=self.now())
        manifest.note_briefing(self.charter, {"done": True}, actor=ADMIN, now=self.now())
        waive = {"waivers": "all of them have sailed with us before", "conflicts": "the next sail is moved ashore"}
        manifest.depart(self.charter, {"waive": waive}, actor=ADMIN, now=self.now())
        self.storm = other = self.create("Storm", 90_000)
        self.log(30_000, kind="deposit", on=other)
        fee = {"reason": "storm", "cancellation_fee_cents": 40_000}
        charters.cancel_charter(other, fee, actor=ADMIN, now=self.now())
        charters.renew_guest_link(other, actor=ADMIN, now=self.now())
        sweep.mail_ledger_checkpoint(NOON)
        self.mails = mail_store.list_mail("queued", "", 100)[0]
        self.items = list(scan(dynamodb, settings().table))

    def add_corrections_and_a_batch(self) -> None:
        """A typo with one mail; a cleared check that moves to another patron's charter; a split with a tip."""
        typo = self.log(800_000, kind="deposit", method="venmo", notify=True)
        self.correct(typo, self.charter, amount_cents=8_000)
        moved = self.log(6_000, method="check", reference="1043", notify=True)
        shown = {"source": "chase", "file_sha256": "0" * 64, "row": 4, "date": "2026-11-21", "amount_cents": 6_000}
        clear_payment(self.charter, moved, {"evidence": shown}, actor=ADMIN, now=self.now())
        self.next_sail = next_sail = self.create("Next sail", 50_000)
        self.correct(moved, next_sail, kind="deposit", payer="Kay")
        halves = [{"method": "zelle", "amount_cents": 3_000}, {"method": "cash", "amount_cents": 2_000, "kind": "tip"}]
        rows = [{"payment_id": operator.uuid(), **half} for half in halves]
        batches.log_batch(next_sail, operator.uuid(), {"payments": rows}, actor=ADMIN, now=self.now())
        void_payment(next_sail, rows[0]["payment_id"], {"reason": "of another trip"}, actor=ADMIN, now=self.now())
        send_statement(next_sail, {"due_date": "2026-12-12"}, actor=ADMIN, now=self.now())
        shares = [{"name": "Smee", "amount_cents": 1_500}, {"name": "Mullins", "amount_cents": 500}]
        share_tips(next_sail, {"shares": shares}, actor=ADMIN, now=self.now())

    def correct(self, payment_id: str, on: str, **changes: Any) -> None:
        """Every payment to correct is one of the first charter."""
        corrects = {"event_id": self.charter, "payment_id": payment_id, "reason": "typo"}
        payments.log_payment(on, operator.uuid(), {"corrects": corrects, **changes}, actor=ADMIN, now=self.now())

    def now(self) -> Any:
        self.minutes += 1
        return operator.at(self.minutes)

    def create(self, title: str, fee_cents: int, **more: Any) -> str:
        details = operator.details(
            title=title,
            charter_fee_cents=fee_cents,
            starts_at="2026-11-22T22:00:00Z",
            ends_at="2026-11-23T01:00:00Z",
            balance_reminders=True,
            guests=[{"name": "Kim Ott", "email": "kim@example.com"}],
            boat_id=self.boat_id,
            override_reason="all are planned for the only boat, and the weather decides",
            **more,
        )
        return str(charters.create_charter(details, request_key=None, actor=ADMIN, now=self.now())[0]["event_id"])

    def edit(self, body: dict[str, Any]) -> None:
        charters.edit_charter(self.charter, {"version": 1, **body}, actor=ADMIN, now=self.now())

    def log(self, amount_cents: int, *, on: str = "", **more: Any) -> str:
        payment_id = operator.uuid()
        body = {"method": "cash", "amount_cents": amount_cents, "notify": False, **more}
        payments.log_payment(on or self.charter, payment_id, body, actor=ADMIN, now=self.now())
        return payment_id
