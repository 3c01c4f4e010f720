"""Payments are logged, alone and in batches, corrected, moved, cleared, voided, bounced and refunded."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.core import retry, times
from chalicelib.payments.checks import TWIN_WITHIN
from tests.support.model.expected import Charter, Json, Row, status_when_logged
from tests.support.model.machine import ProductMachine, indexes

cents = st.integers(1, 900)
methods = st.sampled_from(["cash", "check", "venmo", "card"])
# What a correction changes.
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "amount_cents": cents,
        "method": methods,
        "kind": st.sampled_from(["deposit", "balance", "tip"]),
        "note": st.just("as it should be"),
    },
)
EVIDENCE = {
    "source": "chase",
    "file_sha256": "0" * 64,
    "row": 7,
    "date": "2026-11-20",
    "amount_cents": 500,
    "name": "ANA RIVERA",
}
has_rows = ProductMachine.has_rows


class PaymentRules(ProductMachine):
    @precondition(lambda self: self.charters)
    @rule(
        index=indexes,
        kind=st.sampled_from(["deposit", "balance", "tip"]),
        method=methods,
        amount=cents,
        notify=st.booleans(),
        days_ago=st.sampled_from([0, 0, 40]),
    )
    def log(self, index: int, kind: str, method: str, amount: int, notify: bool, days_ago: int) -> None:
        body = {"kind": kind, "refund_of": None, "method": method, "amount_cents": amount, "notify": notify}
        received_at = self.now - timedelta(days=days_ago)
        self.add(self.pick(index), body, received_at)

    @precondition(lambda self: self.owing())
    @rule(index=indexes, method=methods)
    def pay_what_is_due(self, index: int, method: str) -> None:
        found = self.owing()
        charter = found[index % len(found)]
        due_cents = charter.balance()["balance_due_cents"]
        body = {"kind": "balance", "refund_of": None, "method": method, "amount_cents": due_cents, "notify": False}
        self.add(charter, body, self.now)

    def owing(self) -> list[Charter]:
        return [charter for charter in self.charters if charter.balance()["balance_due_cents"] > 0]

    @precondition(has_rows)
    @rule(index=indexes, amount=cents, method=st.sampled_from(["cash", "check"]), notify=st.booleans())
    def refund(self, index: int, amount: int, method: str, notify: bool) -> None:
        charter, paid_id, paid = self.pick_row(index)
        body = {"kind": "refund", "refund_of": paid_id, "method": method, "amount_cents": amount, "notify": notify}
        if paid.body["kind"] == "refund" or not paid.is_live or amount > charter.left_cents(paid_id):
            self.ask("PUT", f"/api/events/{charter.event_id}/payments/{self.new_id()}", body, (400,))
        else:
            self.add(charter, body, self.now)

    def add(self, charter: Charter, body: Json, received_at: datetime) -> None:
        payment_id = self.new_id()
        sent = {**body, "received_at": times.format_instant(received_at)}
        path = f"/payments/{payment_id}"
        answer = self.write("PUT", f"/api/events/{charter.event_id}{path}", sent, expect=201, again=200)
        row = self.add_row(charter, payment_id, sent, received_at, notify=body["notify"])
        row.answer, row.sent = answer.text, (path, sent)
        assert answer.json["event"]["balance"] == charter.balance()
        self.expect_mails(*[("receipt", charter.patron)] * (row.receipt == "pending"), rows=[row])
        self.check_charter(charter)

    def add_row(self, charter: Charter, payment_id: str, body: Json, received_at: datetime, *, notify: bool) -> Row:
        """With all that the product fills in."""
        receipt = "pending" if notify and charter.patron else "off"
        body = {"kind": "balance", "refund_of": None, **body, "received_at": times.format_instant(received_at)}
        row = Row(body, status_when_logged(body["method"]), receipt, self.now, received_at, by=self.product.admin)
        charter.rows[payment_id] = row
        return row

    @precondition(has_rows)
    @rule(index=indexes, same=st.booleans())
    def log_again(self, index: int, same: bool) -> None:
        charter, _, row = self.pick_row(index)
        path, body = row.sent
        if not same:
            other = {"note": "another"}
            body = {**body, **({"payments": [{**body["payments"][0], **other}]} if "payments" in body else other)}
        # After later refunds too little may be left for a refund of other content; it is refused for either reason.
        answer = self.ask("PUT", f"/api/events/{charter.event_id}{path}", body, (200,) if same else (409,))
        assert not same or answer.text == (row.answer or answer.text)
        self.expect_mails()

    # --- several at once ------------------------------------------------------------------------------

    @precondition(lambda self: self.charters)
    @rule(
        index=indexes,
        drawn=st.lists(
            st.fixed_dictionaries(
                {"method": methods, "amount_cents": cents}, optional={"kind": st.sampled_from(["deposit", "tip"])}
            ),
            min_size=1,
            max_size=4,
        ),
        notify=st.booleans(),
        wrong=st.sampled_from(["", "", "", "", "refund", "taken"]),
        ask=st.booleans(),
    )
    def log_a_batch(self, index: int, drawn: list[Json], notify: bool, wrong: str, ask: bool) -> None:
        charter = self.pick(index)
        path, body = f"/payment-batches/{self.new_id()}", {"notify": notify, "ask_if_unusual": ask}
        rows = [{"payment_id": self.new_id(), **one} for one in drawn]
        url = f"/api/events/{charter.event_id}{path}"
        if wrong == "refund":
            rows[-1]["kind"] = "refund"
            refused = self.ask("PUT", url, {**body, "payments": rows}, (400,))
            assert set(refused.json["Fields"]) == {f"payments[{len(rows) - 1}].kind"}
            return
        if wrong == "taken" and charter.rows:
            rows[0]["payment_id"] = next(iter(charter.rows))
            self.ask("PUT", url, {**body, "payments": rows}, (409,))
            return
        typed = sum(one["amount_cents"] for one in rows if one.get("kind") != "tip")
        if ask and self.is_unusual(charter, typed):
            assert self.ask("PUT", url, {**body, "payments": rows}, (409,)).json["Code"] == "UnusualAmount"
            body["unusual_ok"] = True
        answer = self.write("PUT", url, {**body, "payments": rows}, expect=201, again=200)
        added = []
        for one in rows:
            row = self.add_row(charter, one["payment_id"], one, self.now, notify=notify)
            row.answer, row.sent = answer.text, (path, {**body, "payments": rows})
            added.append(row)
        assert [one["payment_id"] for one in answer.json["payments"]] == [one["payment_id"] for one in rows]
        assert answer.json["event"]["balance"] == charter.balance()
        self.expect_mails(*[("batch_receipt", charter.patron)] * (added[0].receipt == "pending"), rows=added)
        self.check_charter(charter)

    @precondition(lambda self: self.charters)
    @rule(index=indexes, which=st.integers(0, 1), act=st.sampled_from(["void", "bounce", "correct"]))
    def end_a_row_of_a_batch_whose_receipt_waits(self, index: int, which: int, act: str) -> None:
        before, self.product.services.mail_answer = self.product.services.mail_answer, "busy"
        charter = self.pick(index)
        rows = [{"method": "check", "amount_cents": 40}, {"method": "venmo", "amount_cents": 7, "kind": "tip"}]
        self.log_a_batch(index, rows, notify=True, wrong="", ask=False)
        ended = list(charter.rows)[-2:][which]
        if act == "correct":
            self.correct_row(charter, ended, charter, {"amount_cents": 9}, notify=True, ask=False)
        else:
            result = {"void": "voided", "bounce": "bounced"}[act]
            self.act(act, {"reason": "typo"}, charter, ended, charter.rows[ended], result, allowed=True)
        self.product.services.mail_answer = before

    @staticmethod
    def is_unusual(charter: Charter, typed_cents: int) -> bool:
        due_cents = max(0, charter.balance()["balance_due_cents"])
        return charter.details["charter_fee_cents"] > 0 and typed_cents > 2 * due_cents

    # --- corrected and moved --------------------------------------------------------------------------

    @precondition(has_rows)
    @rule(index=indexes, to=indexes, is_move=st.booleans(), changes=CHANGES, notify=st.booleans(), ask=st.booleans())
    def correct(self, index: int, to: int, is_move: bool, changes: Json, notify: bool, ask: bool) -> None:
        source, old_id, _ = self.pick_row(index)
        self.correct_row(source, old_id, self.pick(to) if is_move else source, changes, notify=notify, ask=ask)

    @precondition(lambda self: self.charters)
    @rule(index=indexes, to=indexes, amount=cents, method=methods, changes=CHANGES, told=st.booleans())
    def log_what_has_to_be_corrected(
        self, index: int, to: int, amount: int, method: str, changes: Json, told: bool
    ) -> None:
        self.log(index, "balance", method, amount, notify=told, days_ago=0)
        source = self.pick(index)
        self.correct_row(source, list(source.rows)[-1], self.pick(to), changes, notify=True, ask=True)

    def correct_row(
        self, source: Charter, old_id: str, charter: Charter, changes: Json, *, notify: bool, ask: bool
    ) -> None:
        old = source.rows[old_id]
        key = {"event_id": source.event_id, "payment_id": old_id, "reason": "typo"}
        body = {"corrects": key, "notify": notify, "ask_if_unusual": ask, **changes}
        payment_id = self.new_id()
        url = f"/api/events/{charter.event_id}/payments/{payment_id}"
        if not old.is_live or source.left_cents(old_id) != old.cents:
            self.ask("PUT", url, body, (409,))
            return
        was = old.status
        old.status = "voided"
        new = {**old.body, **changes}
        new["refund_of"] = old.body["refund_of"] if new["kind"] == "refund" else None
        if new["refund_of"] and not self.may_refund(charter, new):
            self.ask("PUT", url, body, (400,))
            old.status = was
            return
        if ask and new["kind"] in ("deposit", "balance") and self.is_unusual(charter, new["amount_cents"]):
            assert self.ask("PUT", url, body, (409,)).json["Code"] == "UnusualAmount"
            body["unusual_ok"] = True
        answer = self.write("PUT", url, body, expect=201, again=200)
        row = self.add_row(charter, payment_id, new, old.received_at, notify=notify)
        row.answer, row.sent, row.corrects = answer.text, (f"/payments/{payment_id}", body), key
        old.corrected_by = {"event_id": charter.event_id, "payment_id": payment_id}
        same = (new["method"], new["amount_cents"]) == (old.body["method"], old.cents)
        if row.status == "received" and was == "cleared" and same:
            row.status, row.clearance = "cleared", old.clearance
        assert answer.json["event"]["balance"] == charter.balance()
        told = []
        if source.patron == charter.patron:
            told = [("corrected", charter.patron)] * (row.receipt == "pending")
        elif notify:
            told = [("receipt", charter.patron), ("correction", source.patron)]
        self.expect_mails(*[(kind, address) for kind, address in told if address], rows=[row])
        for one in {source.event_id: source, charter.event_id: charter}.values():
            self.check_charter(one)

    @staticmethod
    def may_refund(charter: Charter, refund: Json) -> bool:
        """Whether a refund can be corrected to this one; its payment may have bounced since."""
        paid = charter.rows.get(refund["refund_of"])
        if paid is None or paid.status == "voided" or paid.body["kind"] == "refund":
            return False
        return bool(refund["amount_cents"] <= charter.left_cents(refund["refund_of"]))

    # --- acts -----------------------------------------------------------------------------------------

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
    @rule(index=indexes, evidence=st.sampled_from([None, EVIDENCE]))
    def clear(self, index: int, evidence: Json | None) -> None:
        charter, payment_id, row = self.pick_row(index)
        self.act("clear", {"evidence": evidence}, charter, payment_id, row, "cleared", allowed=row.status == "received")

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
        if name == "clear":
            row.clearance = {"by": self.product.admin, "evidence": body["evidence"]}
        patron = charter.patron
        kind = {
            "clear": "",
            "void": "correction" if receipt != "off" else "",
            "bounce": "bounce" if row.body["kind"] != "refund" else "",
        }[name]
        self.expect_mails(*([(kind, patron)] if kind and patron else []), rows=[row])
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
        patron = charter.patron
        if not row.is_live or not patron:
            self.ask("POST", url, expect=(409,))
            return
        self.product.now += retry.DOUBLE_TAP
        self.write("POST", url, expect=202, again=202)
        self.expect_mails(("receipt", patron), rows=[row])
        self.check_charter(charter)

    # --- statements -----------------------------------------------------------------------------------

    @precondition(lambda self: self.charters)
    @rule(index=indexes, to=st.sampled_from(["", "", "books@example.com"]))
    def mail_a_statement(self, index: int, to: str) -> None:
        charter = self.pick(index)
        url, body = f"/api/events/{charter.event_id}/statement", {"to": to}
        address = to or charter.patron
        if not address:
            assert set(self.ask("POST", url, body, (400,)).json["Fields"]) == {"to"}
            return
        self.product.now += retry.DOUBLE_TAP
        sent = self.write("POST", url, body, expect=202, again=202).json
        charter.statement_number = charter.statement_number or sent["number"]
        assert sent == {"number": charter.statement_number, "to": address}
        if charter.balance()["balance_due_cents"] > 0:
            charter.reminded_at = self.now
        self.expect_mails(("statement", address))
        self.check_charter(charter)
