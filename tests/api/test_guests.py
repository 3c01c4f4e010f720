import re
import uuid
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.core import settings
from chalicelib.waivers import sealing
from tests.support.api import Api, new_event, new_settings
from tests.support.pages import MINORS, Form, page, signature
from tests.support.races import at_once
from tests.support.signed import record, records

GUEST_FIELDS = set(
    "event_id title starts_at ends_at timezone vessel departure_port return_port guest_notes status party_size "
    "captain_first_name guest_place_url pay_to operator waiver_url waivers".split()
)
# What only admins may see: each is unlike anything else on the page.
CANARIES = (
    "Quentin Patronymic", "quentin@canary.example", "+1 415 555 7701", "captain@canary.example", "+1 415 555 7702",
    "crew@canary.example", "canary-note", "canary-payer", "canary-reference", "7654321", "76,543.21", "1234567",
    "12,345.67", "Surcanary", "deposit_percent", "money_before_departure", "signer@canary.example",
    "+1 415 555 7703", "1971-07-07",
)  # fmt: skip


# --- the guest's event ----------------------------------------------------------------------------


def test_guests_see_what_the_contract_lists_and_nothing_else(guest: Api, event: dict[str, Any]) -> None:
    answer = guest.get(f"/api/guest/{event['event_id']}")
    assert answer.status == 200
    assert set(answer.json) == GUEST_FIELDS
    assert answer.json["operator"] == {
        "name": "Bay Sail",
        "phone": "+1 415 555 0123",
        "email": "ops@sail.example.com",
    }
    assert answer.json["waiver_url"] == f"https://sail.example.com/g/{event['event_id']}/waiver"
    assert answer.json["waivers"] == {"signed": 0, "expected": 4, "signers": []}


def test_guests_read_where_to_board_how_to_pay_and_who_sails_them(api: Api, guest: Api) -> None:
    captain = {"name": "Capt. Dana Ortiz", "email": "dana@example.com", "phone": "+1 415 555 0100"}
    event = api.post("/api/events", new_event(captain=captain)).json
    url = f"/api/guest/{event['event_id']}"
    first = guest.get(url).json
    assert (first["captain_first_name"], first["guest_place_url"], first["pay_to"]) == ("Dana", "", [])
    saved = new_settings()
    assert api.put("/api/settings", saved).status == 200
    shown = guest.get(url).json
    assert (shown["guest_place_url"], shown["pay_to"]) == (saved["guest_place_url"], saved["pay_to"])
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "Gale"})
    assert guest.get(url).json["captain_first_name"] == ""


@pytest.mark.parametrize("name", ["dana@canary.example", "+1 415 555 7702", "https://canary.example/dana"])
def test_what_was_typed_for_a_captains_name_shows_no_address_and_no_number(api: Api, guest: Api, name: str) -> None:
    event = api.post("/api/events", new_event(captain={"name": name, "email": "", "phone": ""})).json
    assert guest.get(f"/api/guest/{event['event_id']}").json["captain_first_name"] == ""


def test_no_public_page_leaks_contact_money_or_notes(api: Api, guest: Api) -> None:
    hidden = {"deposit_percent": 37, "money_before_departure": "full"}
    assert api.put("/api/settings", new_settings(**hidden)).status == 200
    event = api.post(
        "/api/events",
        new_event(
            patron={"name": "Quentin Patronymic", "email": "quentin@canary.example", "phone": "+1 415 555 7701"},
            captain={"name": "Capt. Dana Surcanary", "email": "captain@canary.example", "phone": "+1 415 555 7702"},
            crew=[{"name": "Smee", "email": "crew@canary.example"}],
            notes="canary-note",
            charter_fee_cents=7654321,
        ),
    ).json
    url = f"/api/events/{event['event_id']}/payments/{uuid.uuid4()}"
    body = {"method": "check", "amount_cents": 1234567, "payer": "canary-payer", "reference": "canary-reference"}
    assert api.put(url, body).status == 201
    contact = {"signer_email": "signer@canary.example", "signer_phone": "+1 415 555 7703"}
    signed = guest.submit(page(event), signature(guest, event, **contact, signer_birth_date="1971-07-07"))
    assert signed.status == 303
    seen = [
        guest.get(f"/api/guest/{event['event_id']}").text,
        guest.get(page(event)).text,
        guest.get(signed.headers["location"]).text,
        guest.submit(page(event), {"signer_name": "x"}).text,
        guest.get("/api/health").text,
        str(signed.headers),
    ]
    for canary in CANARIES:
        assert all(canary not in text for text in seen), canary


