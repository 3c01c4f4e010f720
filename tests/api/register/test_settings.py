"""The desk's settings: who the operator is, wherever a person reads it."""

from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system
from chalicelib.mail import outbox, transport
from chalicelib.sweep import MAIL_KINDS
from tests.support.api import Api, new_event, new_payment, new_settings
from tests.support.departing import depart
from tests.support.mails import text_of
from tests.support.pages import page
from tests.support.races import at_once
from tests.support.signed import sign
from tests.support.stored import trail_of

FROM_THE_ENVIRONMENT = {
    "operator_name": "Bay Sail",
    "operator_phone": "+1 415 555 0123",
    "operator_email": "ops@sail.example.com",
    "pay_to": [],
    "guest_place_url": "",
    "deposit_percent": 50,
    "money_before_departure": "none",
    "crew_before_departure": False,
    "captain_first": True,
    "version": 0,
}
OLD = ("Bay Sail", "ops@sail.example.com", "555 0123")
NEW = ("Gate Sailing Co.", "desk@gate.example.com", "+1 415 555 0177")


@pytest.fixture
def saved(api: Api) -> dict[str, Any]:
    answer = api.put("/api/settings", new_settings())
    assert answer.status == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


def test_before_the_first_save_they_are_the_environments(api: Api) -> None:
    assert api.get("/api/settings").json == FROM_THE_ENVIRONMENT


def test_what_was_saved_holds_as_a_whole(api: Api, saved: dict[str, Any]) -> None:
    assert saved == new_settings(version=1)
    assert api.get("/api/settings").json == saved
    # What is left out has its default again.
    bare = {"version": 1, "operator_name": "Gate", "operator_email": "a@gate.example.com"}
    again = api.put("/api/settings", bare).json
    assert again == {**FROM_THE_ENVIRONMENT, **bare, "operator_phone": "", "version": 2}
    (first, second) = trail_of("SETTINGS")
    assert first["changed"]["operator_name"] == ["Bay Sail", "Gate Sailing Co."]
    assert second["changed"]["operator_name"] == ["Gate Sailing Co.", "Gate"]


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_is_409_with_the_current_ones(api: Api, saved: dict[str, Any], version: int) -> None:
    answer = api.put("/api/settings", new_settings(version=version, operator_name="Late"))
    assert (answer.status, answer.json["Code"], answer.json["current"]) == (409, "Conflict", saved)
    assert api.get("/api/settings").json == saved


@pytest.mark.parametrize("version", [0, 1])
def test_of_many_who_save_at_once_one_does(api: Api, version: int) -> None:
    if version:
        api.put("/api/settings", new_settings())
    clients = [api.with_token(api.token) for _ in range(6)]
    bodies = [new_settings(version=version, operator_name=f"By {number}") for number in range(6)]
    answers = at_once(6, lambda number: clients[number].put("/api/settings", bodies[number]))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 5
    (done,) = [answer.json for answer in answers if answer.status == 200]
    assert api.get("/api/settings").json == done


WRONG = {
    "version": [None, -1, "0", 0.5, True],
    "operator_name": [None, "", "  ", "x" * 101, 5, "two\nlines"],
    "operator_phone": ["ring me", 5],
    "operator_email": [None, "", "nobody", 5],
    "pay_to": ["cash", [5], [{"method": "cash", "text": "x"}] * 21],
    "guest_place_url": [
        "maps.example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://a b",
        'https://a.example/"x',
        "//a.example",
        "https://a.example/" + "x" * 500,
        5,
    ],
    "deposit_percent": [-1, 101, 12.5, "30"],
    "money_before_departure": ["half", 1],
    "crew_before_departure": ["yes", 1],
    "captain_first": ["no", 0],
    "weather": ["fair"],
}


def test_each_wrong_value_is_refused_by_name_and_changes_nothing(api: Api, saved: dict[str, Any]) -> None:
    for name, values in WRONG.items():
        for value in values:
            answer = api.put("/api/settings", new_settings(**{"version": 1, name: value}))
            assert (answer.status, list(answer.json["Fields"])) == (400, [name]), (name, value)
    for one, field in (({"method": "gold", "text": "x"}, "method"), ({"method": "cash"}, "text")):
        answer = api.put("/api/settings", new_settings(version=1, pay_to=[one]))
        assert list(answer.json["Fields"]) == [f"pay_to[0].{field}"]
    assert api.get("/api/settings").json == saved


