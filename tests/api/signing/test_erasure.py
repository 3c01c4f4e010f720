"""Erasing: nothing that came from or about the guest is left, and everything that proves the signature is."""

import json
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import sweep
from chalicelib.core import aws, settings, system
from chalicelib.mail import bounces
from chalicelib.sweep import MAIL_KINDS
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers.evidence import verify
from tests.support.api import Answer, Api, listed_mails, new_event, new_payment
from tests.support.departing import depart
from tests.support.log_check import check_log
from tests.support.operator import uuid
from tests.support.pages import MINORS, page, signature
from tests.support.ses_events import ses_event
from tests.support.signed import disclosed, erase, fault, leaves, record, records, set_aside, sign, url
from tools.common.table import scan

# Each is unlike anything else in the table, where short ones stand in hashes and salts by chance; none is a part of
# another.
LISTED_NAME, LISTED_EMAIL = "Quentin Canary", "quentin.listed@canary.example"
TYPED: dict[str, Any] = {
    "signer_name": "quentin  CANARY",
    "signer_email": "quentin.typed@canary.example",
    "signer_phone": "+1 415 555 7701",
    "signer_birth_date": "1971-07-07",
    "signature_typed": "Qu. Canary",
    "signature_strokes": "[[[770010020,770020030,770030040],[770040050,770050060,770060070]]]",
}
ADDRESS, AGENT = "203.0.113.77", "CanaryBrowser/7.7"
CANARIES = ("canary", "quentin", "555 7701", "1971-07-07", "770030040", ADDRESS)


def items() -> list[dict[str, Any]]:
    return list(scan(aws.client("dynamodb"), settings.settings().table))


def found_in(content: Any, *more: str) -> list[str]:
    """The canaries that stand in it, also where it is written in base64 (as in disclosures)."""
    text = json.dumps(content, ensure_ascii=False)
    for item in content if isinstance(content, list) else ():
        if isinstance(item, dict) and "disclosures" in item:
            text += json.dumps(disclosed({"disclosures": json.loads(item["disclosures"]["S"])}), ensure_ascii=False)
    return [one for one in (*CANARIES, *more) if one.lower() in text.lower()]


def sign_as_canary(charter: dict[str, Any], **more: Any) -> list[str]:
    """From a phone of its own; the ids of the records."""
    phone = Api(address=ADDRESS)
    form = {**signature(phone, charter), **TYPED, **more}
    answer = phone.call(
        "POST",
        page(charter),
        raw=urlencode(form, doseq=True),
        content_type="application/x-www-form-urlencoded",
        headers={"user-agent": AGENT},
    )
    assert answer.status == 303, answer.text
    token = answer.headers["location"].rpartition("=")[2]
    return [one.row["waiver_id"] for one in waiver_store.read_form(token).records]


@pytest.fixture
def trip(api: Api, guest: Api, mailbox: list[EmailMessage]) -> dict[str, Any]:
    """A whole charter: the guest's data has gone wherever they can go, and other guests' beside them."""
    guests = [{"name": LISTED_NAME, "email": LISTED_EMAIL}, {"name": "Ana Rivera", "email": "ana@example.com"}]
    charter = api.post("/api/events", new_event(guests=guests)).json
    about = url(charter)
    assert api.post(f"{about}/waiver-reminders", {}).json["skipped"] == []
    sign(
        guest,
        charter,
        signer_name="Ana Rivera",
        signer_email="ana@example.com",
        signature_strokes="[[[1,2,3],[4,5,6]]]",
    )
    assert api.put(f"{about}/payments/{uuid()}", new_payment()).status == 201
    rows = [new_payment(payment_id=uuid())]
    assert api.put(f"{about}/payment-batches/{uuid()}", {"payments": rows}).status == 201
    assert api.patch(about, {"version": 1, "guests": [*charter["guests"], {"name": "Cleo"}]}).status == 200
    assert api.patch(about, {"version": 2, "notes": "calls"}).status == 200
    return charter  # type: ignore[no-any-return]


