"""What the tests of the waiver's page do on it, and what they read of its records."""

import re
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.visitors import Site

ESIGN = "I agree to sign this document electronically"
INTENT = "I have read this document"
LANDSCAPE: ViewportSize = {"width": 844, "height": 390}
TYPED = "Type your name as your signature"


def waiver(event: dict[str, Any], query: str = "") -> str:
    return f"/g/{event['event_id']}/waiver{query}"


def sign_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Sign", exact=True)


def fill_in(page: Page, name: str) -> None:
    page.get_by_label("Your full name").fill(name)
    page.get_by_label(ESIGN).check()
    page.get_by_label(INTENT).check()
    page.get_by_label(TYPED).fill(name)


def thanked(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=f"Signed. Thank you, {name}.")).to_be_visible()


def records(site: Site, event: dict[str, Any]) -> list[dict[str, Any]]:
    return list(site.admin("GET", f"/api/events/{event['event_id']}")["waiver_records"])


def people(site: Site, event: dict[str, Any]) -> list[str]:
    return sorted(record["participant_name"] for record in records(site, event))


def record_of(site: Site, event: dict[str, Any], name: str) -> dict[str, Any]:
    (summary,) = [one for one in records(site, event) if one["participant_name"] == name]
    return dict(site.admin("GET", f"/api/events/{event['event_id']}/waivers/{summary['waiver_id']}"))


def copy_link(site: Site, email: str) -> str:
    """The private link of the newest mail to this address."""
    (link,) = re.findall(r"/g/\S+\?copy=[\w.-]+", site.mail(email)[0]["text"])
    return str(link)


def forms_sent(page: Page) -> list[dict[str, list[str]]]:
    sent: list[dict[str, list[str]]] = []
    page.on(
        "request",
        lambda request: (
            sent.append(parse_qs(request.post_data or "", keep_blank_values=True)) if request.method == "POST" else None
        ),
    )
    return sent


def draw(page: Page) -> None:
    """Two strokes, with the mouse."""
    canvas = page.locator("#signature-pad canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for lines in ([(20, 100), (60, 30), (90, 120), (140, 60)], [(40, 70), (180, 75)]):
        page.mouse.move(box["x"] + lines[0][0], box["y"] + lines[0][1])
        page.mouse.down()
        for x, y in lines[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
        page.mouse.up()


def inked(page: Page) -> int:
    """How many points of the drawing field are drawn on."""
    return int(
        page.evaluate(
            """() => {
              const canvas = document.querySelector("#signature-pad canvas");
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              return data.filter((value, index) => index % 4 === 3 && value > 100).length;
            }"""
        )
    )