def is_of(operator: tuple[str, ...], text: str) -> bool:
    """Whether a text shows all of this operator, wherever its lines break."""
    return all("".join(one.split()) in "".join(text.split()) for one in operator)


def test_every_page_of_guests_shows_the_saved_operator(
    api: Api, guest: Api, event: dict[str, Any], saved: dict[str, Any]
) -> None:
    name, email, phone = NEW
    shown = guest.get(f"/api/guest/{event['event_id']}").json["operator"]
    assert shown == {"name": name, "phone": phone, "email": email}
    signed = sign(guest, event)
    pages = [
        guest.get(page(event)).text,
        guest.get(f"/g/{'A' * 22}/waiver").text,
        guest.get(f"{page(event)}?signed={signed}").text,
    ]
    for text in pages:
        assert name in text
        assert not any(one in text for one in OLD)
    assert is_of(NEW, pages[0])
    manifest = api.get(f"/api/events/{event['event_id']}/manifest").json
    assert manifest["emergency"]["operator"] == {"name": name, "phone": phone}


def test_every_mail_comes_from_the_saved_operator(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage], saved: dict[str, Any]
) -> None:
    name, email, phone = NEW
    payment = "00000000-0000-7000-8000-000000000001"
    url = f"/api/events/{event['event_id']}"
    assert api.put(f"{url}/payments/{payment}", new_payment(method="check")).status == 201
    assert api.post(f"{url}/payments/{payment}/bounce", {"reason": "no cover"}).status == 200
    sign(guest, event, signer_email="ana@example.com")
    assert depart(api, event["event_id"]).status == 200
    assert len(mailbox) == 4
    for message in mailbox:
        sender, (reply_to,) = message["From"].addresses[0], message["Reply-To"].addresses
        assert (sender.display_name, sender.addr_spec) == (name, "captain@sail.example.com")
        assert (reply_to.display_name, reply_to.addr_spec) == (name, email)
        for form in ("plain", "html"):
            # The manifest names the operator and their phone.
            assert is_of(NEW if message is not mailbox[-1] else (name, phone), text_of(message, form))
            assert not any(one in text_of(message, form) for one in OLD)
    assert mailbox[-1]["To"].addresses[0].addr_spec == email


def test_a_mail_that_waited_leaves_as_of_the_operator_of_now(
    api: Api, log: Any, mailbox: list[EmailMessage], service: Any
) -> None:
    service.answers.append(transport.Outcome("retry", "SES: ServiceUnavailable"))
    log()
    assert api.put("/api/settings", new_settings()).status == 200
    outbox.sweep(MAIL_KINDS, system.utc_now() + outbox.LEASE * 3)
    assert mailbox[-1]["Reply-To"].addresses[0].addr_spec == NEW[1]


def test_the_name_in_a_mails_subject_line_list_costs_one_read_for_all(
    api: Api, log: Any, service: Any, calls: list[str], saved: dict[str, Any]
) -> None:
    for _ in range(3):
        log()
    calls.clear()
    assert len(api.get("/api/mail?status=sent").json["mails"]) == 3
    assert calls == ["GetItem", "Query", "GetItem"]


def test_a_page_reads_the_settings_once(
    api: Api, guest: Api, event: dict[str, Any], saved: dict[str, Any], read_keys: list[str]
) -> None:
    urls = [page(event), f"/api/guest/{event['event_id']}", f"/g/{'A' * 22}/waiver"]
    for client, url in [(guest, url) for url in urls] + [(api, f"/api/events/{event['event_id']}/manifest")]:
        read_keys.clear()
        client.get(url)
        assert read_keys.count("SETTINGS") == 1, url


@pytest.fixture
def read_keys(environment: dict[str, str]) -> Any:
    """The partition of each item that is read by its key, in order."""
    from chalicelib.core import aws

    found: list[str] = []
    client = aws.client("dynamodb")

    def note(params: dict[str, Any], **_: Any) -> None:
        keys = [params["Key"]] if "Key" in params else params.get("RequestItems", {}).get(params.get("TableName"), [])
        found.extend(key["PK"]["S"] for key in keys)

    client.meta.events.register("provide-client-params.dynamodb.GetItem", note, unique_id="read-keys")
    yield found
    client.meta.events.unregister("provide-client-params.dynamodb.GetItem", unique_id="read-keys")


def test_the_currency_and_the_rest_of_a_charter_do_not_depend_on_them(api: Api, saved: dict[str, Any]) -> None:
    assert api.post("/api/events", new_event()).json["currency"] == "USD"