@pytest.mark.parametrize("event_id", ["A" * 22, "nope", "..%2f", "A" * 300])
def test_an_unknown_charter_looks_the_same_to_every_guest(guest: Api, event_id: str) -> None:
    answer = guest.get(f"/api/guest/{event_id}")
    assert (answer.status, answer.json) == (404, {"Code": "NotFound", "Message": "There is no such charter."})
    opened = guest.get(f"/g/{event_id}/waiver")
    assert opened.status == 404
    assert opened.headers["content-type"] == "text/html; charset=utf-8"
    assert guest.submit(f"/g/{event_id}/waiver", {"signer_name": "x"}).text == opened.text


# --- the waiver -----------------------------------------------------------------------------------


def test_the_waiver_is_a_page_that_needs_no_script(guest: Api, event: dict[str, Any]) -> None:
    answer = guest.get(page(event))
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "<bdi>Sunset sail</bdi> aboard <bdi>Sea Otter</bdi>" in answer.text
    assert "Saturday, June 1, 2030, 5:00 PM PDT" in answer.text
    assert "Have it reviewed by counsel" in answer.text
    form = Form(answer.text).values()
    assert uuid.UUID(form["submission_id"][0])
    assert re.fullmatch(r"[0-9a-f]{64}", form["waiver_version"][0])
    # Consent is given, never preset.
    assert not {"esign_consent", "intent", "authority_attestation"} & set(form)


def test_every_opened_page_has_a_submission_id_of_its_own(guest: Api, event: dict[str, Any]) -> None:
    ids = {Form(guest.get(page(event)).text).values()["submission_id"][0] for _ in range(5)}
    assert len(ids) == 5


def test_a_signature_is_stored_counted_and_confirmed(api: Api, guest: Api, event: dict[str, Any]) -> None:
    answer = guest.submit(page(event), signature(guest, event))
    assert answer.status == 303
    assert answer.headers["location"].startswith(f"{page(event)}?signed=")
    assert answer.headers["cache-control"] == "no-store"
    confirmed = guest.get(answer.headers["location"])
    assert "Signed. Thank you, <bdi>Bo Sailor</bdi>." in confirmed.text
    charter = api.get(f"/api/events/{event['event_id']}").json
    assert charter["waivers"] == {"signed": 1, "expected": 4}
    [summary] = charter["waiver_records"]
    assert (summary["participant_name"], summary["minor"]) == ("Bo Sailor", False)
    record = api.get(f"/api/events/{event['event_id']}/waivers/{summary['waiver_id']}").json
    shown = sealing.statements("en")
    assert (record["intent_statement"], record["esign_statement"]) == (shown["intent"], shown["esign"])
    assert "at least 18 years old" in record["intent_statement"]
    assert record["address"] == guest.address
    assert record["version"]["waiver_version"] == record["waiver_version"]
    assert [entry["act"] for entry in record["audit"]] == ["opened", "signed", "viewed"]
    assert api.get("/api/events").json["events"][0]["waivers"]["signed"] == 1
    assert guest.get(f"/api/guest/{event['event_id']}").json["waivers"]["signers"] == ["Bo S."]


