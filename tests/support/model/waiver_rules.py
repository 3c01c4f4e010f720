"""Texts are published, guests sign, and are reminded to sign."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.waivers import requests as signature_requests
from tests.support.api import Answer
from tests.support.model.expected import Charter, Json, Signature
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
        signer = charter.guest_named(name)
        guests = {signer} | {found for minor in minors if (found := charter.guest_named(minor)) != signer}
        charter.signed_guests |= {one for one in guests if one}
        token = answer.headers["location"].rpartition("=")[2]
        charter.signatures.append(Signature(form, token, [name, *minors], self.text, email))
        self.records += 1 + len(minors)
        self.expect_mails(*([("waiver_copy", email)] if email else []))

    def send_form(self, charter: Charter, form: Form) -> Answer:
        return self.product.guest().submit(f"/g/{charter.event_id}/waiver", form)

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
        assert location == f"/g/{charter.event_id}/waiver?signed={one.token}"
        self.expect_mails()
        self.check_charter(charter)

    @precondition(lambda self: self.signed())
    @rule(index=indexes)
    def read_a_signature(self, index: int) -> None:
        charter, one = self.signed()[index % len(self.signed())]
        found = self.ask("GET", f"/api/events/{charter.event_id}/waivers/{one.token}").json
        assert (found["signer_name"], found["waiver_version"]) == (one.names[0], one.text)
        page = self.product.guest().get(f"/g/{charter.event_id}/waiver?signed={one.token}")
        assert page.status == 200
        assert one.names[0] in page.text

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
            by_email.setdefault(guest["email"], []).append(guest["guest_id"])
        asked = self.addresses_to_ask(charter, "waiver_reminder", by_email)
        found = self.write("POST", url, {}).json
        if not self.met_fault:
            assert set(found["reminded"]) == {one for email in asked for one in by_email[email]}
            assert len(found["reminded"]) + len(found["skipped"]) == len(missing)
        self.expect_mails(*[("waiver_reminder", email) for email in asked])

    @precondition(lambda self: self.charters)
    @rule(index=indexes)
    def ask_again(self, index: int) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/ask-again"
        if charter.is_closed(self.now):
            self.ask("POST", url, {}, (409,))
            return
        old = self.superseded(charter)
        asked = self.addresses_to_ask(charter, "waiver_again", {one["email"]: [] for one in old if one["email"]})
        self.write("POST", url, {})
        self.expect_mails(*[("waiver_again", email) for email in asked])

    def addresses_to_ask(self, charter: Charter, kind: str, by_email: dict[str, list[str]]) -> list[str]:
        """The addresses that were not asked lately; they count as asked now."""
        after = self.now - signature_requests.AGAIN_AFTER
        asked = [email for email in by_email if charter.asked_at.get((kind, email), after) <= after]
        charter.asked_at |= {(kind, email): self.now for email in asked}
        return asked

    def superseded(self, charter: Charter) -> list[Json]:
        """People whose last signature is under an older text. A new text signed under the same name is one person."""
        standing: dict[str, list[Json]] = {}
        for one in charter.signatures:
            for position, name in enumerate(one.names):
                person = {
                    "name": name,
                    "text": one.text,
                    "email": one.email,
                    "born": "2018-05-05" if position else None,
                }
                before = standing.setdefault(name, [])
                same = [old for old in before if old["text"] != one.text and _same_birth(old, person)]
                for old in same[:1]:
                    before.remove(old)
                before.append(person)
        return [one for people in standing.values() for one in people if one["text"] != self.text]


def _same_birth(one: Json, other: Json) -> bool:
    return len({one["born"], other["born"]} - {None}) < 2
