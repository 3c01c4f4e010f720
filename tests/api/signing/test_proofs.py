"""The log from outside: its export, its checkpoint, one record alone, and what is struck and stays in it."""

import json
from typing import Any

import pytest

from chalicelib.core import dynamo, system
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers.evidence import checkpoint, verify
from tests.support.api import Api, new_event
from tests.support.pages import MINORS, drawing, page
from tests.support.signed import disclosed, fault, leaves, record, records, set_aside, sign, sign_all, url

REASON = {"reason": "Not his hand"}


def bundle(api: Api, charter: dict[str, Any], waiver_id: str) -> str:
    answer = api.get(f"{url(charter)}/waivers/{waiver_id}/bundle")
    assert answer.status == 200, answer.text
    return answer.text


def verdict(file: str, *told: str) -> verify.Verdict:
    return verify.find_fault_in(file.encode(), [checkpoint.parse(one) for one in told])


# --- the whole log --------------------------------------------------------------------------------


def test_an_empty_log_is_whole_and_has_a_checkpoint(api: Api) -> None:
    assert api.get("/api/waivers.json").json["leaves"] == []
    assert verdict(api.get("/api/waivers.json").text).fault is None
    assert api.get("/api/waivers/checkpoint").text.splitlines()[:2] == ["sail.example.com/waivers", "0"]


