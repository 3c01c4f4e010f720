"""Charters are created, edited, cancelled and reopened; people are checked in and depart."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.charters.readiness import DEPART_BEFORE
from chalicelib.charters.service import REOPENED
from chalicelib.core import retry, times
from tests.support.departing import blocking as refused_by
from tests.support.in_process import NOW
from tests.support.model.expected import Charter, Json
from tests.support.model.machine import ProductMachine, indexes, names

NEW_CHARTER = st.fixed_dictionaries(
    {
        "days": st.sampled_from([7, 2, 7, 8, 1, 0, -2]),
        "fee": st.sampled_from([1000, 500, 0]),
        "guests": st.lists(names, max_size=3, unique=True),
        "patron": st.sampled_from(["ben@example.com", "ann@example.com", ""]),
        "reminders": st.sampled_from([True, True, False]),
        "key": st.booleans(),
    }
)


class CharterRules(ProductMachine):
    @rule(drawn=NEW_CHARTER)
    def create_one_more(self, drawn: Json) -> None:
        self.create(**drawn)

    def create(self, days: int, fee: int, guests: list[str], patron: str, reminders: bool, key: bool) -> None:
        starts_at = NOW + timedelta(days=days, minutes=20 + len(self.charters))
        body = {
            "title": f"Sail {len(self.charters)}",
            "starts_at": times.format_instant(starts_at),
            "ends_at": times.format_instant(starts_at + timedelta(hours=3)),
            "patron": {"name": "Ana Rivera", "email": patron, "phone": ""},
            "party_size": 2,
            "charter_fee_cents": fee,
            "cancellation_fee_cents": 0,
            "guests": [{"name": name, "email": f"{name.lower()}@example.com"} for name in guests],
            "balance_reminders": reminders,
        }
        if not key:
            # Without a key it must not be sent again.
            self.faults = [*self.faults, None]
        request_key = self.new_id()
        headers = {"idempotency-key": request_key} if key else {}
        found = self.write("POST", "/api/events", body, expect=201, again=200, headers=headers).json
        body["guests"] = found["guests"]
        made = Charter(body, found["event_id"], self.now, self.now if reminders else None)
        self.charters.append(made)
        if key:
            self.created.append(
                (request_key, {**body, "guests": [{**one, "guest_id": ""} for one in body["guests"]]}, made)
            )
        self.expect_mails()
        self.check_charter(made)

    @precondition(lambda self: self.created)
    @rule(index=indexes, same=st.booleans())
    def create_again(self, index: int, same: bool) -> None:
        key, body, made = self.created[index % len(self.created)]
        body = body if same else {**body, "vessel": "Another"}
        answer = self.ask("POST", "/api/events", body, (200,) if same else (409,), headers={"idempotency-key": key})
        assert not same or answer.json["event_id"] == made.event_id

    @precondition(lambda self: self.charters)
    @rule(
        index=indexes,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "party_size": st.integers(0, 9),
                "charter_fee_cents": st.sampled_from([0, 300, 1000]),
                "cancellation_fee_cents": st.sampled_from([0, 250, 1000]),
                "balance_reminders": st.booleans(),
                "title": st.just("Sail with a new name"),
                "status": st.sampled_from(["scheduled", "departed", "completed"]),
            },
        ),
        stale=st.sampled_from([False, False, False, True]),
    )
    def edit(self, index: int, changes: Json, stale: bool) -> None:
        self.change(self.pick(index), changes, stale=stale)

    @precondition(lambda self: self.cancelled())
    @rule(index=indexes, fee=st.sampled_from([0, 40, 250, 500]))
    def agree_on_another_cancellation_fee(self, index: int, fee: int) -> None:
        found = self.cancelled()
        self.change(found[index % len(found)], {"cancellation_fee_cents": fee}, stale=False)

    def cancelled(self) -> list[Charter]:
        return [charter for charter in self.charters if charter.status == "cancelled"]

    def change(self, charter: Charter, changes: Json, *, stale: bool) -> None:
        body = {"version": charter.version + stale, **changes}
        url = f"/api/events/{charter.event_id}"
        allowed = ("departed" if charter.status == "departed" else "scheduled", "completed")
        fees = {**charter.details, **changes}
        is_too_much = fees["cancellation_fee_cents"] > fees["charter_fee_cents"]
        if is_too_much or changes.get("status", "completed") not in allowed:
            self.ask("PATCH", url, body, (400,))
            return
        if stale or (charter.status == "cancelled" and "status" in changes):
            assert self.ask("PATCH", url, body, (409,)).json["current"]["version"] == charter.version
            return
        self.write("PATCH", url, body, expect=200, again=409)
        charter.version += 1
        charter.status = changes.pop("status", charter.status)
        charter.details |= changes
        charter.since = (charter.since or self.now) if charter.details["balance_reminders"] else None
        self.expect_mails()
        self.check_charter(charter)

    @precondition(lambda self: self.charters)
    @rule(index=indexes, name=names)
    def list_a_guest_more(self, index: int, name: str) -> None:
        charter = self.pick(index)
        guests = [*charter.details["guests"], {"name": name, "email": "new@example.com"}]
        body = {"version": charter.version, "guests": guests}
        found = self.ask("PATCH", f"/api/events/{charter.event_id}", body).json
        charter.details["guests"], charter.version = found["guests"], charter.version + 1
        self.check_charter(charter)

    @precondition(lambda self: self.charters)
    @rule(index=indexes, fee=st.sampled_from([None, 0, 200, 1000]))
    def cancel(self, index: int, fee: int | None) -> None:
        charter = self.pick(index)
        url, body = f"/api/events/{charter.event_id}/cancel", {"reason": "storm", "cancellation_fee_cents": fee}
        if charter.status == "departed":
            self.ask("POST", url, body, (409,))
            return
        if charter.status != "cancelled" and (fee or 0) > charter.details["charter_fee_cents"]:
            self.ask("POST", url, body, (400,))
            return
        found = self.write("POST", url, body).json
        assert found["notes"].count("storm") == 1
        if charter.status != "cancelled" and fee is not None:
            charter.details["cancellation_fee_cents"] = fee
        charter.version += charter.status != "cancelled"
        charter.status = "cancelled"
        self.expect_mails()
        self.check_charter(charter)

    @precondition(lambda self: self.charters)
    @rule(index=indexes)
    def reopen(self, index: int) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/reopen-waivers"
        if charter.status == "cancelled" or charter.ends_at > self.now:
            self.ask("POST", url, expect=(409,))
            return
        self.write("POST", url)
        if charter.open_until is None or charter.open_until <= self.now + REOPENED - retry.DOUBLE_TAP:
            charter.open_until = self.now + REOPENED
            charter.version += 1
        self.expect_mails()
        self.check_charter(charter)


class BoardingRules(ProductMachine):
    @precondition(lambda self: self.charters)
    @rule(index=indexes, which=indexes, state=st.sampled_from(["aboard", "no_show", "clear"]))
    def check_in(self, index: int, which: int, state: str) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/check-in"
        for one in charter.records:
            if one.set_aside:
                self.ask("POST", url, {"waiver_id": one.waiver_id, "state": state}, (400,))
        people = [{"waiver_id": one.waiver_id} for one in charter.counted]
        people += [{"guest_id": guest["guest_id"]} for guest in charter.missing()]
        if not people:
            self.ask("POST", url, {"waiver_id": "0" * 32, "state": state}, (400,))
            return
        person = people[which % len(people)]
        if charter.departed:
            # The state that was noted before may be sent again: its first answer may have been lost.
            is_noted = charter.check_ins.get(next(iter(person.values()))) == state
            self.ask("POST", url, {**person, "state": state}, (200 if is_noted else 409,))
            return
        self.write("POST", url, {**person, "state": state})
        charter.check_ins[next(iter(person.values()))] = state
        self.expect_mails()

    @precondition(lambda self: self.charters)
    @rule(index=indexes, done=st.booleans())
    def brief(self, index: int, done: bool) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/safety-briefing"
        if charter.departed:
            self.ask("POST", url, {"done": done}, (200 if charter.briefed is done else 409,))
            return
        found = self.write("POST", url, {"done": done}).json
        charter.briefed = done
        assert (found["safety_briefing_at"] is not None) == done
        self.expect_mails()

    @precondition(lambda self: self.charters)
    @rule(index=indexes)
    def depart(self, index: int) -> None:
        charter = self.pick(index)
        url = f"/api/events/{charter.event_id}/depart"
        if not charter.departed and (charter.status != "scheduled" or charter.starts_at - DEPART_BEFORE > self.now):
            self.ask("POST", url, expect=(409,))
            return
        body: Json = {}
        if not charter.departed:
            blocking = sorted(charter.blocking(self.now))
            assert sorted(refused_by(self.ask("POST", url, body, (409,)))) == blocking
            body = {"waive": dict.fromkeys(blocking, "the owner has decided")}
        self.write("POST", url, body)
        to = [] if charter.departed else [("manifest", "ops@sail.example.com")]
        if not charter.departed:
            charter.departed, charter.status = True, "departed"
            charter.version += 1
        self.expect_mails(*to)
        self.check_charter(charter)
