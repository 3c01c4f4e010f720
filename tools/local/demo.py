"""The sample season, logged through the public HTTP API as a client would."""

import argparse
import getpass
import json
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tools.common.console import Refused, progress, run_tool
from tools.common.website import Website
from tools.local import fleet
from tools.local.days import BAY, Calendar
from tools.local.fleet import Boat, Paper, Person, Sailor, SampleHold
from tools.local.samples import SampleCharter, SamplePayment
from tools.local.season import season

Json = dict[str, Any]
"""A body of the API, as a client sends and reads it."""
Ids = Mapping[str, str]
"""The id of each boat's and person's record, by name."""
Row = tuple[SampleCharter, int]
"""A payment by its place in its charter's list."""
# The embedded AWS answers no faster when more ask at the same time.
AT_ONCE = 4


class Client:
    def __init__(self, base_url: str) -> None:
        self.website = Website(base_url, connections=AT_ONCE)
        self.token = ""

    def log_in(self, password: str) -> None:
        self.token = self.call("POST", "/api/login", {"password": password})["token"]

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self.website.ask(path, method, json.dumps(body).encode() if body is not None else None, headers)
        if answer.status >= 300:
            raise Refused(f"{method} {path} answered {answer.status}: {answer.data[:500].decode(errors='replace')}")
        return json.loads(answer.data or b"null")

    def create(self, charter: Json) -> Json:
        return dict(self.call("POST", "/api/events", charter))

    def sign(self, charter: Json, signer: str, **more: str | list[str]) -> str:
        """Fill in the waiver page's form as a guest without JavaScript does; returns the id of the record."""
        path = f"/g/{charter['event_id']}/waiver"
        form = hidden_fields(self.website.ask(path).data.decode()) | {
            "signer_name": signer,
            "esign_consent": "on",
            "intent": "on",
            "signature_typed": signer,
            **more,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.website.ask(path, "POST", urlencode(form, doseq=True).encode(), headers)
        if answer.status != 303:
            raise Refused(f"the sample waiver of {signer} was answered {answer.status}")
        return parse_qs(urlsplit(answer.headers["Location"]).query)["signed"][0]

    def answer(self, page_url: str, position_id: str, answer: str, reason: str = "") -> None:
        """Fill in the form of somebody's own page by which they answer what they are asked."""
        path = urlsplit(page_url).path
        forms = hidden_forms(self.website.ask(path).data.decode())
        asked = next(form for form in forms if (form.get("position_id"), form.get("answer")) == (position_id, answer))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = self.website.ask(path, "POST", urlencode({**asked, "reason": reason}).encode(), headers)
        if sent.status != 303:
            raise Refused(f"the sample answer to an ask was answered {sent.status}")

    def change_waiver(self, charter: Json, waiver_id: str, act: str, reason: str) -> None:
        self.call("POST", f"/api/events/{charter['event_id']}/waivers/{waiver_id}/{act}", {"reason": reason})


def hidden_fields(page: str) -> dict[str, str]:
    """Of all forms of a page together."""
    return {name: value for form in hidden_forms(page) for name, value in form.items()}


def hidden_forms(page: str) -> list[dict[str, str]]:
    """The hidden fields of each form of a page."""
    found: list[dict[str, str]] = []

    class Forms(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "form":
                found.append({})
            elif tag == "input" and values.get("type") == "hidden" and found:
                found[-1][values.get("name") or ""] = values.get("value") or ""

    Forms().feed(page)
    return found


def is_empty(base_url: str, password: str) -> bool:
    client = Client(base_url)
    client.log_in(password)
    charters = client.call("GET", "/api/events?from=2020-01-01&limit=1")["events"]
    return not charters and not client.call("GET", "/api/boats")["boats"]


def add(base_url: str, password: str, now: datetime) -> None:
    """The whole sample season around `now`."""
    client = Client(base_url)
    client.log_in(password)
    add_charters(client, season(now), add_register(client, now))


def split(charters: Iterable[SampleCharter], now: datetime) -> tuple[list[SampleCharter], list[SampleCharter]]:
    """What is still to come; and what has begun or is over, of which more has to be logged."""
    coming: list[SampleCharter] = []
    begun: list[SampleCharter] = []
    for charter in charters:
        (coming if charter.starts_at > now else begun).append(charter)
    return coming, begun


def add_register(client: Client, now: datetime) -> Ids:
    """What charters name, and how the desk is set: boats with their holds, people, settings."""
    days = Calendar(now)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        boats = pool.map(lambda boat: client.call("POST", "/api/boats", boat_json(boat, days)), fleet.BOATS)
        people = pool.map(lambda one: client.call("POST", "/api/people", person_json(one, days)), fleet.PEOPLE)
        ids = {boat["name"]: boat["boat_id"] for boat in boats}
        for job in [pool.submit(save_settings, client), pool.submit(add_holds, client, days, ids)]:
            job.result()
    return ids | {one["name"]: one["person_id"] for one in people}


def add_holds(client: Client, days: Calendar, ids: Ids) -> None:
    """One after the other: those of one boat take turns."""
    for hold in fleet.holds(days):
        client.call("POST", "/api/holds", hold_json(hold, ids))


def save_settings(client: Client) -> None:
    client.call("PUT", "/api/settings", client.call("GET", "/api/settings") | fleet.SETTINGS)


def boat_json(boat: Boat, days: Calendar) -> Json:
    return {
        "name": boat.name,
        "kind": boat.kind,
        "passenger_limit": boat.passenger_limit,
        "turnaround_minutes": boat.turnaround_minutes,
        "home_port": boat.port,
        "papers": papers_json(boat.papers, days),
    }


def person_json(sailor: Sailor, days: Calendar) -> Json:
    return {
        **sailor.person._asdict(),
        "roles": sailor.roles,
        "rank": sailor.rank,
        "is_owner": sailor.is_owner,
        "papers": papers_json(sailor.papers, days),
    }


def papers_json(papers: Iterable[Paper], days: Calendar) -> list[Json]:
    return [
        {
            "kind": paper.kind,
            "number_last4": paper.number_last4,
            "valid_until": None if paper.days_left is None else str(days.day(paper.days_left)),
            "note": paper.note,
        }
        for paper in papers
    ]


def hold_json(hold: SampleHold, ids: Ids) -> Json:
    return {
        "boat_id": ids[hold.boat.name],
        "kind": hold.kind,
        "title": hold.title,
        "starts_at": hold.starts_at.isoformat(),
        "ends_at": hold.ends_at.isoformat(),
        "timezone": BAY.key,
        "expires_at": hold.expires_at.isoformat() if hold.expires_at else None,
        "weekly_until": str(hold.weekly_until) if hold.weekly_until else None,
        "except": [str(day) for day in hold.except_days],
        "note": hold.note,
    }


def add_charters(client: Client, charters: Iterable[SampleCharter], ids: Ids) -> None:
    """Booked one after the other, for those of one boat take turns; what came of them several at a time."""
    # This thread, which books, is one of them.
    with ThreadPoolExecutor(AT_ONCE - 1) as pool:
        made, logging = [], []
        for charter in charters:
            made.append((charter, book(client, charter, ids)))
            logging.append(pool.submit(log_rest, client, *made[-1], ids))
        for each in logging:
            each.result()
    move_payments(client, made)


def add_until(stop: threading.Event, client: Client, charters: Iterable[SampleCharter], ids: Ids) -> None:
    """One after the other, beside somebody who already works with the product; each charter whole."""
    made = []
    for charter in charters:
        if stop.is_set():
            return
        made.append((charter, book(client, charter, ids)))
        log_rest(client, *made[-1], ids)
    move_payments(client, made)


def book(client: Client, charter: SampleCharter, ids: Ids) -> Json:
    return client.create(charter_json(charter, ids))


def log_rest(client: Client, charter: SampleCharter, made: Json, ids: Ids) -> None:
    """All that came of a charter, in the order in which it came."""
    path = f"/api/events/{made['event_id']}"
    fill_positions(client, path, charter, ids)
    # What is given back because a charter is off is given back after that was said.
    late = [place for place, one in enumerate(charter.payments) if charter.cancelled and one.kind == "refund"]
    log_payments(client, path, charter, [place for place in range(len(charter.payments)) if place not in late])
    if charter.signers and charter.ends_at <= datetime.now(UTC):
        # What is over takes no signatures until it is reopened for them.
        client.call("POST", f"{path}/reopen-waivers")
    records = {name: client.sign(made, name, **more) for name, more in charter.signers.items()}
    if charter.set_aside:
        reason = f"{charter.set_aside} signed twice, the first time misspelt"
        client.change_waiver(made, records[charter.set_aside], "set-aside", reason)
    if charter.erased:
        client.change_waiver(made, records[charter.erased], "erase", "Asked for it by letter")
    tick_off(client, path, charter, records)
    if charter.completed:
        # Signatures may have brought a later version.
        seen = client.call("GET", path) if charter.signers else made
        client.call("PATCH", path, {"version": seen["version"], "status": "completed"})
    if charter.cancelled:
        fee_cents = charter.cancellation_fee_cents
        client.call("POST", f"{path}/cancel", {"reason": charter.cancelled, "cancellation_fee_cents": fee_cents})
    log_payments(client, path, charter, late)
    for statement in charter.statements:
        due_date = str(statement.due_date) if statement.due_date else None
        client.call("POST", f"{path}/statement", {**statement._asdict(), "due_date": due_date})
    if charter.tip_shares:
        shares = [{**who_json(person, ids), "amount_cents": cents} for person, cents in charter.tip_shares.items()]
        client.call("PUT", f"{path}/tip-shares", {"shares": shares})


def fill_positions(client: Client, path: str, charter: SampleCharter, ids: Ids) -> None:
    """One after the other, and then the charter is moved if it was."""
    for position in charter.positions:
        asked = [ids[person.name] for person in position.asked]
        seen = client.call("POST", f"{path}/positions", {"role": position.role, "person_ids": asked})
        position_id = seen["positions"][-1]["position_id"]
        answers = [("decline", reason) for reason in position.declined] + [("accept", "")] * position.accepted
        for person, (answer, reason) in zip(position.asked, answers, strict=False):
            client.answer(page_of(client, person), position_id, answer, reason)
        if position.assigned:
            client.call("POST", f"{path}/positions/{position_id}/assign", {"person_id": ids[position.assigned.name]})
        if position.withdrawn:
            client.call("POST", f"{path}/positions/{position_id}/withdraw", {"reason": position.withdrawn})
    if charter.booked_for:
        moved = {"version": client.call("GET", path)["version"], "starts_at": charter.starts_at.isoformat()}
        client.call("PATCH", path, moved)


def page_of(client: Client, person: Person) -> str:
    people = client.call("GET", "/api/people")["people"]
    return str(next(one["page_url"] for one in people if one["name"] == person.name))


def charter_json(charter: SampleCharter, ids: Ids) -> Json:
    """Boats and people that have a record are named by its id alone, which brings name, limit and port."""
    boat = charter.boat
    typed = {"vessel": boat.name, "passenger_limit": boat.passenger_limit, "departure_port": boat.port}
    override = {"override_reason": charter.override} if charter.override else {}
    return {
        **({"boat_id": ids[boat.name]} if boat.name in ids else typed),
        **override,
        "title": charter.title,
        "starts_at": (charter.booked_for or charter.starts_at).isoformat(),
        "ends_at": charter.ends_at.isoformat(),
        "timezone": BAY.key,
        "return_port": boat.port,
        # Positions are filled by asking.
        "captain": sailor_json(charter.captain, ids) if charter.captain and not charter.positions else None,
        "crew": [] if charter.positions else [sailor_json(mate, ids) for mate in charter.crew],
        "patron": charter.patron._asdict(),
        "party_size": charter.party_size,
        "charter_fee_cents": charter.charter_fee_cents,
        "currency": "USD",
        "guest_notes": charter.guest_notes,
        "guests": [{"name": guest.name, "email": guest.email} for guest in charter.guests],
    }


def sailor_json(person: Person, ids: Ids) -> Json:
    return {"person_id": ids[person.name]} if person.name in ids else person._asdict()


def who_json(person: Person, ids: Ids) -> Json:
    return {"person_id": ids[person.name]} if person.name in ids else {"name": person.name}


def payment_id(charter: SampleCharter, place: int) -> str:
    """The same for the same payment of the season, whenever it is logged; those of a charter rise with their place."""
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, charter.title)}"[:-4] + f"{place:04x}"


