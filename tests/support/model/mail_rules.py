"""Time passes and the schedule runs; mails are sent again, and bounce."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import sweep
from chalicelib.core import retry, times
from tests.support.model.expected import Mail
from tests.support.model.machine import ProductMachine, indexes
from tests.support.ses_events import ses_event

MAIL_ANSWERS = st.sampled_from(["", "busy", "refuses", "lost"])


class MailRules(ProductMachine):
    @rule(answer=MAIL_ANSWERS)
    def let_the_mail_service(self, answer: str) -> None:
        self.product.services.mail_answer = answer

    @rule(
        hours=st.sampled_from([0, 1, 7, 7, 13, 24, 24 * 8]),
        minute=st.sampled_from([sweep.REMINDERS_MINUTE, 30, 31]),
    )
    def run_the_schedule(self, hours: int, minute: int) -> None:
        later = self.now + timedelta(hours=hours, minutes=1)
        self.product.now = later + timedelta(minutes=(minute - later.minute) % 60)
        before = {pk for pk, mail in self.mails.items() if mail.status == "queued" and mail.due_at < self.now}
        self.product.run_function("sweep_mail")
        expected: list[tuple[str, str]] = []
        if minute == sweep.REMINDERS_MINUTE:
            self.remind_patrons()
        else:
            for pk in sorted(before, key=lambda one: self.mails[one].due_at):
                self.try_mail(self.mails[pk])
        if self.now.hour == sweep.CHECKPOINT_HOUR and self.leaves != self.mailed_leaves:
            self.mailed_leaves = self.leaves
            expected.append(("checkpoint", "ops@sail.example.com"))
        self.expect_mails(*expected)

    def remind_patrons(self) -> None:
        for charter in self.charters:
            for days in charter.reminders_due(self.now):
                day = times.local(charter.details["starts_at"], "America/Los_Angeles").date()
                pk = f"MAIL#reminder-{charter.event_id[:8]}-{day}-{days}"
                to = charter.details["patron"]["email"]
                assert (pk, "MAIL") in self.product.dynamo.items
                self.mails.setdefault(pk, Mail(pk, "balance_reminder", to, "queued", 0, self.now, charter=charter))

    def finished(self, *statuses: str) -> list[Mail]:
        return [mail for mail in self.mails.values() if mail.status in statuses]

    @precondition(lambda self: self.finished("failed", "uncertain", "sent", "cancelled"))
    @rule(index=indexes)
    def retry(self, index: int) -> None:
        found = self.finished("failed", "uncertain", "sent", "cancelled")
        mail = found[index % len(found)]
        url = f"/api/mail/{mail.mail_id.removeprefix('MAIL#')}/retry"
        if mail.status in ("sent", "cancelled") and mail.kind != "waiver_copy":
            self.ask("POST", url, expect=(409,))
            return
        if mail.retried_at and mail.retried_at > self.now - retry.DOUBLE_TAP:
            return
        answer = self.write("POST", url, expect=202, again=409)
        mail.retried_at, mail.attempts, mail.status = self.now, 0, "queued"
        mail.sendings += 1
        for row in mail.rows if mail.is_receipt else ():
            row.receipt = "off" if mail.kind == "batch_receipt" and row in mail.left_out else "pending"
        self.try_mail(mail)
        assert mail.status == "?" or answer.json["status"] == mail.status
        self.expect_mails()

    @precondition(lambda self: self.finished("sent"))
    @rule(index=indexes)
    def report_a_bounce(self, index: int) -> None:
        found = self.finished("sent")
        mail = found[index % len(found)]
        event = ses_event("permanent bounce", mail.mail_id.removeprefix("MAIL#"))
        event["detail"]["mail"]["messageId"] = self.new_id()
        for _ in range(2):
            self.product.run_function("mail_feedback", event)
        self.finish(mail, "failed")
        self.flagged.add(mail.to)
        self.expect_mails()
