"""Signed waivers: private copies, audit events, the search, versions, reminders."""

import hashlib
import itertools
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import dynamo, system
from chalicelib.mail import transport
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers import markdown
from tests.support.api import Api, new_event
from tests.support.mails import copy_path, text_of
from tests.support.pages import MINORS, Elements, page, signature
from tests.support.races import at_once
from tests.support.signed import record, records

STROKES = '[{"points":[{"x":10,"y":20,"time":1700000000000},{"x":30,"y":44}]}]'


def sign(guest: Api, event: dict[str, Any], **changes: Any) -> str:
    """Signs; the path of the page that confirms it."""
    answer = guest.submit(page(event), signature(guest, event, **changes))
    assert answer.status == 303, answer.text
    return answer.headers["location"]


# --- the private copy -----------------------------------------------------------------------------


def test_the_signer_gets_a_private_link_to_what_was_signed(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    contact = {"signer_email": "bo@example.com", "signer_phone": "+1 415 555 7703"}
    confirmed = sign(guest, event, **contact, **MINORS, signature_strokes=STROKES)
    path = copy_path(mailbox[0])
    copy = guest.get(path)
    assert copy.status == 200
    found = records(api)
    proofs = [record(api, event, one["waiver_id"])["leaf_hash"] for one in found]
    for shown in (
        "The risks", "Bo Sailor", "Kim Sailor", "Lee Sailor", "2020-05-01", "bo@example.com", "+1 415 555 7703",
        found[0]["intent_statement"], found[0]["esign_statement"], found[1]["authority_statement"],
        found[0]["waiver_version"], *proofs, guest.address,
    ):  # fmt: skip
        assert shown in copy.text, shown
    assert ("polyline", "10,20 30,44") in [(tag, found.get("points")) for tag, found in Elements(copy.text).found]
    # It opens by its own secret only, and stays what it was.
    for other in (page(event), confirmed, f"{page(event)}?copy={found[0]['waiver_id']}", f"{path[:-2]}xx"):
        assert "bo@example.com" not in guest.get(other).text
    assert guest.get(f"{page(event)}?copy={'A' * 22}").status == 404
    elsewhere = api.post("/api/events", new_event()).json
    assert guest.get(path.replace(event["event_id"], elsewhere["event_id"])).status == 404
    api.put("/api/waiver-versions/current", {"title": "New", "text": "New text."})
    assert "The risks" in guest.get(path).text


def test_the_secret_of_a_copy_is_only_in_the_mail(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage], environment: Any
) -> None:
    sign(guest, event, signer_email="bo@example.com")
    secret = copy_path(mailbox[0]).rpartition(".")[2]
    items = dynamo.db().scan(TableName=dynamo.table_name())["Items"]
    assert secret not in str(items)
    assert waiver_mails.hash_secret(secret) in str(items)