def log_payments(client: Client, path: str, charter: SampleCharter, places: Iterable[int]) -> None:
    """In this order, those of a batch together. What comes here by a move is logged by that."""
    own = [place for place in places if not charter.payments[place].moved_here]
    for batch, several in groupby(own, key=lambda place: charter.payments[place].batch):
        if batch:
            log_batch(client, path, charter, list(several))
        else:
            for place in several:
                log_payment(client, path, charter, place)


def log_batch(client: Client, path: str, charter: SampleCharter, places: Sequence[int]) -> None:
    first = charter.payments[places[0]]
    rows = [{"payment_id": payment_id(charter, place), **payment_json(charter.payments[place])} for place in places]
    batch_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{charter.title}, batch {first.batch}")
    client.call("PUT", f"{path}/payment-batches/{batch_id}", {"payments": rows, "notify": first.notify})
    for place in places:
        note_fate(client, path, charter, place)


def log_payment(client: Client, path: str, charter: SampleCharter, place: int) -> None:
    payment, old = charter.payments[place], charter.corrected_by(place)
    if old is not None:
        log_correction(client, path, (charter, place), (charter, old), {})
        return
    body = {**payment_json(payment), "notify": payment.notify}
    if payment.kind == "refund":
        body["refund_of"] = payment_id(charter, payment.gives_back)
    client.call("PUT", f"{path}/payments/{payment_id(charter, place)}", body)
    note_fate(client, path, charter, place)