def test_the_checkpoint_is_text_in_the_c2sp_form_and_every_older_one_is_continued(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    told = []
    for number in range(4):
        sign(guest, event, signer_name=f"Guest {number}", **MINORS)
        answer = api.get("/api/waivers/checkpoint")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        told.append(answer.text)
    assert told[-1].splitlines()[:2] == ["sail.example.com/waivers", "12"]
    assert told[-1].endswith("\n")
    found = verdict(api.get("/api/waivers.json").text, *told)
    assert (found.fault, found.records, found.head) == (None, 12, told[-1].splitlines()[2])


def test_a_leaf_holds_nothing_personal_but_in_its_disclosures(api: Api, guest: Api, event: dict[str, Any]) -> None:
    typed = {
        "signer_name": "Quentin Patronymic",
        "signer_email": "quentin@canary.example",
        "signer_phone": "+1 415 555 7701",
        "signer_birth_date": "1971-07-07",
        "signature_typed": "Q. Patronymic",
        "minor_name": ["Kim Patronymic"],
        "minor_birth_date": ["2020-05-01"],
        "guardian_relationship": "grandparent",
        "authority_attestation": "yes",
    }
    sign(guest, event, **typed)
    own, minor = leaves(api)
    for leaf in (own, minor):
        text = json.dumps(leaf["payload"])
        for canary in (
            "Patronymic",
            "canary.example",
            "555 7701",
            "1971-07",
            "2020-05-01",
            "grandparent",
            guest.address,
            "Sunset",
        ):
            assert canary not in text
    assert disclosed(own) == {
        "charter": "Sunset sail", "signer_name": "Quentin Patronymic", "signer_email": "quentin@canary.example",
        "signer_phone": "+1 415 555 7701", "signer_birth_date": "1971-07-07", "signature_typed": "Q. Patronymic",
        "address": guest.address, "user_agent": "", "participant_name": "Quentin Patronymic",
        "participant_birth_date": "1971-07-07", "guardian_relationship": "",
    }  # fmt: skip
    assert (disclosed(minor)["participant_name"], disclosed(minor)["guardian_relationship"]) == (
        "Kim Patronymic", "grandparent"
    )  # fmt: skip
    salts = {one for leaf in (own, minor) for one in leaf["payload"]["_sd"]}
    assert len(salts) == 22, "equal values of two records must not show as equal"


def test_a_log_too_long_for_one_answer_comes_in_parts_that_are_whole_together(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_all(guest, event, *(f"Guest {number}" for number in range(5)))
    whole = api.get("/api/waivers.json").json
    monkeypatch.setattr(waiver_records, "MAX_EXPORT_BYTES", 2 * len(json.dumps(json.dumps(whole["leaves"][4]))) + 9)
    parts, after = [], 0
    while after is not None:
        parts.append(api.get(f"/api/waivers.json?after={after}").json)
        after = parts[-1]["next"]
    assert [len(part["leaves"]) for part in parts] == [2, 2, 1]
    joined = {**parts[-1], "leaves": [leaf for part in parts for leaf in part["leaves"]]}
    assert joined == whole
    assert verdict(json.dumps(joined, separators=(",", ":"))).fault is None
    assert "more follows" in str(verdict(json.dumps(parts[0], separators=(",", ":"))).fault)
    for place in (5, 6, 999_999_999_999):
        assert api.get(f"/api/waivers.json?after={place}").json == {**whole, "leaves": [], "next": None}
    for wrong in ("after=x", "after=-1", "after=1234567890123", "before=1"):
        answer = api.get(f"/api/waivers.json?{wrong}")
        assert (answer.status, list(answer.json["Fields"])) == (400, [wrong.partition("=")[0]])


@pytest.mark.parametrize(
    "tamper",
    [
        lambda key: dynamo.db().delete_item(TableName=dynamo.table_name(), Key=key),
        lambda key: change(key, lambda text: text.replace("2030-06-02", "2030-06-03")),
        lambda key: change(key, lambda text: text.replace('"minor":false', '"minor":true')),
    ],
    ids=["a record that is gone", "another day", "a minor instead"],
)
def test_what_is_changed_in_the_table_is_told_by_the_export(
    api: Api, guest: Api, event: dict[str, Any], tamper: Any
) -> None:
    signed = sign_all(guest, event, "Ana", "Ben", "Cleo")
    assert fault(api) is None
    tamper({"PK": {"S": f"FORM#{signed[1][:-2]}"}, "SK": {"S": "RECORD#00"}})
    assert fault(api)


def change(key: Any, edit: Any) -> None:
    """The payload of a stored record."""
    found = dynamo.read_item(key)
    assert found
    dynamo.db().put_item(TableName=dynamo.table_name(), Item={**found, "payload": {"S": edit(found["payload"]["S"])}})


# --- one record -----------------------------------------------------------------------------------


def test_a_bundle_is_proved_alone_and_holds_nothing_of_any_other_guest(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    others = [f"Canary{number} Other" for number in range(6)]
    for number, name in enumerate(others[:3]):
        sign(guest, event, signer_name=name, signature_typed=name, signer_email=f"canary{number}@other.example")
    mine = sign(guest, event, signer_name="Ana Rivera", signature_typed="A. R.", signature_strokes=drawing(2000))
    for name in others[3:]:
        sign(guest, event, signer_name=name, signature_typed=name)
    told = api.get("/api/waivers/checkpoint").text
    file = bundle(api, event, mine)
    found = verdict(file, told)
    assert (found.fault, found.records, found.position, found.leaves) == (None, 1, 4, 7)
    assert set(json.loads(file)) == {"payload", "disclosures", "text", "inclusion", "checkpoint", "drawing"}
    assert json.loads(file)["inclusion"]["leaf_index"] == 3
    assert json.loads(file)["checkpoint"] == told
    for canary in ("Canary", "Other", "other.example"):
        assert canary not in file
        assert canary not in json.dumps(disclosed(json.loads(file)))
    assert disclosed(json.loads(file))["signer_name"] == "Ana Rivera"
    # Of a text of usual length, with the drawing beside.
    assert len(file) - 2000 < 50_000
    content = json.loads(file)
    for name, other in (
        ("payload", {**content["payload"], "minor": True}),
        ("disclosures", content["disclosures"][::-1] + content["disclosures"][:1]),
        ("text", content["text"] + " "),
        ("drawing", drawing(1999)),
        ("inclusion", {**content["inclusion"], "leaf_index": 2}),
        ("checkpoint", told.replace("sail.", "sale.")),
    ):
        assert other != content[name]
        assert verdict(json.dumps({**content, name: other}, separators=(",", ":"))).fault, name


def test_the_bundle_of_a_minor_shows_the_guardian_and_none_of_the_other_minors(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    sign(guest, event, signer_name="Ana Rivera", **MINORS)
    kim = records(api)[1]
    file = bundle(api, event, kim["waiver_id"])
    assert verdict(file).fault is None
    assert disclosed(json.loads(file))["signer_name"] == "Ana Rivera"
    assert "Lee" not in json.dumps(disclosed(json.loads(file)))


def test_a_record_that_waits_for_the_log_has_no_bundle_for_moments(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ms = int(system.utc_now().timestamp() * 1000)
    assert log_store.take_lease("another writer", now_ms, now_ms + 60_000)
    waiting = sign(guest, event)
    monkeypatch.setattr(waiver_log, "GUEST_S", 0.1)
    answer = api.get(f"{url(event)}/waivers/{waiting}/bundle")
    assert (answer.status, answer.json["Code"]) == (409, "NotLoggedYet")
    refused = api.post(f"{url(event)}/waivers/{waiting}/erase", REASON)
    assert (refused.status, refused.json["Code"]) == (409, "NotLoggedYet")
    shown = record(api, event, waiting)
    assert (shown["leaf_index"], shown["erased"], shown["signer_name"]) == (None, None, "Bo Sailor")
    log_store.release_lease("another writer")
    assert verdict(bundle(api, event, waiting)).fault is None
    assert record(api, event, waiting)["leaf_index"] == 0


# --- set aside ------------------------------------------------------------------------------------


def test_a_false_signature_is_struck_once_for_a_reason_and_stays_in_the_log(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    false, true = sign_all(guest, event, "Bob Two", "Ana Rivera")
    before = bundle(api, event, false)
    path = f"{url(event)}/waivers/{false}/set-aside"
    struck = api.post(path, REASON)
    assert struck.status == 200
    note = struck.json["set_aside"]
    assert (note["reason"], note["by"]) == ("Not his hand", "admin")
    assert [entry["act"] for entry in struck.json["audit"]][-1] == "set_aside"
    assert struck.json["audit"][-1]["actor_type"] == "admin"
    again = api.post(path, {"reason": "Another reason"})
    assert (again.status, again.json["set_aside"], again.json["audit"]) == (200, note, struck.json["audit"])
    kinds = [leaf["payload"]["type"] for leaf in leaves(api)]
    assert kinds == ["waiver", "waiver", "set_aside"]
    assert disclosed(leaves(api)[2]) == {"reason": "Not his hand", "by": "admin"}
    assert "Not his hand" not in json.dumps(leaves(api)[2]["payload"])
    found = verdict(api.get("/api/waivers.json").text)
    assert (found.fault, found.records, found.set_aside) == (None, 2, 1)
    assert verdict(before).fault is None
    assert verdict(bundle(api, event, false)).fault is None
    listed = {one["waiver_id"]: one["set_aside"] for one in api.get(url(event)).json["waiver_records"]}
    assert listed == {false: True, true: False}
    assert {one["waiver_id"]: one["set_aside"] for one in api.get("/api/waivers").json["waivers"]} == listed
    assert api.get(url(event)).json["waivers"]["signed"] == 1


def test_of_a_form_each_record_is_struck_by_itself(api: Api, guest: Api, event: dict[str, Any]) -> None:
    sign(guest, event, **MINORS)
    own, kim, lee = records(api)
    set_aside(api, event, kim["waiver_id"])
    names = [one["name"] for one in api.get(f"{url(event)}/manifest").json["passengers"]]
    assert names == ["Bo Sailor", "Lee Sailor"]
    for one, more in ((own, []), (kim, ["set_aside"]), (lee, [])):
        found = record(api, event, one["waiver_id"])["audit"]
        assert [entry["act"] for entry in found if entry["act"] != "viewed"] == ["opened", "signed", *more]


@pytest.mark.parametrize("act", ["set-aside", "erase"])
def test_an_act_on_a_record_needs_a_reason_a_session_and_the_record(
    api: Api, guest: Api, event: dict[str, Any], act: str
) -> None:
    signed = sign(guest, event)
    path = f"{url(event)}/waivers/{signed}/{act}"
    for body, field in (({}, "reason"), ({"reason": ""}, "reason"), ({"reason": "x" * 501}, "reason"),
                        ({"reason": 7}, "reason"), ({**REASON, "by": "Eve"}, "by")):  # fmt: skip
        answer = api.post(path, body)
        assert (answer.status, list(answer.json["Fields"])) == (400, [field])
    assert guest.post(path, REASON).status == 401
    elsewhere = api.post("/api/events", new_event()).json
    for wrong in (path.replace(signed, "0" * 32), path.replace(event["event_id"], elsewhere["event_id"])):
        assert api.post(wrong, REASON).status == 404
    shown = record(api, event, signed)
    assert (shown["set_aside"], shown["erased"], len(leaves(api))) == (None, None, 1)


# --- the guest link -------------------------------------------------------------------------------


def test_a_new_guest_link_kills_the_old_one_and_what_was_signed_and_mailed_stays(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    signed = sign(guest, event)
    assert event["guest_url"] == f"https://sail.example.com/g/{event['event_id']}"
    links = [event["event_id"]]
    unknown = [answers(guest, "Z" * 22)]
    for version in (2, 3):
        renewed = api.post(f"{url(event)}/guest-link")
        assert (renewed.status, renewed.json["version"]) == (200, version)
        links.append(renewed.json["guest_url"].removeprefix("https://sail.example.com/g/"))
        for dead in links[:-1]:
            assert [answers(guest, dead)] == unknown
        opened = guest.get(f"/api/guest/{links[-1]}")
        assert opened.json["waiver_url"] == f"https://sail.example.com/g/{links[-1]}/waiver"
        assert opened.json["waivers"]["signers"][0] == "Bo S."
        answer = guest.get(f"{page({'event_id': links[-1]})}?signed={signed}")
        assert "Signed. Thank you, <bdi>Bo Sailor</bdi>." in answer.text
        sign(guest, {"event_id": links[-1]}, signer_name=f"Guest {version}")
    assert len(set(links)) == 3
    assert all(len(link) == 22 for link in links)
    assert api.get(url(event)).json["guest_url"].endswith(links[-1])
    assert api.get(url(event)).json["waivers"]["signed"] == 3
    assert links[-1] not in api.get("/api/waivers.json").text
    assert guest.post(f"{url(event)}/guest-link").status == 401
    assert api.post(f"/api/events/{'A' * 22}/guest-link").status == 404
    assert api.post(f"{url(event)}/guest-link", {"link": "mine"}).json["Fields"] == {"link": "is not a known field"}


def answers(guest: Api, link: str) -> list[tuple[int, str]]:
    """To whoever asks for a page or posts a form behind this link."""
    found = (
        guest.get(f"/api/guest/{link}"),
        guest.get(f"/g/{link}/waiver"),
        guest.submit(f"/g/{link}/waiver", {"signer_name": "x"}),
    )
    return [(answer.status, answer.text) for answer in found]


def test_mailed_copies_and_old_confirmations_open_though_the_link_was_renewed(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[Any]
) -> None:
    sign(guest, event, signer_email="bo@example.com")
    part = mailbox[0].get_body(("plain",))
    assert part
    copy = next(line for line in part.get_content().splitlines() if "?copy=" in line)
    link = api.post(f"{url(event)}/guest-link").json["guest_url"].rpartition("/")[2]
    shown = guest.get(copy.removeprefix("https://sail.example.com"))
    assert shown.status == 200
    assert "bo@example.com" in shown.text
    # The copy leads nobody to the charter's page.
    assert link not in shown.text
    api.post(f"{url(event)}/waiver-reminders", {})
    sign(guest, {"event_id": link}, signer_name="Ana", signer_email="ana@example.com")
    part = mailbox[1].get_body(("plain",))
    assert part
    copy = next(line for line in part.get_content().splitlines() if "?copy=" in line)
    assert guest.get(copy.removeprefix("https://sail.example.com")).status == 200
