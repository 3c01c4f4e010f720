"""The sample season, logged through the public HTTP API as a client would."""

import argparse
import getpass
import json
import threading
import uuid
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tools.common.console import Refused, progress, run_tool
from tools.common.website import Website
from tools.local.season import BAY, SampleCharter, season

Json = dict[str, Any]
"""A body of the API, as a client sends and reads it."""
# The embedded AWS answers no faster when more ask at the same time.
AT_ONCE = 4
PRESENT = timedelta(days=3)


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

    def change_waiver(self, charter: Json, waiver_id: str, act: str, reason: str) -> None:
        self.call("POST", f"/api/events/{charter['event_id']}/waivers/{waiver_id}/{act}", {"reason": reason})


def hidden_fields(page: str) -> dict[str, str]:
    found: dict[str, str] = {}

    class Form(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "input" and values.get("type") == "hidden":
                found[values.get("name") or ""] = values.get("value") or ""

    Form().feed(page)
    return found


def is_empty(base_url: str, password: str) -> bool:
    client = Client(base_url)
    client.log_in(password)
    return not client.call("GET", "/api/events?from=2020-01-01&limit=1")["events"]


def add(base_url: str, password: str, now: datetime) -> None:
    """The whole sample season around `now`."""
    client = Client(base_url)
    client.log_in(password)
    add_charters(client, season(now))


def split(charters: Iterable[SampleCharter], now: datetime) -> tuple[list[SampleCharter], list[SampleCharter]]:
    """What the board shows first, coming charters and those of the last days; and the rest of the year."""
    present: list[SampleCharter] = []
    past: list[SampleCharter] = []
    for charter in charters:
        (past if charter.starts_at < now - PRESENT else present).append(charter)
    return present, past


def add_charters(client: Client, charters: Iterable[SampleCharter]) -> None:
    """Several at a time, which takes half as long."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(partial(log_charter, client), charters):
            pass


def add_until(stop: threading.Event, client: Client, charters: Iterable[SampleCharter]) -> None:
    """One after the other, beside somebody who already works with the product; each charter whole."""
    for charter in charters:
        if stop.is_set():
            return
        log_charter(client, charter)


def log_charter(client: Client, charter: SampleCharter) -> None:
    """A charter with all that came of it, in the order in which it came."""
    made = client.create(charter_json(charter))
    path = f"/api/events/{made['event_id']}"
    # What is given back because a charter is off is given back after that was said.
    late = [place for place, one in enumerate(charter.payments) if charter.cancelled and one.kind == "refund"]
    for place in range(len(charter.payments)):
        if place not in late:
            log_payment(client, path, charter, place)
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
        client.call("POST", f"{path}/cancel", {"reason": charter.cancelled})
    for place in late:
        log_payment(client, path, charter, place)


def charter_json(charter: SampleCharter) -> Json:
    boat = charter.boat
    return {
        "title": charter.title,
        "starts_at": charter.starts_at.isoformat(),
        "ends_at": charter.ends_at.isoformat(),
        "timezone": BAY.key,
        "vessel": boat.name,
        "passenger_limit": boat.passenger_limit,
        "departure_port": boat.port,
        "return_port": boat.port,
        "captain": charter.captain._asdict(),
        "crew": [mate._asdict() for mate in boat.crew],
        "patron": charter.patron._asdict(),
        "party_size": charter.party_size,
        "charter_fee_cents": charter.charter_fee_cents,
        "currency": "USD",
        "guest_notes": charter.guest_notes,
        "guests": [{"name": guest.name, "email": guest.email} for guest in charter.guests],
    }


def payment_id(charter: SampleCharter, place: int) -> str:
    """The same for the same payment of the season, whenever it is logged."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{charter.title}#{place}"))


def log_payment(client: Client, path: str, charter: SampleCharter, place: int) -> None:
    payment = charter.payments[place]
    path = f"{path}/payments/{payment_id(charter, place)}"
    body: Json = {
        "kind": payment.kind,
        "method": payment.method,
        "amount_cents": payment.amount_cents,
        "received_at": payment.received_at.isoformat(),
        "reference": payment.reference,
        "payer": payment.payer,
        "note": payment.note,
        "notify": payment.notify,
    }
    if payment.kind == "refund":
        body["refund_of"] = payment_id(charter, payment.gives_back)
    client.call("PUT", path, body)
    if payment.cleared_at:
        client.call("POST", f"{path}/clear", {"cleared_at": payment.cleared_at.isoformat()})
    if payment.bounced:
        client.call("POST", f"{path}/bounce", {"reason": payment.bounced})
    if payment.voided:
        client.call("POST", f"{path}/void", {"reason": payment.voided})


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