def payment_json(payment: SamplePayment) -> Json:
    return {
        "kind": payment.kind,
        "method": payment.method,
        "amount_cents": payment.amount_cents,
        "received_at": payment.received_at.isoformat(),
        "reference": payment.reference,
        "payer": payment.payer,
        "note": payment.note,
    }


def note_fate(client: Client, path: str, charter: SampleCharter, place: int) -> None:
    """What became of a payment."""
    payment, url = charter.payments[place], f"{path}/payments/{payment_id(charter, place)}"
    if payment.cleared_at:
        client.call("POST", f"{url}/clear", {"cleared_at": payment.cleared_at.isoformat()})
    if payment.bounced:
        client.call("POST", f"{url}/bounce", {"reason": payment.bounced})
    if payment.voided:
        client.call("POST", f"{url}/void", {"reason": payment.voided})


def move_payments(client: Client, made: Iterable[tuple[SampleCharter, Json]]) -> None:
    """Those of one charter that were another's, once both are logged."""
    by_title = {charter.title: (charter, event) for charter, event in made}
    for charter, event in by_title.values():
        for place, payment in enumerate(charter.payments):
            if payment.corrected and payment.corrected.charter:
                other, goes_to = by_title[payment.corrected.charter]
                new = other, payment.corrected.place
                came_from = {"event_id": event["event_id"]}
                log_correction(client, f"/api/events/{goes_to['event_id']}", new, (charter, place), came_from)


