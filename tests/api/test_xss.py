"""OWASP's filter-evasion vectors through every field that a page of ours shows.

https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html, with our own for Jinja2,
Markdown and the form's elements. A page with a vector must be built of the same elements as a page without.
"""

import json
import os
import re
import secrets
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.names import has_web_address
from chalicelib.core.settings import settings
from chalicelib.operator.service import defaults
from chalicelib.pages import templates
from chalicelib.waivers import markdown
from tests.support.api import Api, new_event
from tests.support.pages import MINORS, Elements, Form, page, signature

VECTORS: list[str] = json.loads((Path(__file__).parents[1] / "support/xss.json").read_text())
# A charter's and a guest's texts take one line, whatever is longer is cut to what the field holds.
ONE_LINE = [" ".join(vector.split()) for vector in VECTORS]
ALLOWED = {"a", "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "code", "br", "hr", "blockquote"}


def skeleton(html: str) -> list[tuple[str, list[str]]]:
    """The elements of a page, each with the names of its attributes."""
    return [(tag, sorted(attributes)) for tag, attributes in Elements(html).found]


def opened(guest: Api, text: str) -> dict[str, str]:
    """Every page of the waiver with this text in each field of charter, list, signer and minors."""
    api = guest
    title, name = text[:120], text[:100]
    details = {"title": title, "vessel": name, "departure_port": name, "return_port": name, "guest_notes": text}
    guests = [{"name": name, "email": ""}]
    event = api.post("/api/events", new_event(**details, guests=guests)).json
    visitor = Api(address=f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1")
    # A signer's name holds no web address.
    signer = re.sub(r"[:/.?#\\]", " ", name) if has_web_address(name) else name
    typed = {
        "signer_name": signer,
        "signature_typed": signer,
        "signature_strokes": "",
        "minor_name": [signer, "Lee"],
        "minor_birth_date": ["2020-05-01", "2022-06-01"],
    }
    minors = {name: MINORS[name] for name in ("guardian_relationship", "authority_attestation")}
    wrong = {
        "signer_name": f"{text} www.example.com",
        "signer_email": text,
        "signer_phone": text,
        "signer_birth_date": text,
        "guest_id": text,
        "opened": text,
    }
    found = {"form": visitor.get(page(event)).text}
    form = {**signature(visitor, event), **minors, **typed}
    for field, value in {**wrong, "device_time": text, "signature_strokes": text, "language": text}.items():
        found[f"refused {field}"] = visitor.submit(page(event), {**form, field: value, "intent": ""}).text
    signed = visitor.submit(page(event), {**form, "signer_email": "bo@example.com", "device_time": text[:40]})
    assert signed.status == 303, signed.text
    found["signed before"] = visitor.submit(page(event), {**form, "signer_email": "other@example.com"}).text
    found["signed"] = visitor.get(signed.headers["location"]).text
    found["kiosk"] = visitor.get(signed.headers["location"] + "&kiosk=1").text
    return found


@pytest.fixture
def plain(api: Api) -> dict[str, Any]:
    return {name: skeleton(html) for name, html in opened(api, "Plain words").items()}


def test_no_field_becomes_an_element_or_a_handler(api: Api, plain: dict[str, Any], mailbox: list[EmailMessage]) -> None:
    # How many mistakes a form has depends on the vector; of what a page is made does not.
    known = {tag for page_of in plain.values() for tag, _ in page_of}
    known_attributes = {name for page_of in plain.values() for _, names in page_of for name in names}
    for vector in ONE_LINE[:: int(os.environ.get("XSS_STEP", "6"))]:
        for name, html in opened(api, vector).items():
            found = skeleton(html)
            assert {tag for tag, _ in found} <= known, (name, vector)
            assert {one for _, names in found for one in names} <= known_attributes, (name, vector)
            assert [tag for tag, _ in found].count("script") == [tag for tag, _ in plain[name]].count("script")
            assert "603729" not in html


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_adds_an_element_to_a_template(vector: str) -> None:
    """Each vector in each place of the form, the copy and the mails, without a database."""
    from tests.support import operator

    with operator.operating():
        here = {"operator": defaults(), "settings": settings(), "kiosk": False}
        plain, hostile = (
            [templates.render(room, name, **here, **data) for room, name, data in shown(text)]
            for text in ("Plain words", vector)
        )
    for before, after in zip(plain, hostile, strict=True):
        assert skeleton(after) == skeleton(before)


def shown(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    from tests.support import operator

    event = operator.event(title=text, vessel=text, departure_port=text, return_port=text)
    version = {"title": text, "text": "Plain.", "language": "en", "waiver_version": "a" * 64}
    record = {
        "waiver_title": text, "charter": text, "starts_at": event.details["starts_at"], "signer_name": text,
        "signer_birth_date": text, "signer_email": text, "signer_phone": text, "esign_statement": text,
        "intent_statement": text, "authority_statement": text, "guardian_relationship": text, "minor": True,
        "participant_name": text, "participant_birth_date": text, "signature_typed": text, "opened_at": "",
        "signed_at": event.details["starts_at"], "device_time": text, "address": text, "user_agent": text,
        "waiver_version": text, "leaf_hash": text, "waiver_id": text,
    }  # fmt: skip
    names = "signer_name signer_email signer_phone signer_birth_date signature_typed signature_strokes submission_id"
    form: dict[str, Any] = {
        "charter": event, "version": version, "languages": [("en", "English")], "style": "",
        "guests": [{"guest_id": text, "name": text}], "typed": dict.fromkeys([*names.split(), "opened"], text),
        "minors": [{"name": text, "birth_date": text}], "open_rows": 1, "minors_open": True,
        "problems": {"": text, "signer_name": text, text: "is not a known field", "minor_name": text}, "signed": text,
        "relationships": [text], "text_html": "<p>Plain.</p>",
        "statements": dict.fromkeys(("esign", "intent", "authority"), text),
    }  # fmt: skip
    copy = {
        "charter": event,
        "record": record,
        "records": [record],
        "version": version,
        "text_html": "<p>Plain.</p>",
        "style": "",
        "drawing": None,
    }
    about = {"charter": {**event.details, "event_id": "x"}, "record": record, "people": [text], "title": text,
             "text": "Plain.", "text_html": "<p>Plain.</p>", "name": text, "copy_url": text,
             "subject": text}  # fmt: skip
    request = {**about, "kind": "waiver_again", "url": text}
    # Made by the server, of random bytes.
    form["link"] = "L" * 22
    signed = {"charter": event, "record": record, "style": "", "link": "L" * 22, "copy_sent": True, "language": "en"}
    return [
        ("waivers", "waiver.html", form),
        ("waivers", "waiver-signed.html", signed),
        ("waivers", "waiver-kiosk.html", {"charter": event, "style": "", "link": "L" * 22}),
        ("waivers", "waiver-copy.html", copy),
        (
            "waivers",
            "message.html",
            {"heading": text, "message": text, "charter": event, "style": "", "link": "L" * 22},
        ),
        ("mail", "waiver_copy.html", about),
        ("mail", "waiver_again.html", request),
    ]


@pytest.mark.parametrize("vector", VECTORS)
def test_the_text_of_a_waiver_makes_only_the_elements_of_a_text(vector: str) -> None:
    for text in (
        vector,
        f"## {vector}",
        f"- {vector}",
        f"> {vector}",
        f"**{vector}**",
        f"[{vector}](https://a.example)",
    ):
        for tag, attributes in Elements(markdown.to_html(text)).found:
            assert tag in ALLOWED, (text, tag)
            assert set(attributes) <= {"href"}, (text, attributes)
            if tag == "a":
                assert str(attributes["href"]).startswith(("https://", "http://", "mailto:", "tel:")), text


def test_what_was_typed_comes_back_unchanged(api: Api, event: dict[str, Any]) -> None:
    for number, vector in enumerate(ONE_LINE[::3]):
        answer = Api(address=f"198.51.100.{number}").submit(page(event), {"signer_name": vector[:100]})
        assert answer.status == 400
        assert Form(answer.text).values()["signer_name"] == [vector[:100]]
