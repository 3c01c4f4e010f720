"""Sample charters around today, made through the public HTTP API as a client would."""

import argparse
import getpass
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

from tools.common.console import Refused, progress, run_tool
from tools.common.website import Website

BAY = ZoneInfo("America/Los_Angeles")
Json = dict[str, Any]
"""A body of the API, as a client sends and reads it."""

CAPTAIN_MAYA = {"name": "Maya Okafor", "email": "maya@example.com", "phone": "+1 415 555 0117"}
CAPTAIN_LUIS = {"name": "Luis Ferreira", "email": "luis@example.com", "phone": "+1 415 555 0142"}
MATE_TESS = {"name": "Tess Lindqvist", "email": "tess@example.com", "phone": "+1 415 555 0163"}
MATE_JO = {"name": "Jo Nakamura", "email": "jo@example.com", "phone": "+1 415 555 0188"}

WITH_A_CHILD: Mapping[str, str | list[str]] = {
    "signer_email": "marcus.bell@example.com",
    "signature_strokes": "[[[10,40,0],[30,8,60],[52,42,120],[74,6,180],[96,40,240]],[[104,38,400],[160,30,520]]]",
    "minor_name": ["Tim Bell"],
    "minor_birth_date": ["2016-04-05"],
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}
BRING = "Soft-soled shoes, a windproof layer and sunscreen. Please be at the dock 20 minutes early."


class Client:
    def __init__(self, base_url: str) -> None:
        self.website = Website(base_url)
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


def add(base_url: str, password: str, now: datetime | None = None) -> None:
    client = Client(base_url)
    client.log_in(password)
    today = (now or datetime.now(BAY)).astimezone(BAY).replace(minute=0, second=0, microsecond=0)

    signers = ["Priya Raman", "Owen Clarke", "Mei Tan", "Sofia Duarte", "Ben Adeyemi", "Hana Vlk"]
    past, records = create_signed(
        client,
        trip(today, -6, 10, 4, "Bay to Ledger team sail", "Meridian", 6, 96000, "Priya Raman", CAPTAIN_MAYA),
        {name: {} for name in signers},
        status="completed",
    )
    client.change_waiver(past, records["Hana Vlk"], "erase", "She asked for it by letter")
    pay(client, past, "deposit", "card", 30000, today - timedelta(days=20), "")
    pay(client, past, "balance", "bank_transfer", 66000, today - timedelta(days=7), "ACH 5521")

    # Not all who are listed have signed, one of them has no address, and two have the same name.
    guests = [
        *({"name": name, "email": mailbox(name)} for name in ("Ana Ruiz", "Marcus Bell", "Theo Park")),
        *({"name": name, "email": ""} for name in ("Inés Kovač", "José Núñez")),
        {"name": "Theo Park", "email": "theo.park.junior@example.com"},
    ]
    sunset, records = create_signed(
        client,
        trip(today, 0, 17, 3, "Sunset birthday cruise", "Petrel", 8, 124000, "Ana Ruiz", CAPTAIN_LUIS)
        | {"guests": guests},
        {"Ana Ruiz": {}, "Marcus Bell": WITH_A_CHILD, "Inés Kovač": {}, "Theo Park": {}, "Teo Park": {}},
    )
    client.change_waiver(sunset, records["Teo Park"], "set-aside", "Theo signed twice, the first time misspelt")
    # The one with a receipt: the sample mailbox should stay readable.
    pay(client, sunset, "deposit", "zelle", 40000, today - timedelta(days=9), "90312", notify=True)

    whales = client.create(trip(today, 1, 9, 4, "Whale watching", "Meridian", 5, 88000, "Greta Hoffmann", CAPTAIN_MAYA))
    pay(client, whales, "deposit", "check", 30000, today - timedelta(days=8), "1042")
    picnic = client.create(
        trip(today, 4, 13, 3, "Angel Island picnic", "Petrel", 10, 110000, "Darnell Brooks", CAPTAIN_LUIS)
    )
    now = datetime.now(BAY)
    pay(client, picnic, "deposit", "check", 20000, now, "388", payer="Ruth Brooks")
    pay(client, picnic, "deposit", "cash", 15000, now)
    add_eventful(client, today)
    add_season(client, today)
    client.create(trip(today, 11, 16, 3, "Anniversary sail for two", "Meridian", 2, 64000, "Yuki Sato", CAPTAIN_MAYA))
    called_off = client.create(
        trip(today, 2, 11, 4, "Fleet school outing", "Petrel", 6, 72000, "Carla Mendes", CAPTAIN_LUIS)
    )
    reason = {"reason": "Small craft advisory, gusts to 35 knots"}
    client.call("POST", f"/api/events/{called_off['event_id']}/cancel", reason)


