"""Payments are logged, cleared, voided, bounced and refunded."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.core import retry, times
from chalicelib.payments.asking import TWIN_WITHIN
from tests.support.model.expected import Charter, Json, Row, status_when_logged
from tests.support.model.machine import ProductMachine, indexes

cents = st.integers(1, 900)
has_rows = ProductMachine.has_rows


class PaymentRules(ProductMachine):
    @precondition(lambda self: self.charters)
    @rule(
        index=indexes,
        kind=st.sampled_from(["deposit", "balance", "tip"]),
        method=st.sampled_from(["cash", "check", "venmo", "card"]),
        amount=cents,
        notify=st.booleans(),
        days_ago=st.sampled_from([0, 0, 40]),
    )
    def log(self, index: int, kind: str, method: str, amount: int, notify: bool, days_ago: int) -> None:
        body = {"kind": kind, "refund_of": None, "method": method, "amount_cents": amount, "notify": notify}
        received_at = self.now - timedelta(days=days_ago)
        self.add(self.pick(index), body, received_at)

    @precondition(has_rows)
    @rule(index=indexes, amount=cents, method=st.sampled_from(["cash", "check"]))
    def refund(self, index: int, amount: int, method: str) -> None:
        charter, paid_id, paid = self.pick_row(index)
        body = {"kind": "refund", "refund_of": paid_id, "method": method, "amount_cents": amount, "notify": False}
        if paid.body["kind"] == "refund" or not paid.is_live or amount > charter.left_cents(paid_id):
            self.ask("PUT", f"/api/events/{charter.event_id}/payments/{self.new_id()}", body, (400,))
        else:
            self.add(charter, body, self.now)

    def add(self, charter: Charter, body: Json, received_at: datetime) -> None:
        payment_id = self.new_id()
        sent = {**body, "received_at": times.format_instant(received_at)}
        url = f"/api/events/{charter.event_id}/payments/{payment_id}"
        answer = self.write("PUT", url, sent, expect=201, again=200)
        queued = bool(body["notify"] and charter.details["patron"]["email"])
        status = status_when_logged(body["method"])
        row = Row(sent, status, "pending" if queued else "off", self.now, received_at, answer.text)
        charter.rows[payment_id] = row
        assert answer.json["event"]["balance"] == charter.balance()
        self.expect_mails(*[("receipt", charter.details["patron"]["email"])] * queued, row=row)
        self.check_charter(charter)

    @precondition(has_rows)
    @rule(index=indexes, same=st.booleans())
    def log_again(self, index: int, same: bool) -> None:
        charter, payment_id, row = self.pick_row(index)
        body = row.body if same else {**row.body, "note": "another"}
        url = f"/api/events/{charter.event_id}/payments/{payment_id}"
        # After later refunds too little may be left for a refund of other content; it is refused for either reason.
        answer = self.ask("PUT", url, body, (200,) if same else (409,))
        assert not same or answer.text == (row.answer or answer.text)
        self.expect_mails()

    @precondition(has_rows)
    @rule(index=indexes)
    def log_a_duplicate(self, index: int) -> None:
        charter, _, row = self.pick_row(index)
        body = {"method": row.body["method"], "amount_cents": row.cents, "notify": False, "ask_if_duplicate": True}
        near = [
            one
            for one in charter.rows.values()
            if one.is_live
            and one.body["kind"] != "refund"
            and (one.body["method"], one.cents) == (row.body["method"], row.cents)
            and min(self.now - one.recorded_at, self.now - one.received_at) <= TWIN_WITHIN
        ]
        if near:
            url = f"/api/events/{charter.event_id}/payments/{self.new_id()}"
            refused = self.ask("PUT", url, body, (409,)).json
            assert refused["Code"] == "PossibleDuplicate"
            confirmed = {"kind": "balance", "refund_of": None, "duplicate_of": refused["duplicate"]["payment_id"]}
            self.add(charter, {**body, **confirmed}, self.now)

    @precondition(has_rows)
    @rule(index=indexes)
    def clear(self, index: int) -> None:
        charter, payment_id, row = self.pick_row(index)
        self.act("clear", {}, charter, payment_id, row, "cleared", allowed=row.status == "received")

    @precondition(has_rows)
    @rule(index=indexes)
    def void(self, index: int) -> None:
        charter, payment_id, row = self.pick_row(index)
        allowed = row.is_live and charter.left_cents(payment_id) == row.cents
        self.act("void", {"reason": "typo"}, charter, payment_id, row, "voided", allowed=allowed)

    @precondition(has_rows)
    @rule(index=indexes)
    def bounce(self, index: int) -> None:
        charter, payment_id, row = self.pick_row(index)
        allowed = row.is_live and row.body["method"] != "cash"
        self.act("bounce", {"reason": "no cover"}, charter, payment_id, row, "bounced", allowed=allowed)

    def act(
        self, name: str, body: Json, charter: Charter, payment_id: str, row: Row, result: str, *, allowed: bool
    ) -> None:
        url = f"/api/events/{charter.event_id}/payments/{payment_id}/{name}"
        if row.status == result:
            assert self.ask("POST", url, body).json["payment"]["status"] == result
            return
        if not allowed:
            self.ask("POST", url, body, (409,))
            return
        receipt = self.receipt_of(row)
        assert self.write("POST", url, body).json["payment"]["status"] == result
        row.status = result
        patron = charter.details["patron"]["email"]
        kind = {
            "clear": "",
            "void": "correction" if receipt != "off" else "",
            "bounce": "bounce" if row.body["kind"] != "refund" else "",
        }[name]
        self.expect_mails(*([(kind, patron)] if kind and patron else []), row=row)
        self.check_charter(charter)

    def receipt_of(self, row: Row) -> str:
        """Its state in the model; after a fault, as the product says."""
        if row.receipt == "?":
            charter, key = next((one, key) for one in self.charters for key, each in one.rows.items() if each is row)
            return str(self.list_payments(charter)[key]["receipt"])
        return row.receipt

    @precondition(has_rows)
    @rule(index=indexes)
    def send_receipt_again(self, index: int) -> None:
        charter, payment_id, row = self.pick_row(index)
        url = f"/api/events/{charter.event_id}/payments/{payment_id}/receipt"
        patron = charter.details["patron"]["email"]
        if not row.is_live or not patron:
            self.ask("POST", url, expect=(409,))
            return
        self.product.now += retry.DOUBLE_TAP
        self.write("POST", url, expect=202, again=202)
        self.expect_mails(("receipt", patron), row=row)
        self.check_charter(charter)