def test_the_audit_events_of_a_record_are_opened_signed_sent_and_viewed(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    sign(guest, event, signer_email="bo@example.com", **MINORS)
    for _ in range(3):
        guest.get(copy_path(mailbox[0]))
    guest.call("HEAD", copy_path(mailbox[0]))
    for one in records(api):
        found = record(api, event, one["waiver_id"])
        assert sorted((entry["act"], entry["actor_type"], entry["by"]) for entry in found["audit"]) == [
            ("copy_sent", "system", "system"),
            # A mail scanner follows links, too.
            ("link_opened", "link", "copy link"),
            ("opened", "signer", "Bo Sailor"),
            ("signed", "signer", "Bo Sailor"),
            ("viewed", "admin", "admin"),
        ]


@pytest.mark.parametrize("name", ["admin", "system", "copy link"])
def test_a_signer_of_any_name_is_a_signer_in_the_audit_events(
    api: Api, guest: Api, event: dict[str, Any], name: str
) -> None:
    sign(guest, event, signer_name=name)
    [signed] = records(api)
    found = record(api, event, signed["waiver_id"])
    assert {entry["actor_type"] for entry in found["audit"] if entry["act"] in ("opened", "signed")} == {"signer"}


def test_a_copy_that_could_not_be_sent_has_no_audit_event(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "send", lambda _: transport.Outcome("retry", "down"))
    sign(guest, event, signer_email="bo@example.com")
    [signed] = records(api)
    found = record(api, event, signed["waiver_id"])
    assert "copy_sent" not in [entry["act"] for entry in found["audit"]]


def test_a_dot_that_was_tapped_is_drawn_in_the_copy(
    guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    strokes = "[[[10,20,0],[30,44,9]],[[50,60,20]],[[70,80,30],[70,80,39]]]"
    sign(guest, event, signer_email="bo@example.com", signature_typed="", signature_strokes=strokes)
    drawn = Elements(guest.get(copy_path(mailbox[0])).text).found
    assert [(dot["cx"], dot["cy"]) for tag, dot in drawn if tag == "circle"] == [("50", "60"), ("70", "80")]


# --- the search -----------------------------------------------------------------------------------


@pytest.fixture
def _ticking(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second passes whenever somebody looks at the clock."""
    start, seconds = system.utc_now(), itertools.count()
    monkeypatch.setattr(system, "utc_now", lambda: start + timedelta(seconds=next(seconds)))


@pytest.mark.usefixtures("_ticking")
def test_an_admin_finds_records_by_participant_signer_or_charter(api: Api, guest: Api, event: dict[str, Any]) -> None:
    other = api.post("/api/events", new_event(title="Whale watch")).json
    sign(guest, event, signer_name="Ána Rivera", **MINORS)
    sign(guest, other, signer_name="Tom Reed")

    def found(query: str) -> list[str]:
        return [one["participant_name"] for one in api.get(f"/api/waivers?query={query}").json["waivers"]]

    assert found("") == ["Tom Reed", "Lee Sailor", "Kim Sailor", "Ána Rivera"]
    assert found("kim") == ["Kim Sailor"]
    assert found("%C3%A1NA+sunset") == ["Lee Sailor", "Kim Sailor", "Ána Rivera"]
    assert found("whale") == ["Tom Reed"]
    assert found("ana+s\u0301unset") == found("ANA") == ["Lee Sailor", "Kim Sailor", "Ána Rivera"]
    assert found("nobody") == []
    one = api.get("/api/waivers?query=kim").json["waivers"][0]
    assert (one["charter"], one["event_id"], one["superseded"]) == ("Sunset sail", event["event_id"], False)


@pytest.mark.usefixtures("_ticking")
def test_the_search_goes_on_page_by_page(api: Api, guest: Api, event: dict[str, Any]) -> None:
    for number in range(5):
        sign(guest, event, signer_name=f"Guest {number}")
    names, cursor = [], ""
    for _ in range(9):
        answer = api.get(f"/api/waivers?query=guest&limit=2&cursor={cursor}").json
        names += [one["participant_name"] for one in answer["waivers"]]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    assert names == [f"Guest {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "query=" + "x" * 101, "page=2"])
def test_a_wrong_search_is_named(api: Api, query: str) -> None:
    answer = api.get(f"/api/waivers?{query}")
    assert (answer.status, list(answer.json["Fields"])) == (400, [query.partition("=")[0]])


# --- versions -------------------------------------------------------------------------------------


def test_the_same_text_again_is_no_new_version(api: Api) -> None:
    first = api.put("/api/waiver-versions/current", {"title": "Terms", "text": "One."})
    again = api.put("/api/waiver-versions/current", {"title": "Other heading", "text": "One."})
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    first = first.json
    assert first["waiver_version"] == hashlib.sha256(b"One.").hexdigest()
    listed = api.get("/api/waiver-versions").json
    assert [version["waiver_version"] for version in listed["versions"]] == [first["waiver_version"]]
    assert listed["current"] == first["waiver_version"]


def test_an_old_text_can_be_made_current_again(api: Api) -> None:
    one = api.put("/api/waiver-versions/current", {"title": "Terms", "text": "One."}).json
    api.put("/api/waiver-versions/current", {"title": "Terms", "text": "Two."})
    api.put("/api/waiver-versions/current", {"title": "Terms", "text": "One."})
    listed = api.get("/api/waiver-versions").json
    assert listed["current"] == one["waiver_version"]
    assert len(listed["versions"]) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "T"}, "text"),
        ({"text": "T"}, "title"),
        ({"title": "T", "text": ""}, "text"),
        ({"title": "T", "text": "x" * 60_001}, "text"),
        ({"title": "T", "text": 1}, "text"),
        ({"title": "T", "text": "x", "language": "fr"}, "language"),
    ],
)
def test_a_wrong_version_names_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.put("/api/waiver-versions/current", body)
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])


def test_an_unknown_waiver_is_404(api: Api, event: dict[str, Any]) -> None:
    for waiver_id in ("0" * 32, "x", "../EVENT"):
        url = f"/api/events/{event['event_id']}/waivers/{waiver_id.replace('/', '%2f')}"
        assert api.get(url).status == 404


def test_each_language_has_its_current_text(api: Api) -> None:
    before = api.get("/api/waiver-versions").json
    assert [version["language"] for version in before["versions"]] == ["en", "es"]
    assert (before["current"], before["current_es"]) == tuple(one["waiver_version"] for one in before["versions"])
    english = api.put("/api/waiver-versions/current", {"title": "T", "text": "One."}).json
    assert api.get("/api/waiver-versions").json["current_es"] is None
    spanish = api.put("/api/waiver-versions/current", {"title": "T", "text": "Uno.", "language": "es"}).json
    assert (english["language"], spanish["language"]) == ("en", "es")
    after = api.get("/api/waiver-versions").json
    assert (after["current"], after["current_es"]) == (english["waiver_version"], spanish["waiver_version"])
    refused = api.put("/api/waiver-versions/current", {"title": "T", "text": "One.", "language": "es"})
    assert (refused.status, list(refused.json["Fields"])) == (400, ["language"])


def test_a_preview_is_the_tree_of_the_page(api: Api) -> None:
    text = "# Risks\n\n- wind\n- **waves**\n\n1. one\n\n> quote\n\n---\n\na [law](https://example.com) <b>`x`\n"
    answer = api.post("/api/waiver-versions/preview", {"text": text})
    assert answer.status == 200
    assert [block["type"] for block in answer.json["blocks"]] == [
        "heading", "list", "list", "quote", "rule", "paragraph",
    ]  # fmt: skip
    assert answer.json["blocks"][0] == {"type": "heading", "level": 2, "children": [{"type": "text", "text": "Risks"}]}
    assert answer.json["blocks"] == markdown.parse(text.strip())
    assert api.post("/api/waiver-versions/preview", {}).json["Fields"] == {"text": "is required"}


def test_signers_of_an_older_text_are_listed_and_asked_once_to_sign_again(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(guest, event, signer_email="bo@example.com", **MINORS)
    sign(guest, event, signer_name="Nomail")
    assert api.get("/api/waiver-versions/superseded").json == {"events": []}
    api.put("/api/waiver-versions/current", {"title": "New", "text": "New text."})
    [listed] = api.get("/api/waiver-versions/superseded").json["events"]
    assert (listed["event_id"], listed["title"]) == (event["event_id"], "Sunset sail")
    assert [(one["participant_name"], one["can_be_asked"]) for one in listed["signers"]] == [
        ("Bo Sailor", True), ("Kim Sailor", True), ("Lee Sailor", True), ("Nomail", False),
    ]  # fmt: skip
    ids = [one["waiver_id"] for one in listed["signers"]]
    url = f"/api/events/{event['event_id']}/ask-again"
    del mailbox[:]
    first = api.post(url, {}).json
    assert first == {"asked": ids[:3], "skipped": [{"waiver_id": ids[3], "why": "no_email"}]}
    assert [message["To"] for message in mailbox] == ["bo@example.com"]
    assert f"/g/{event['event_id']}/waiver" in text_of(mailbox[0])
    assert api.post(url, {"waiver_ids": ids[:1]}).json == {
        "asked": [], "skipped": [{"waiver_id": ids[0], "why": "asked_recently"}]
    }  # fmt: skip
    # Bo signs the new text: that is done, and he is one passenger.
    sign(guest, event, signer_email="bo@example.com", **MINORS)
    [listed] = api.get("/api/waiver-versions/superseded").json["events"]
    assert [one["participant_name"] for one in listed["signers"]] == ["Nomail"]
    passengers = api.get(f"/api/events/{event['event_id']}/manifest").json["passengers"]
    assert sorted((one["name"], one["waiver"]) for one in passengers) == [
        ("Bo Sailor", "signed"), ("Kim Sailor", "signed"), ("Lee Sailor", "signed"), ("Nomail", "superseded"),
    ]  # fmt: skip
    assert api.post(url, {"waiver_ids": ["x"]}).json["Fields"] == {"waiver_ids": "must name only those of this charter"}
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert api.get("/api/waiver-versions/superseded").json == {"events": []}
    assert api.post(url, {}).status == 409


# --- reminders ------------------------------------------------------------------------------------

GUESTS = [
    {"name": "Ana Rivera", "email": "Family@example.com"},
    {"name": "Tim Rivera", "email": "family@example.com"},
    {"name": "Cleo", "email": ""},
    {"name": "Bo Sailor", "email": "bo@example.com"},
]


def test_missing_guests_are_reminded_once_in_six_hours(
    api: Api, guest: Api, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = api.post("/api/events", new_event(guests=GUESTS)).json
    ids = [one["guest_id"] for one in event["guests"]]
    sign(guest, event)
    url = f"/api/events/{event['event_id']}/waiver-reminders"
    assert api.post(url, {}).json == {"reminded": ids[:2], "skipped": [{"guest_id": ids[2], "why": "no_email"}]}
    [message] = mailbox
    assert (message["To"].addresses[0].addr_spec, message["Subject"]) == (
        "Family@example.com", "Please sign the waiver for Sunset sail"
    )  # fmt: skip
    assert "Ana Rivera, Tim Rivera" in text_of(message)
    answer = api.post(url, {"guest_ids": [ids[0], ids[3]]}).json
    assert answer["reminded"] == []
    assert {one["guest_id"]: one["why"] for one in answer["skipped"]} == {ids[0]: "reminded_recently", ids[3]: "signed"}
    now = system.utc_now()
    monkeypatch.setattr(system, "utc_now", lambda: now + timedelta(hours=6, minutes=1))
    assert api.post(url, {"guest_ids": [ids[0]]}).json["reminded"] == [ids[0]]
    assert api.post(url, {"guest_ids": ["x"]}).status == 400
    assert api.post(url, {"guest_ids": "all"}).status == 400


def test_a_double_tap_reminds_once(api: Api, mailbox: list[EmailMessage]) -> None:
    event = api.post("/api/events", new_event(guests=GUESTS[:1])).json
    url, desks = f"/api/events/{event['event_id']}/waiver-reminders", [Api(api.token) for _ in range(4)]
    answers = at_once(4, lambda number: desks[number].post(url, {}).json)
    assert sorted(len(answer["reminded"]) for answer in answers) == [0, 0, 0, 1]
    assert len(mailbox) == 1
