"""Signing: languages, what the record keeps, ages, kiosk, the same form again, limits, past charters."""

import logging
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.core import settings, system, times
from chalicelib.pages import templates
from chalicelib.waivers import page as waiver_page
from chalicelib.waivers import sealing, signing
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import RELATIONSHIPS
from tests.support.api import Api, new_event
from tests.support.pages import MINORS, Elements, Form, page, signature
from tests.support.signed import fault, records
from tests.support.stored import trail


def create(api: Api, **changes: Any) -> dict[str, Any]:
    answer = api.post("/api/events", new_event(**changes))
    assert answer.status == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def on_board(api: Api) -> Any:
    """The only charter, as the board lists it."""
    [charter] = api.get("/api/events").json["events"]
    return charter


# --- languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("fr-FR, es;q=0.5, en;q=0.4", "es"),
        ("fr", "en"),
        ("es;q=0, en", "en"),
        ("es;q=x;;,,;q=", "en"),
        ("ES-us", "es"),
    ],
)
def test_the_browser_chooses_the_language(guest: Api, event: dict[str, Any], header: str, language: str) -> None:
    opened = guest.get(page(event), headers={"accept-language": header}).text
    assert f'<html lang="{language}">' in opened
    assert Form(opened).values()["language"] == [language]