def add_eventful(client: Client, today: datetime) -> None:
    """A charter whose ledger has seen everything: a bounce, a wrong tap, a refund, a tip, two who pay."""
    reunion = client.create(
        trip(today, -2, 12, 5, "Family reunion sail", "Petrel", 9, 156000, "Nadia Petrov", CAPTAIN_LUIS)
    )
    bounced = pay(client, reunion, "deposit", "check", 50000, today - timedelta(days=24), "2207")
    client.call("POST", f"{bounced}/bounce", {"reason": "Insufficient funds"})
    pay(client, reunion, "deposit", "venmo", 50000, today - timedelta(days=20), "VN-77120")
    wrong = pay(client, reunion, "balance", "cash", 106000, today - timedelta(days=3))
    client.call("POST", f"{wrong}/void", {"reason": "Wrong amount, a tap too early"})
    pay(client, reunion, "balance", "card", 70000, today - timedelta(days=2), "A-5519", payer="Ilya Petrov")
    paid = pay(client, reunion, "balance", "cash", 40000, today - timedelta(days=2))
    refund_of = paid.rpartition("/")[2]
    pay(client, reunion, "refund", "cash", 4000, today - timedelta(days=1), refund_of=refund_of)
    pay(client, reunion, "tip", "cash", 12000, today - timedelta(days=2))


def add_season(client: Client, today: datetime) -> None:
    """One charter for every other month behind, so that the reports have something to show."""
    for months, fee_cents, title, patron, method in (
        (2, 132000, "Company regatta", "Omar Haddad", "bank_transfer"),
        (4, 184000, "Fourth of July sail", "Lena Fischer", "card"),
        (6, 98000, "Solstice sail", "Sam O'Neil", "zelle"),
        (8, 61000, "Spring break sail", "Ivy Chen", "card"),
        (10, 36000, "New Year's sail", "Paul Weber", "card"),
    ):
        trip_of = trip(today, -30 * months, 11, 4, title, "Petrel", 8, fee_cents, patron, CAPTAIN_MAYA)
        charter = client.create(trip_of)
        day = today - timedelta(days=30 * months)
        pay(client, charter, "deposit", "card", fee_cents // 3, day - timedelta(days=25))
        settled = pay(client, charter, "balance", method, fee_cents - fee_cents // 3, day - timedelta(days=1), "S-101")
        if method not in ("cash", "card"):
            client.call("POST", f"{settled}/clear", {"cleared_at": day.isoformat()})
        done = {"version": charter["version"], "status": "completed"}
        client.call("PATCH", f"/api/events/{charter['event_id']}", done)


def trip(
    today: datetime, days: int, hour: int, hours: int, title: str, vessel: str, party: int, fee_cents: int,
    patron: str, captain: dict[str, str],
) -> Json:  # fmt: skip
    starts_at = (today + timedelta(days=days)).replace(hour=hour)
    petrel = vessel == "Petrel"
    return {
        "title": title,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
        "vessel": f"S/V {vessel}",
        "passenger_limit": 12 if petrel else 6,
        "departure_port": "South Beach Harbor, San Francisco" if petrel else "Sausalito Yacht Harbor",
        "return_port": "South Beach Harbor, San Francisco" if petrel else "Sausalito Yacht Harbor",
        "captain": captain,
        "crew": [MATE_TESS, MATE_JO] if petrel else [MATE_TESS],
        "patron": {"name": patron, "email": mailbox(patron), "phone": "+1 415 555 0150"},
        "party_size": party,
        "charter_fee_cents": fee_cents,
        "guest_notes": BRING,
    }


def create_signed(
    client: Client, charter: Json, signers: Mapping[str, Mapping[str, str | list[str]]], status: str = "scheduled"
) -> tuple[Json, dict[str, str]]:
    """A charter whose guests have signed, each with what else they fill in; and their records' ids by name.

    What is over takes no signatures until it is reopened for them.
    """
    made = client.create(charter)
    path = f"/api/events/{made['event_id']}"
    if datetime.fromisoformat(made["ends_at"]) <= datetime.now(UTC):
        client.call("POST", f"{path}/reopen-waivers")
    records = {name: client.sign(made, name, **more) for name, more in signers.items()}
    signed = client.call("GET", path)
    if status != "scheduled":
        signed = client.call("PATCH", path, {"version": signed["version"], "status": status})
    return dict(signed), records


def pay(
    client: Client,
    charter: Json,
    kind: str,
    method: str,
    amount_cents: int,
    received_at: datetime,
    reference: str = "",
    *,
    notify: bool = False,
    **more: str,
) -> str:
    """The path of the new payment."""
    path = f"/api/events/{charter['event_id']}/payments/{uuid.uuid4()}"
    client.call(
        "PUT",
        path,
        {
            "kind": kind,
            "method": method,
            "amount_cents": amount_cents,
            "received_at": received_at.isoformat(),
            "reference": reference,
            "notify": notify,
            **more,
        },
    )
    return path


def mailbox(name: str) -> str:
    return name.lower().replace(" ", ".") + "@example.com"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.local.demo", description="Add the sample charters to an empty copy of the product."
    )
    parser.add_argument("--base-url", default="http://localhost:8000")
    base_url = parser.parse_args().base_url
    password = getpass.getpass("Admin password: ")
    if not is_empty(base_url, password):
        raise Refused("there are charters already: the samples only go into an empty copy")
    add(base_url, password)
    progress("sample charters added")
    return 0


if __name__ == "__main__":
    run_tool(main)