def log_correction(client: Client, path: str, new: Row, old: Row, came_from: Json) -> None:
    """Names what differs from the old row. What the bank has shown stays so without a word."""
    row, replaced = (charter.payments[place] for charter, place in (new, old))
    before = payment_json(replaced)
    changes = {name: value for name, value in payment_json(row).items() if value != before[name]}
    reason = replaced.corrected and replaced.corrected.why
    corrects = {"payment_id": payment_id(*old), "reason": reason, **came_from}
    body = {"corrects": corrects, "notify": row.notify, **changes}
    client.call("PUT", f"{path}/payments/{payment_id(*new)}", body)


def tick_off(client: Client, path: str, charter: SampleCharter, records: Mapping[str, str]) -> None:
    """Who came and who did not, then the departure; nothing where nobody was ticked off."""
    states = dict.fromkeys(charter.aboard, "aboard") | dict.fromkeys(charter.no_shows, "no_show")
    if not states:
        return
    ids = {guest["name"]: guest["guest_id"] for guest in client.call("GET", path)["guests"]}
    for name, state in states.items():
        who = {"waiver_id": records[name]} if name in records else {"guest_id": ids[name]}
        client.call("POST", f"{path}/check-in", {**who, "state": state})
    client.call("POST", f"{path}/safety-briefing", {"done": True})
    client.call("POST", f"{path}/depart")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.local.demo", description="Add the sample charters to an empty copy of the product."
    )
    parser.add_argument("--base-url", default="http://localhost:8000")
    base_url = parser.parse_args().base_url
    password = getpass.getpass("Admin password: ")
    if not is_empty(base_url, password):
        raise Refused("there are charters already: the samples only go into an empty copy")
    add(base_url, password, datetime.now(UTC))
    progress("sample charters added")
    return 0


if __name__ == "__main__":
    run_tool(main)
