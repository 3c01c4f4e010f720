"""Texts are published, guests sign, and are reminded to sign."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.charters.fields import ERASED_NAME
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store
from chalicelib.waivers import requests as signature_requests
from tests.support.api import Answer
from tests.support.model.expected import Charter, Record, Signature
from tests.support.model.machine import ProductMachine, indexes, names

TEXTS = tuple(f"We shall hold on, version {number}." for number in range(3))
emails = st.sampled_from(["", "ann@example.com", "ben@example.com"])
Form = list[tuple[str, str]]


class WaiverRules(ProductMachine):
    @rule(index=st.integers(0, len(TEXTS) - 1))
    def publish(self, index: int) -> None:
        text = TEXTS[index]
        body = {"title": "Release", "text": text}
        answer = self.write("PUT", "/api/waiver-versions/current", body, expect=200 if text in self.texts else 201)
        self.text = answer.json["waiver_version"]
        self.texts = [*dict.fromkeys([*self.texts, text])]
        self.expect_mails()

    @precondition(lambda self: self.charters)
    @rule(
        index=indexes,
        name=names,
        minors=st.lists(names, max_size=2, unique=True),
        email=emails,
        wrong=st.sampled_from(["", "", "", "consent", "text"]),
    )
    def sign(self, index: int, name: str, minors: list[str], email: str, wrong: str) -> None:
        charter = self.pick(index)
        form = [
            ("submission_id", self.new_id()),
            ("waiver_version", "0" * 64 if wrong == "text" else self.text),
            ("signer_name", name),
            ("signer_email", email),
            ("intent", "on"),
            ("signature_typed", name),
            *([("esign_consent", "on")] if wrong != "consent" else []),
            *[pair for minor in minors for pair in (("minor_name", minor), ("minor_birth_date", "2018-05-05"))],
            *([("guardian_relationship", "parent"), ("authority_attestation", "on")] if minors else []),
        ]
        if wrong == "consent":
            assert self.submit(charter, form, 400).text.count("must be ticked")
        elif wrong or charter.is_closed(self.now):
            self.submit(charter, form, 409)
        else:
            self.sign_successfully(charter, form, name, minors, email)
        self.check_charter(charter)

    def sign_successfully(self, charter: Charter, form: Form, name: str, minors: list[str], email: str) -> None:
        if fault := self.next_fault():
            self.try_with_fault(fault, lambda: self.send_form(charter, form), 303)
        answer = self.submit(charter, form, 303)
        token = answer.headers["location"].rpartition("=")[2]
        taken: list[str | None] = []
        signed = []
        for number, one in enumerate([name, *minors]):
            taken.append(charter.guest_named(one, taken))
            waiver_id, born = f"{token[:-2]}{number:02x}", "2018-05-05" if number else None
            signed.append(Record(waiver_id, one, born, taken[-1], self.text, email))
        charter.add_signature(Signature(form, signed))
        self.records += 1 + len(minors)
        self.leaves += 1 + len(minors)
        self.append_what_waits()
        self.expect_mails(*([("waiver_copy", email)] if email else []), charter=charter)

    def append_what_waits(self) -> None:
        """As the next minute's schedule does, after a fault has stopped the log's writer."""
        if self.met_fault:
            log_store.release_lease(self.product.dynamo.items["WAIVER_LOG", "LEASE"]["holder"]["S"])
            assert waiver_log.append_waiting()

    def send_form(self, charter: Charter, form: Form) -> Answer:
        return self.product.guest().submit(f"/g/{charter.link or charter.event_id}/waiver", form)

    def submit(self, charter: Charter, form: Form, expect: int) -> Answer:
        answer = self.send_form(charter, form)
        assert answer.status == expect, answer.text
        return answer

    def signed(self) -> list[tuple[Charter, Signature]]:
        return [(charter, one) for charter in self.charters for one in charter.signatures]

    @precondition(lambda self: self.signed())
    @rule(index=indexes)
    def sign_again(self, index: int) -> None:
        """The same form gets the same answer, even if the text or the charter has changed."""
        charter, one = self.signed()[index % len(self.signed())]
        location = self.submit(charter, one.form, 303).headers["location"]
        assert location == f"/g/{charter.link or charter.event_id}/waiver?signed={one.token}"
        self.expect_mails()
        self.check_charter(charter)

    @precondition(lambda self: self.signed())
    @rule(index=indexes)
    def read_a_signature(self, index: int) -> None:
        charter, one = self.signed()[index % len(self.signed())]
        first = one.records[0]
        found = self.ask("GET", f"/api/events/{charter.event_id}/waivers/{one.token}").json
        assert (found["signer_name"], found["waiver_version"]) == ("" if first.erased else first.name, first.text)
        page = self.product.guest().get(f"/g/{charter.link or charter.event_id}/waiver?signed={one.token}")
        assert page.status == 200
        assert ("Thank you." if first.erased else f"Thank you, <bdi>{first.name}</bdi>.") in page.text

    @precondition(lambda self: self.signed())
    @rule(index=indexes, which=indexes)
    def set_aside(self, index: int, which: int) -> None:
        charter, one = self.signed()[index % len(self.signed())]
        record = one.records[which % len(one.records)]
        url = f"/api/events/{charter.event_id}/waivers/{record.waiver_id}/set-aside"
        assert self.write("POST", url, {"reason": "signed twice"}).json["set_aside"]
        self.leaves += not record.set_aside
        record.set_aside = True
        self.append_what_waits()
        self.expect_mails()
        self.check_charter(charter)

    @precondition(lambda self: self.signed())
    @rule(index=indexes, which=indexes)
    def erase(self, index: int, which: int) -> None:
        charter, one = self.signed()[index % len(self.signed())]
        record = one.records[which % len(one.records)]
        url = f"/api/events/{charter.event_id}/waivers/{record.waiver_id}/erase"
        assert self.write("POST", url, {"reason": "asked by mail"}).json["participant_name"] == ""
        if not record.erased:
            self.forget(charter, one, record)
        self.append_what_waits()
        self.expect_mails()
        self.check_charter(charter)

    def forget(self, charter: Charter, signature: Signature, record: Record) -> None:
        record.erased, record.email = True, ""
        if record is signature.records[0]:
            for one in signature.records:
                one.email = ""
        # One of two signatures of a guest may go and the guest stay.
        others = {one.guest_id for one in charter.counted if one is not record and not one.erased}
        for guest in charter.details["guests"]:
            if (
                record.guest_id not in others
                and record.guest_id == guest["guest_id"]
                and (guest["name"], guest["email"]) != (ERASED_NAME, "")
            ):
                guest |= {"name": ERASED_NAME, "email": ""}
                charter.version += 1
        for row in charter.rows.values():
            # It may name the guest.
            row.answer = ""
        for mail in self.mails.values():
            if mail.charter is charter and mail.kind in ("waiver_copy", "waiver_reminder", "waiver_again"):
                # It may be one about this person.
                mail.status = "?"

    @precondition(lambda self: self.charters)
    @rule(index=indexes)
    def renew_the_guest_link(self, index: int) -> None:
        charter = self.pick(index)
        dead = charter.link or charter.event_id
        found = self.ask("POST", f"/api/events/{charter.event_id}/guest-link").json
        charter.link = found["guest_url"].rpartition("/")[2]
        charter.version += 1
        assert self.product.guest().get(f"/api/guest/{dead}").status == 404
        assert self.product.guest().get(f"/g/{dead}/waiver").status == 404
        self.expect_mails()
        self.check_charter(charter)

    @precondition(lambda self: self.charters)
    @rule(index=indexes)
    def remind(self, index: int) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/waiver-reminders"
        if charter.is_closed(self.now):
            self.ask("POST", url, {}, (409,))
            return
        missing = charter.missing()
        by_email: dict[str, list[str]] = {}
        for guest in missing:
            if guest["email"]:
                by_email.setdefault(guest["email"], []).append(guest["guest_id"])
        asked = self.addresses_to_ask(charter, "waiver_reminder", by_email)
        found = self.write("POST", url, {}).json
        if not self.met_fault:
            assert set(found["reminded"]) == {one for email in asked for one in by_email[email]}
            assert len(found["reminded"]) + len(found["skipped"]) == len(missing)
        self.expect_mails(*[("waiver_reminder", email) for email in asked], charter=charter)

    @precondition(lambda self: self.charters)
    @rule(index=indexes)
    def ask_again(self, index: int) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/ask-again"
        if charter.is_closed(self.now):
            self.ask("POST", url, {}, (409,))
            return
        old = self.superseded(charter)
        asked = self.addresses_to_ask(charter, "waiver_again", {one.email: [] for one in old if one.email})
        self.write("POST", url, {})
        self.expect_mails(*[("waiver_again", email) for email in asked], charter=charter)

    def addresses_to_ask(self, charter: Charter, kind: str, by_email: dict[str, list[str]]) -> list[str]:
        """The addresses that were not asked lately; they count as asked now."""
        after = self.now - signature_requests.AGAIN_AFTER
        asked = [email for email in by_email if charter.asked_at.get((kind, email), after) <= after]
        charter.asked_at |= {(kind, email): self.now for email in asked}
        return asked

    def superseded(self, charter: Charter) -> list[Record]:
        """People whose newest signature is under an older text."""
        return [one for one in charter.people() if one.text != self.text]

    @staticmethod
    def shown(record: Record) -> str:
        return ERASED_NAME if record.erased else record.name