def test_a_double_submit_is_one_signature(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    form = signature(guest, event, signer_email="bo@example.com")
    first, again = guest.submit(page(event), form), guest.submit(page(event), form)
    assert (first.status, again.status) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert api.get(f"/api/events/{event['event_id']}").json["waivers"]["signed"] == 1
    assert len(mailbox) == 1


def test_a_double_tap_at_the_same_instant_is_one_signature(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    form, browsers = signature(guest, event, **MINORS, signer_email="bo@example.com"), [Api() for _ in range(6)]
    answers = at_once(6, lambda number: browsers[number].submit(page(event), form))
    assert {(answer.status, answer.headers.get("location")) for answer in answers} == {
        (303, answers[0].headers["location"])
    }
    assert api.get(f"/api/events/{event['event_id']}").json["waivers"]["signed"] == 3
    assert len(records(api)) == 3
    assert len(mailbox) <= 1


def test_a_guardian_signs_for_minors_each_with_a_record(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    guest.submit(page(event), signature(guest, event, **MINORS, signer_email="bo@example.com"))
    manifest = api.get(f"/api/events/{event['event_id']}/manifest").json
    assert [(one["name"], one["minor"], one["guardian"]) for one in manifest["passengers"]] == [
        ("Bo Sailor", False, None),
        ("Kim Sailor", True, "Bo Sailor"),
        ("Lee Sailor", True, "Bo Sailor"),
    ]
    assert (manifest["head_count"], manifest["missing"], manifest["passenger_limit"]) == (3, 1, 6)
    [message] = mailbox
    text = message.get_body(("plain",))
    assert text
    assert "Bo Sailor, Kim Sailor, Lee Sailor" in text.get_content()
    assert "The risks" in text.get_content()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signer_name": ""}, "signer_name"),
        ({"signer_name": "x" * 101}, "signer_name"),
        ({"signer_name": "a\x00b"}, "signer_name"),
        ({"esign_consent": ""}, "esign_consent"),
        ({"intent": ""}, "intent"),
        ({"signature_typed": ""}, "signature_typed"),
        ({"signer_email": "bo@"}, "signer_email"),
        ({"signer_phone": "soon"}, "signer_phone"),
        ({"signer_birth_date": "07/07/1971"}, "signer_birth_date"),
        ({"signer_birth_date": "2015-01-01"}, "signer_birth_date"),
        ({**MINORS, "guardian_relationship": ""}, "guardian_relationship"),
        ({**MINORS, "authority_attestation": ""}, "authority_attestation"),
        ({**MINORS, "minor_name": ["Kim", ""]}, "minor_name"),
        ({**MINORS, "minor_birth_date": ["2020-05-01", ""]}, "minor_birth_date"),
        ({**MINORS, "minor_birth_date": ["2020-05-01", "1990-01-01"]}, "minor_birth_date"),
        ({**MINORS, "minor_birth_date": ["2020-05-01", "2031-01-01"]}, "minor_birth_date"),
    ],
)
def test_each_problem_is_shown_beside_its_field_and_nothing_typed_is_lost(
    api: Api, guest: Api, event: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    form = signature(guest, event, **{"signer_name": "Zoë Sailor", "signer_phone": "+1 415 555 0100", **changes})
    answer = guest.submit(page(event), form)
    assert answer.status == 400
    shown = Form(answer.text)
    assert field in shown.invalid
    sent = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
    for name in ("submission_id", "signer_name", "signer_email", "signature_typed"):
        assert [value.replace("\x00", "") for value in shown.values()[name]] == [
            value.replace("\x00", "") for value in sent[name]
        ]
    typed_minors = [name for name in sent.get("minor_name", []) if name]
    assert [name for name in shown.values()["minor_name"] if name] == typed_minors
    assert api.get(f"/api/events/{event['event_id']}").json["waivers"]["signed"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"submission_id": "x"},
        {"submission_id": ["a", "b"]},
        {"extra": "1"},
        {"signature_strokes": "[[[["},
        {"signature_strokes": '[{"points":[{"x":NaN,"y":1}]}]'},
        {"signature_strokes": '[{"points":[{"x":1e999,"y":1}]}]'},
        {"signature_strokes": '{"a":1}'},
        {"signature_strokes": "[1]"},
        {"signature_strokes": '["12"]'},
        {"signature_strokes": '{"1": 0}'},
        {"signature_strokes": '[[["1", true]]]'},
        {"minor_name": ["Kim"], "minor_birth_date": []},
        {"minor_name": [f"Kid {number}" for number in range(11)], "minor_birth_date": ["2020-01-01"] * 11},
    ],
)
def test_a_form_no_browser_sends_is_a_400_page(
    api: Api, guest: Api, event: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = guest.submit(page(event), signature(guest, event, **changes))
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert api.get(f"/api/events/{event['event_id']}").json["waivers"]["signed"] == 0


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"signer_name=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 200, "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_broken_form_is_refused_cleanly(
    guest: Api, event: dict[str, Any], raw: bytes, content_type: str, status: int
) -> None:
    assert guest.call("POST", page(event), raw=raw, content_type=content_type).status == status


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"signer_name": "\u200b"}, "signer_name", "Your name is required."),
        ({"signature_typed": "\u200b\u3164"}, "signature_typed", "A signature is required: type or draw"),
        ({**MINORS, "minor_name": ["\u2800", "Lee"]}, "minor_name[0]", "Name is required."),
        ({"signer_name": "Confirm at https://evil.example"}, "signer_name", "a name, without a web address."),
        ({"signature_typed": "WWW.evil.example"}, "signature_typed", "a name, without a web address."),
        ({**MINORS, "minor_name": ["Kim", "evil.example/x"]}, "minor_name[1]", "a name, without a web address."),
        ({"signer_name": "Bo\nBcc: x@example.com"}, "signer_name", "a name, on one line."),
        ({"signer_name": "www.evil.example", "language": "es"}, "signer_name", "un nombre, sin dirección web."),
    ],
)
def test_what_is_no_name_is_refused_beside_its_field(
    api: Api, guest: Api, event: dict[str, Any], changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = guest.submit(page(event), {**signature(guest, event), **changes})
    assert answer.status == 400
    (shown,) = re.findall(rf'id="{re.escape(field)}-error">(.*?)</p>', answer.text)
    assert sentence in shown
    assert api.get(f"/api/events/{event['event_id']}").json["waiver_records"] == []


def test_pasted_names_numbers_and_addresses_are_kept_without_what_cannot_be_seen(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    pasted = {
        "signer_name": "\u202aJose\u0301\u00a0 Nu\u0301n\u0303ez\u202c",
        "signer_phone": "\u202a+1\u00a0555\u00a0010\u20110100\u202c",
        "signer_email": "\u200bjose@example.com\ufeff",
    }
    assert guest.submit(page(event), signature(guest, event, **pasted)).status == 303
    [listed] = api.get(f"/api/events/{event['event_id']}").json["waiver_records"]
    record = api.get(f"/api/events/{event['event_id']}/waivers/{listed['waiver_id']}").json
    assert (record["signer_name"], record["signer_phone"], record["signer_email"]) == (
        "José Núñez",
        "+1 555 010-0100",
        "jose@example.com",
    )


@pytest.mark.parametrize(
    "strokes",
    [
        '[{"points":[{"x":1.4,"y":2.6,"time":1700000000000},{"x":3,"y":4}]}]',
        '[[{"x":1,"y":3,"time":1700000000000},{"x":3,"y":4}]]',
        "[[[1,3,1700000000000],[3,4]]]",
    ],
)
def test_a_drawn_signature_is_enough_and_stored_as_strokes(
    api: Api, guest: Api, event: dict[str, Any], strokes: str
) -> None:
    form = signature(guest, event, signature_typed="", signature_strokes=strokes)
    assert guest.submit(page(event), form).status == 303
    [signed] = records(api)
    shown = record(api, event, signed["waiver_id"])
    assert shown["signature_strokes"] == [[[1, 3, 1_700_000_000_000], [3, 4, 0]]]


def test_a_new_text_is_shown_before_it_is_signed(api: Api, guest: Api, event: dict[str, Any]) -> None:
    form = signature(guest, event, signer_email="bo@example.com")
    assert api.put("/api/waiver-versions/current", {"title": "New terms", "text": "Quite **new**."}).status == 201
    answer = guest.submit(page(event), form)
    assert answer.status == 409
    assert "Quite <strong>new</strong>." in answer.text
    shown = Form(answer.text).values()
    assert shown["signer_email"] == ["bo@example.com"]
    assert "intent" not in shown
    assert shown["waiver_version"] != form["waiver_version"]
    assert guest.submit(page(event), {**shown, "esign_consent": "yes", "intent": "yes"}).status == 303


def test_what_was_signed_stays_signed_when_the_text_changes_after(api: Api, guest: Api, event: dict[str, Any]) -> None:
    form = signature(guest, event)
    first = guest.submit(page(event), form)
    api.put("/api/waiver-versions/current", {"title": "New terms", "text": "New."})
    again = guest.submit(page(event), form)
    assert (again.status, again.headers["location"]) == (303, first.headers["location"])
    assert api.get(f"/api/events/{event['event_id']}/manifest").json["passengers"][0]["waiver"] == "superseded"


def test_a_cancelled_charter_takes_no_signatures(api: Api, guest: Api, event: dict[str, Any]) -> None:
    form = signature(guest, event)
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert "cancelled" in guest.get(page(event)).text
    assert guest.submit(page(event), form).status == 409
    assert api.get(f"/api/events/{event['event_id']}").json["waivers"]["signed"] == 0


def test_a_past_charter_takes_no_signatures(api: Api, guest: Api) -> None:
    past = {"starts_at": "2020-01-01T10:00:00Z", "ends_at": "2020-01-01T12:00:00Z"}
    event = api.post("/api/events", new_event(**past)).json
    opened = guest.get(page(event))
    assert (opened.status, "is over" in opened.text, "<form" in opened.text) == (200, True, False)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{777*777}}"])
def test_nothing_typed_becomes_markup(api: Api, guest: Api, hostile: str) -> None:
    texts = {"title": hostile, "vessel": hostile, "departure_port": hostile}
    event = api.post("/api/events", new_event(**texts)).json
    refused = guest.submit(page(event), {"signer_name": hostile, "signature_typed": hostile}).text
    signed = guest.submit(page(event), signature(guest, event, signer_name=hostile))
    for html in (guest.get(page(event)).text, refused, guest.get(signed.headers["location"]).text):
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "603729" not in html


def test_a_wrong_confirmation_link_shows_the_form(guest: Api, event: dict[str, Any]) -> None:
    for token in ("x", "0" * 32, "../../", "%00"):
        assert "<form" in guest.get(f"{page(event)}?{urlencode({'signed': token})}").text


# --- the board ------------------------------------------------------------------------------------


def test_the_board_shows_every_change_at_once(api: Api, guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    guests = [{"name": "Cora Lind", "email": ""}, {"name": "Bo Sund", "email": ""}]
    url = f"/api/events/{api.post('/api/events', new_event(guests=guests, balance_reminders=True)).json['event_id']}"
    event = api.get(url).json
    cora = event["guests"][0]["guest_id"]
    payment = f"{url}/payments/{uuid.uuid4()}"
    acts = [
        lambda: api.put(payment, {"method": "check", "amount_cents": 5000}),
        lambda: api.post(f"{payment}/clear", {}),
        lambda: api.post(f"{payment}/void", {"reason": "Typed twice"}),
        lambda: guest.submit(page(event), signature(guest, event, guest_id=cora, signer_name="Cora Lind")),
        lambda: api.patch(url, {"version": api.get(url).json["version"], "passenger_limit": 1}),
        lambda: monkeypatch.setenv("SCC_BASE_URL", "https://other.example.com") or settings.forget(),
        lambda: api.post(f"{url}/cancel", {"reason": "Gale"}),
    ]
    seen = []
    for act in [lambda: None, *acts]:
        act()
        board = api.get("/api/events?from=2020-01-01").json["events"]
        (row,) = [one for one in board if one["event_id"] == event["event_id"]]
        detail = api.get(url).json
        assert row == {name: detail[name] for name in row}
        # Voided within the same second, it is what it was before the payment.
        assert [row] != seen[-1:]
        seen.append(row)
    assert seen[4]["waivers"]["missing"] == ["Bo Sund"]