def go_on(api: Api, charter: dict[str, Any], waiver_id: str, mailbox: list[EmailMessage]) -> None:
    """What happens to a signature afterwards: read, copied, bounced, checked in, departed, asked again."""
    about = url(charter)
    copy = next(
        line
        for message in mailbox
        if message["To"] == TYPED["signer_email"] and (part := message.get_body(("plain",)))
        for line in part.get_content().splitlines()
        if "?copy=" in line
    )
    Api(address=ADDRESS).get(copy.removeprefix("https://sail.example.com"), headers={"user-agent": AGENT})
    assert record(api, charter, waiver_id)["signer_phone"] == TYPED["signer_phone"]
    for mail in listed_mails(api, "sent"):
        if mail["to"] in (LISTED_EMAIL, TYPED["signer_email"]):
            event = ses_event("permanent bounce", mail["mail_id"])["detail"]
            event["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = "550 no box of Quentin Canary"
            bounces.record_report(event, kinds=MAIL_KINDS, now=system.utc_now())
    assert api.post(f"{about}/check-in", {"waiver_id": waiver_id, "state": "aboard"}).status == 200
    assert api.put("/api/waiver-versions/current", {"title": "New", "text": "New text."}).status == 201
    assert api.post(f"{about}/ask-again", {}).status == 200
    assert depart(api, charter["event_id"]).status == 200
    sweep.mail_checkpoint(system.utc_now().replace(hour=sweep.CHECKPOINT_HOUR))


def answers(api: Api, charter: dict[str, Any], *waiver_ids: str) -> list[Answer]:
    """All that an admin or a guest can read of it."""
    about = url(charter)
    paths = [
        about, f"{about}/payments", f"{about}/manifest", f"{about}/manifest.csv", "/api/events", "/api/waivers",
        "/api/waivers.json", "/api/waivers/checkpoint", "/api/waiver-versions/superseded", page(charter),
        f"/api/guest/{charter['event_id']}",
        *(f"/api/mail?status={status}" for status in ("queued", "sent", "failed", "uncertain", "cancelled")),
        *(f"{about}/waivers/{one}{more}" for one in waiver_ids for more in ("", "/bundle")),
        *(f"{page(charter)}?signed={one}" for one in waiver_ids),
    ]  # fmt: skip
    found = [api.get(path) for path in paths]
    assert {answer.status for answer in found} == {200}
    return found


def test_after_erasing_nothing_of_the_guest_is_left_anywhere(
    api: Api, guest: Api, trip: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    [mine] = sign_as_canary(trip)
    go_on(api, trip, mine, mailbox)
    assert set(found_in(items())) == set(CANARIES), "each of them has to be somewhere before"
    before = leaves(api)
    others_before = [one for one in records(api) if one["participant_name"] == "Ana Rivera"]
    assert fault(api) is None

    erased = api.post(f"{url(trip)}/waivers/{mine}/erase", {"reason": "asked by mail"})
    assert erased.status == 200
    note = erased.json["erased"]
    assert (note["reason"], note["by"]) == ("asked by mail", "admin")
    assert [(entry["act"], entry["actor_type"]) for entry in erased.json["audit"]][-1] == ("erased", "admin")
    for item in items():
        assert found_in([item]) == [], (item["PK"], item["SK"])
    for answer in answers(api, trip, mine):
        assert found_in(answer.text) == []
    # What proves it stays, and what is others'.
    assert [leaf["payload"] for leaf in leaves(api)] == [leaf["payload"] for leaf in before]
    assert fault(api) is None
    assert verify.find_fault_in(api.get(f"{url(trip)}/waivers/{mine}/bundle").text.encode()).erased == 11
    assert [one for one in records(api) if one.get("participant_name") == "Ana Rivera"] == others_before
    check_log(items(), waiting=0)
    detail = api.get(url(trip)).json
    assert detail["waivers"]["signed"] == 2
    assert [one["name"] for one in detail["guests"]] == ["Erased guest", "Ana Rivera", "Cleo"]
    snapshot = api.get(f"{url(trip)}/manifest").json["snapshot"]
    assert [one["name"] for one in snapshot["passengers"]] == ["Ana Rivera", "Erased guest", "Cleo"]
    # Again: unchanged.
    again = api.post(f"{url(trip)}/waivers/{mine}/erase", {"reason": "asked again"})
    assert (again.status, again.json["erased"]) == (200, note)
    assert [entry["act"] for entry in again.json["audit"]].count("erased") == 1


def test_no_mail_about_an_erased_guest_goes_out_any_more_and_their_links_are_dead(
    api: Api, guest: Api, trip: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    [mine] = sign_as_canary(trip)
    copy = next(
        line
        for message in mailbox
        if (part := message.get_body(("plain",))) and message["To"] == TYPED["signer_email"]
        for line in part.get_content().splitlines()
        if "?copy=" in line
    ).removeprefix("https://sail.example.com")
    mail_id = record(api, trip, mine)["copy_mail_id"]
    assert guest.get(copy).status == 200
    erase(api, trip, mine)
    del mailbox[:]
    assert guest.get(copy).status == 404
    retried = api.post(f"/api/mail/{mail_id}/retry")
    assert (retried.status, retried.json["Message"]) == (409, "What this mail was about is erased.")
    assert record(api, trip, mine)["copy_mail_id"] is None
    sweep.run(system.utc_now() + timedelta(hours=1))
    # At noon the operator is mailed a checkpoint.
    assert [message for message in mailbox if TYPED["signer_email"] in message.as_string()] == []
    # Whoever sends the same form once more is answered as before, and brings nothing back.
    phone = Api(address=ADDRESS)
    form = {**signature(phone, trip), **TYPED, "submission_id": records_submission(api, mine)}
    assert phone.submit(page(trip), form).headers["location"].endswith(f"signed={mine}")
    for item in items():
        assert found_in([item]) == [], (item["PK"], item["SK"])


def records_submission(api: Api, waiver_id: str) -> str:
    return next(one["submission_id"] for one in records(api) if one["waiver_id"] == waiver_id)


def test_a_whole_family_is_erased_record_by_record(
    api: Api, guest: Api, trip: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    minors = {**MINORS, "minor_name": ["Kim Minikin", "Lee Minikin"], "minor_birth_date": ["2019-09-09", "2017-03-03"]}
    own, kim, lee = sign_as_canary(trip, **minors)
    go_on(api, trip, own, mailbox)
    erase(api, trip, kim)
    # Whole names: three letters also stand in a salt now and then.
    text = str(found_in(items(), "Kim Minikin", "2019-09-09", "Lee Minikin"))
    assert "Lee Minikin" in text
    assert "Kim Minikin" not in text
    assert "2019-09-09" not in text
    assert record(api, trip, own)["signature_strokes"]
    assert record(api, trip, kim)["signature_strokes"] == []
    erase(api, trip, own)
    # Of who signed for a minor the name stays as long as the minor's own record.
    left = found_in(items(), "Minikin")
    assert set(left) == {"canary", "quentin", "Minikin"}
    shown = record(api, trip, lee)
    assert (shown["signer_name"], shown["participant_name"]) == ("quentin CANARY", "Lee Minikin")
    personal = ("signer_email", "signer_phone", "signature_typed", "address", "user_agent")
    assert [shown[name] for name in personal] == [""] * 5
    assert (shown["signer_birth_date"], shown["signature_strokes"]) == (None, [])
    erase(api, trip, lee)
    for item in items():
        assert found_in([item], "Minikin", "2017-03-03", "2019-09-09") == [], (item["PK"], item["SK"])
    for answer in answers(api, trip, own, kim, lee):
        assert found_in(answer.text, "Minikin") == []
    assert fault(api) is None
    check_log(items(), waiting=0)
    assert api.get(url(trip)).json["waivers"]["signed"] == 4


def test_a_struck_record_is_erased_with_the_reason_why_it_was_struck(
    api: Api, guest: Api, trip: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    [mine] = sign_as_canary(trip)
    set_aside(api, trip, mine, "Signed by a friend of Quentin Canary")
    erase(api, trip, mine)
    for item in items():
        assert found_in([item]) == [], (item["PK"], item["SK"])
    shown = record(api, trip, mine)
    assert (shown["set_aside"]["reason"], shown["set_aside"]["by"]) == ("", "admin")
    assert found_in(api.get("/api/waivers.json").text) == []
    assert fault(api) is None
    check_log(items(), waiting=0)


def test_who_is_listed_and_signed_twice_is_gone_when_both_records_are_erased(
    api: Api, guest: Api, trip: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    [first], [second] = sign_as_canary(trip), sign_as_canary(trip)
    go_on(api, trip, second, mailbox)
    for one in (first, second):
        erase(api, trip, one)
    for item in items():
        assert found_in([item]) == [], (item["PK"], item["SK"])
    assert api.get(url(trip)).json["waivers"]["signed"] == 2


# --- at the same time -----------------------------------------------------------------------------


def test_a_signature_that_comes_while_another_is_erased_is_neither_lost_nor_brings_back_a_name(
    api: Api, guest: Api, trip: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    [mine] = sign_as_canary(trip)
    write = waiver_store.erase_record

    def sign_first(*arguments: Any) -> Any:
        monkeypatch.undo()
        sign(guest, trip, signer_name="Ben Late")
        return write(*arguments)

    monkeypatch.setattr(waiver_store, "erase_record", sign_first)
    erase(api, trip, mine)
    assert found_in(items()) == []
    check_log(items(), waiting=0)
    assert api.get(url(trip)).json["waivers"]["signed"] == 3


@pytest.mark.parametrize("winner", ["set aside", "erased"])
def test_a_record_that_is_struck_and_erased_at_once_is_both_and_nothing_comes_back(
    api: Api, guest: Api, trip: dict[str, Any], monkeypatch: pytest.MonkeyPatch, winner: str
) -> None:
    [mine] = sign_as_canary(trip)
    name = "erase_record" if winner == "set aside" else "put_set_aside"
    write = getattr(waiver_store, name)

    def be_late(*arguments: Any) -> Any:
        monkeypatch.undo()
        (set_aside if winner == "set aside" else erase)(api, trip, mine, "By Quentin Canary")
        return write(*arguments)

    monkeypatch.setattr(waiver_store, name, be_late)
    (erase if winner == "set aside" else set_aside)(api, trip, mine, "asked by mail")
    shown = record(api, trip, mine)
    assert shown["set_aside"]
    assert shown["erased"]
    listed = next(one for one in api.get("/api/waivers").json["waivers"] if one["waiver_id"] == mine)
    assert (listed["set_aside"], listed["erased"], listed["participant_name"]) == (True, True, "Erased guest")
    if winner == "erased":
        # The reason for erasing is the admin's own word, and stays.
        erase_reason = shown["erased"]["reason"]
        assert erase_reason == "By Quentin Canary"
    else:
        assert found_in(items()) == []
    check_log(items(), waiting=0)
    assert fault(api) is None