def test_a_guest_signs_in_spanish_and_the_record_says_so(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    opened = guest.get(f"{page(event)}?language=es").text
    assert "Su nombre completo" in opened
    assert "sábado, 1 de junio de 2030, 5:00 p. m. PDT" in opened
    form = Form(opened).values() | {"esign_consent": "yes", "intent": "yes", "signature_typed": "Bo"}
    refused = guest.submit(page(event), form)
    assert refused.status == 400
    assert "Su nombre es obligatorio" in refused.text
    signed = guest.submit(page(event), {**form, "signer_name": "Bo Sailor"})
    assert signed.status == 303
    assert "Firmado. Gracias, <bdi>Bo Sailor</bdi>." in guest.get(signed.headers["location"]).text
    [record] = records(api)
    assert record["language"] == "es"
    assert record["intent_statement"] == sealing.statements("es")["intent"]
    assert record["intent_statement"].startswith("He leído este documento")
    assert record["waiver_version"] == waiver_versions.sample("es")["waiver_version"]
    assert fault(api) is None


def test_spanish_guests_sign_the_operators_english_text_until_there_is_a_spanish_one(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    api.put("/api/waiver-versions/current", {"title": "Terms", "text": "Own words."})
    opened = guest.get(f"{page(event)}?language=es").text
    assert "Own words." in opened
    assert "Este documento solo está en inglés." in opened
    form = Form(opened).values() | {"signer_name": "Bo", "esign_consent": "1", "intent": "1", "signature_typed": "Bo"}
    own = {"title": "Términos", "text": "Palabras propias.", "language": "es"}
    assert api.put("/api/waiver-versions/current", own).status == 201
    late = guest.submit(page(event), form)
    assert late.status == 409
    assert "Palabras propias." in late.text
    assert "solo está en inglés" not in late.text
    assert guest.submit(page(event), signature(guest, event)).status == 303
    assert [record["language"] for record in records(api)] == ["en"]


def test_every_sentence_of_the_pages_has_a_spanish_translation() -> None:
    pages = {file.name: file.read_text() for file in (files("chalicelib.waivers") / "templates").iterdir()}
    sentences = {found for text in pages.values() for found in re.findall(r'_\("([^"]+)"', text)}
    # Captions of fields and of problems go through macros of the form.
    form = pages["waiver.html"]
    sentences |= set(re.findall(r'text\("\w+", "([^"]+)"', form)) | set(re.findall(r'": "([^"]+)"', form))
    sentences |= {"optional", "optional, for your copy"} | {one.replace("_", " ") for one in RELATIONSHIPS}
    sentences |= {sealing.ESIGN_STATEMENT, sealing.INTENT_STATEMENT, sealing.AUTHORITY_STATEMENT}
    sentences |= {waiver_page.NOT_ARRIVED, str(signing.AlreadySigned("")), str(signing.FilledByMachine())}
    translate = templates.translator("es")
    assert len(sentences) > 60
    assert {one for one in sentences if translate(one) == one} == set()


# --- what the record keeps ------------------------------------------------------------------------


def test_the_record_says_when_the_page_was_opened_if_that_can_be_proved(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    monkeypatch.setattr(system, "utc_now", lambda: opened)
    form = signature(guest, event)
    later = opened + timedelta(minutes=7)
    monkeypatch.setattr(system, "utc_now", lambda: later)
    forged = {**signature(guest, event), "opened": f"2020-01-01T00:00:00Z.{form['opened'][0].partition('.')[2]}"}
    other = create(api)
    elsewhere = {**signature(guest, other), "opened": form["opened"]}
    for url, sent in ((page(event), form), (page(event), forged), (page(other), elsewhere)):
        assert guest.submit(url, sent).status == 303
    assert [(record["opened_at"], record["signed_at"]) for record in records(api)] == [
        ("2026-11-22T20:00:00Z", "2026-11-22T20:07:00Z"),
        ("", "2026-11-22T20:07:00Z"),
        ("", "2026-11-22T20:07:00Z"),
    ]


def test_the_required_fields_alone_are_enough_to_sign(api: Api, guest: Api, event: dict[str, Any]) -> None:
    form = signature(guest, event)
    names = "submission_id waiver_version signer_name esign_consent intent signature_typed".split()
    assert guest.submit(page(event), {name: form[name] for name in names}).status == 303
    [record] = records(api)
    assert (record["language"], record["guest_id"], record["opened_at"], record["device_time"]) == ("en", None, "", "")


# --- ages -----------------------------------------------------------------------------------------


def test_the_age_of_an_adult_is_a_setting(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCC_ADULT_YEARS", "21")
    settings.forget()
    assert "minors (under 21)" in guest.get(page(event)).text
    young = signature(guest, event, signer_birth_date="2010-01-01")
    assert Form(guest.submit(page(event), young).text).invalid == {"signer_birth_date"}
    assert guest.submit(page(event), {**young, "signer_birth_date": "2009-06-01"}).status == 303
    assert "at least 21 years old" in records(api)[0]["intent_statement"]


# --- privacy --------------------------------------------------------------------------------------


def test_the_page_says_what_is_kept_and_how_long_by_the_operators_settings(
    guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def notice(language: str) -> str:
        opened = guest.get(f"{page(event)}?language={language}").text
        return " ".join(
            re.sub("<[^>]+>", " ", opened.partition('class="privacy"')[2].partition("</details>")[0]).split()
        )

    assert "We keep it for 7 years; what concerns a minor at least until the minor is 21 years old." in notice("en")
    monkeypatch.setenv("SCC_RETENTION_YEARS", "10")
    monkeypatch.setenv("SCC_ADULT_YEARS", "19")
    settings.forget()
    assert "We keep it for 10 years; what concerns a minor at least until the minor is 22 years old." in notice("en")
    assert "Lo guardamos 10 años; lo que se refiere a un menor, al menos hasta que cumpla 22 años." in notice("es")
    for told in ("Names", "birth dates", "internet address and device", "Bay Sail", "+1 415 555 0123", "ops@sail."):
        assert told in notice("en"), told


# --- kiosk ----------------------------------------------------------------------------------------


def test_a_kiosk_goes_from_guest_to_guest_and_shows_no_names(api: Api, guest: Api, event: dict[str, Any]) -> None:
    kiosk = f"{page(event)}?kiosk=1"
    opened = guest.get(kiosk).text
    form = Form(opened).values()
    assert form["kiosk"] == ["1"]
    # A browser must not offer one guest's name and address to the next.
    fields = [found for tag, found in Elements(opened).found if tag == "input" and "autocomplete" in found]
    assert {found["autocomplete"] for found in fields} == {"off"}
    form |= {"signer_name": "Bo Sailor", "signer_email": "bo@canary.example", "signature_typed": "Bo", "intent": "1"}
    refused = guest.submit(page(event), form)
    assert Form(refused.text).values()["kiosk"] == ["1"]
    signed = guest.submit(page(event), {**form, "esign_consent": "1"})
    assert signed.headers["location"].endswith("&kiosk=1")
    thanks = guest.get(signed.headers["location"]).text
    assert "Signed. Thank you." in thanks
    assert "Sailor" not in thanks
    assert f'href="/g/{event["event_id"]}/waiver?kiosk=1"' in thanks
    fresh = guest.get(kiosk).text
    assert "Sailor" not in fresh
    assert Form(fresh).values()["submission_id"] != form["submission_id"]


def test_no_link_of_a_kiosk_leads_away_from_the_waiver(api: Api, guest: Api, event: dict[str, Any]) -> None:
    text = "Read [the law](https://example.com), [write](mailto:a@example.com) or [call](tel:+14155550134)."
    api.put("/api/waiver-versions/current", {"title": "Terms", "text": text})
    form = signature(guest, event, kiosk="1")
    signed = guest.submit(page(event), form)
    soon = create(api, title="Cancelled")
    api.post(f"/api/events/{soon['event_id']}/cancel", {"reason": "storm"})
    pages = {
        "form": guest.get(f"{page(event)}?kiosk=1").text,
        "refused": guest.submit(page(event), {**form, "signer_phone": "none", "intent": ""}).text,
        "signed before": guest.submit(page(event), {**form, "signer_name": "Ana"}).text,
        "signed": guest.get(signed.headers["location"]).text,
        "closed": guest.get(f"{page(soon)}?kiosk=1").text,
        "unknown": guest.get(f"/g/{'A' * 22}/waiver?kiosk=1").text,
        "unreadable": guest.call(
            "POST",
            f"{page(event)}?kiosk=1",
            raw="&".join(["a=1"] * 101),
            content_type="application/x-www-form-urlencoded",
        ).text,
    }
    assert "the law" in pages["form"]
    own = (page(event) + "?", page(soon) + "?", "?", "#")
    for name, html in pages.items():
        links = [str(found["href"]) for tag, found in Elements(html).found if tag == "a"]
        assert [link for link in links if not link.startswith(own)] == [], name
        # Whom to ask is said all the same.
        assert "+1 415 555 0123" in html, name
        assert "ops@sail.example.com" in html, name
        # A tablet's browser would make a link of a number by itself.
        assert "telephone=no" in html, name


# --- the same form again --------------------------------------------------------------------------


def test_the_same_form_again_is_the_same_signature_even_with_another_drawing(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    form = signature(guest, event, **MINORS)
    first = guest.submit(page(event), form)
    drawn = {**form, "signature_typed": "Bo!", "signature_strokes": "[[[1,2],[3,4]]]", "device_time": "later"}
    for again in (form, drawn):
        answer = guest.submit(page(event), again)
        assert (answer.status, answer.headers["location"]) == (303, first.headers["location"])
    assert len(records(api)) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"signer_name": "Bo Sailor Jr."},
        {"signer_email": "bo@example.com"},
        {"signer_birth_date": "1980-01-01"},
        {"minor_name": ["Kim Sailor", "Lou Sailor"]},
        {"minor_name": ["Kim Sailor", ""], "minor_birth_date": ["2020-05-01", ""]},
        {"guardian_relationship": "grandparent"},
    ],
)
def test_other_content_under_the_id_of_a_signed_form_is_refused_and_can_be_signed_anew(
    api: Api, guest: Api, event: dict[str, Any], changes: dict[str, Any]
) -> None:
    form = signature(guest, event, **MINORS)
    signed = guest.submit(page(event), form)
    before = records(api)
    answer = guest.submit(page(event), {**form, **changes})
    assert answer.status == 409
    assert "This form was signed before." in answer.text
    assert records(api) == before
    token = signed.headers["location"].partition("signed=")[2]
    links = [found.get("href") for tag, found in Elements(answer.text).found if tag == "a"]
    assert f"?signed={token}" in links
    assert "?language=en" in links
    # All that was typed is there, under a new id, to be ticked and signed again.
    again = Form(answer.text).values()
    assert again["submission_id"] != form["submission_id"]
    for name, value in changes.items():
        wanted = value if isinstance(value, list) else [value]
        assert again[name][: len(wanted)] == wanted
    assert {"esign_consent", "intent"}.isdisjoint(again)
    assert again["signature_typed"] == [""]
    ticked = {"esign_consent": "yes", "intent": "yes", "signature_typed": "Bo"}
    assert guest.submit(page(event), {**again, **ticked}).status == 303
    assert len(records(api)) > len(before)


def test_other_content_is_refused_also_after_the_text_has_changed(api: Api, guest: Api, event: dict[str, Any]) -> None:
    form = signature(guest, event)
    signed = guest.submit(page(event), form).headers["location"]
    api.put("/api/waiver-versions/current", {"title": "New", "text": "New text."})
    assert guest.submit(page(event), form).headers["location"] == signed
    assert "This form was signed before." in guest.submit(page(event), {**form, "signer_name": "Ana"}).text


# --- signing again ---------------------------------------------------------------------------------


def test_a_person_who_signs_again_because_the_text_has_changed_counts_once(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    def counts() -> tuple[int, int, int, list[str]]:
        url = f"/api/events/{event['event_id']}"
        shown = guest.get(f"/api/guest/{event['event_id']}").json["waivers"]
        heads = api.get(f"{url}/manifest").json["head_count"]
        return on_board(api)["waivers"]["signed"], heads, shown["signed"], shown["signers"]

    family = ["Bo S.", "Kim S.", "Lee S."]
    guest.submit(page(event), signature(guest, event, **MINORS))
    guest.submit(page(event), signature(guest, event, signer_name="Ana Rivera"))
    for text in ("Second text.", "Third text."):
        api.put("/api/waiver-versions/current", {"title": "New", "text": text})
        assert guest.submit(page(event), signature(guest, event, **MINORS)).status == 303
        assert counts() == (4, 4, 4, [*family, "Ana R."])
    guest.submit(page(event), signature(guest, event, signer_name="Cleo"))
    assert counts() == (5, 5, 5, [*family, "Ana R.", "Cleo"])
    assert len(records(api)) == 11
    assert [warning["code"] for warning in on_board(api)["warnings"]] == []


# --- broken forms, machines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["%ff", "&".join(["a=1"] * 101), "signer_name=Bo"])
@pytest.mark.parametrize("event_id", ["A" * 22, "x" * 3000])
def test_a_form_for_an_unknown_charter_is_answered_by_a_page(guest: Api, event_id: str, form: str) -> None:
    answer = guest.call("POST", f"/g/{event_id}/waiver", raw=form, content_type="application/x-www-form-urlencoded")
    assert answer.status == 404
    assert "<main>" in answer.text


def test_the_name_of_the_edge_is_not_stored_as_the_browser_of_a_guest(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    for agent in ("Mozilla/5.0 (iPhone)", "Amazon CloudFront"):
        form = urlencode(signature(guest, event), doseq=True)
        guest.call(
            "POST",
            page(event),
            raw=form,
            content_type="application/x-www-form-urlencoded",
            headers={"user-agent": agent},
        )
    assert [record["user_agent"] for record in records(api)] == ["Mozilla/5.0 (iPhone)", ""]


def test_a_form_filled_in_by_a_machine_is_not_stored_and_loses_nothing_if_it_was_a_browser(
    api: Api, guest: Api, event: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    form = signature(guest, event, website="https://spam.example", signer_name="Zoë", signer_email="zoe@example.com")
    with caplog.at_level(logging.WARNING):
        answer = guest.submit(page(event), {**form, **MINORS})
    assert answer.status == 400
    assert records(api) == []
    assert "filled in by a machine" in caplog.text
    assert "Zoë" not in caplog.text
    assert event["event_id"] not in caplog.text
    assert "If your browser filled in a hidden field of this form" in answer.text
    typed = Form(answer.text).values()
    for name in ("signer_name", "signer_email", "signature_typed", "esign_consent", "intent", "submission_id"):
        assert typed[name] == (form[name] if isinstance(form[name], list) else [form[name]])
    assert typed["minor_name"][:2] == MINORS["minor_name"]
    assert typed["website"] == [""]
    assert guest.submit(page(event), typed).status == 303
    assert [one["participant_name"] for one in records(api)] == ["Zoë", *MINORS["minor_name"]]


def test_a_form_with_mistakes_comes_back_with_its_hidden_field_empty(guest: Api, event: dict[str, Any]) -> None:
    answer = guest.submit(page(event), signature(guest, event, website="https://spam.example", signer_name=""))
    assert (answer.status, Form(answer.text).values()["website"]) == (400, [""])


def test_a_link_to_a_signature_that_never_arrived_shows_the_form_and_says_so(guest: Api, event: dict[str, Any]) -> None:
    led_to = guest.get(f"{page(event)}?signed={'0' * 32}").text
    assert "No signature has arrived under this link." in led_to
    assert "signer_name" in Form(led_to).values()


# --- past charters --------------------------------------------------------------------------------

PAST = {"starts_at": "2020-01-01T10:00:00Z", "ends_at": "2020-01-01T12:00:00Z"}


def test_a_past_charter_is_reopened_for_a_day(api: Api, guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    event = create(api, **PAST)
    assert event["waivers_open_until"] is None
    reopened = api.post(f"/api/events/{event['event_id']}/reopen-waivers", {})
    assert reopened.status == 200
    assert api.post(f"/api/events/{event['event_id']}/reopen-waivers", {}).json == reopened.json
    until = times.parse_instant(reopened.json["waivers_open_until"])
    assert timedelta(hours=23) < until - system.utc_now() <= timedelta(hours=24)
    form = signature(guest, event)
    monkeypatch.setattr(system, "utc_now", lambda: until)
    assert guest.submit(page(event), form).status == 409
    monkeypatch.setattr(system, "utc_now", lambda: until - timedelta(minutes=1))
    assert guest.submit(page(event), form).status == 303
    monkeypatch.undo()
    edited = api.patch(f"/api/events/{event['event_id']}", {"version": 2, "notes": "late"}).json
    assert edited["waivers_open_until"] == reopened.json["waivers_open_until"]
    assert "waivers_reopened" in [entry["act"] for entry in trail(event["event_id"])]


def test_only_a_charter_that_is_over_is_reopened(api: Api, event: dict[str, Any]) -> None:
    url = f"/api/events/{event['event_id']}/reopen-waivers"
    assert api.post(url, {}).status == 409
    assert api.post(url, {"hours": 48}).status == 400
    past = create(api, **PAST)
    api.post(f"/api/events/{past['event_id']}/cancel", {"reason": "storm"})
    assert api.post(f"/api/events/{past['event_id']}/reopen-waivers", {}).status == 409
    assert api.post(f"/api/events/{'A' * 22}/reopen-waivers", {}).status == 404


# --- warnings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"return_port": "SAUSALITO"}, []),
        ({"return_port": ""}, []),
        ({"return_port": "Oakland"}, ["return_port_differs"]),
        ({"party_size": 7}, ["over_passenger_limit"]),
        ({"party_size": 7, "passenger_limit": None}, []),
        ({"return_port": "Oakland", "party_size": 7}, ["return_port_differs", "over_passenger_limit"]),
    ],
)
def test_an_admin_is_warned_of_what_no_waiver_covers(api: Api, changes: dict[str, Any], codes: list[str]) -> None:
    warnings = create(api, **changes)["warnings"]
    assert [warning["code"] for warning in warnings] == codes
    assert all("46 USC 30527" in one["message"] for one in warnings if one["code"] == "return_port_differs")
