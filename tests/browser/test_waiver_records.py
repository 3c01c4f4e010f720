"""Records, their proofs, what is set aside and erased, new links and copies: as an admin works with them."""

import re
import secrets
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from chalicelib.waivers.evidence import checkpoint, verify
from tests.browser.conftest import Visit
from tests.browser.visitors import Site
from tests.browser.waiver_form import fill_in, record_of, sign_button, thanked


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


# --- records and proofs -----------------------------------------------------------------------------


def test_a_record_is_found_by_name_and_shows_all_of_its_facts(site: Site, page: Page, event: dict[str, Any]) -> None:
    tag = secrets.token_hex(4)
    strokes = "[[[10,10,0],[90,40,30]]]"
    answer = site.sign(event, signer_name=f"Sofie {tag}", signature_typed="", signature_strokes=strokes)
    assert answer.status == 303
    page.goto("/waivers")
    page.get_by_label("Name of a guest").fill(tag)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 found")).to_be_visible()
    page.get_by_role("link", name=f"Sofie {tag}").click()
    expect(page.get_by_role("heading", name=f"Sofie {tag}")).to_be_visible()
    expect(page.get_by_role("img", name="Signature drawn by")).to_be_visible()
    record = record_of(site, event, f"Sofie {tag}")
    expect(page.get_by_text(record["leaf_hash"])).to_be_visible()
    expect(page.get_by_text("I agree to sign this document electronically")).to_be_visible()
    expect(page.get_by_role("heading", name="The risks")).to_be_visible()
    trail = page.get_by_role("heading", name="What happened to it").locator("+ ol")
    expect(trail.get_by_role("listitem").first).to_contain_text("Page opened")
    expect(trail).to_contain_text("Read")
    page.goto(f"/events/{event['event_id']}/waivers/{'0' * 32}")
    expect(page.get_by_text("There is no such waiver.").first).to_be_visible()


def test_the_log_and_one_records_proof_are_downloaded_and_hold_under_the_head_that_shows(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    tag = secrets.token_hex(4)
    assert site.sign(event, signer_name=f"Sofie {tag}").status == 303
    record = record_of(site, event, f"Sofie {tag}")
    page.goto("/waivers")
    page.locator("summary", has_text="The log: ").click()
    (told,) = checkpoint.find_all(page.locator(".checkpoint").inner_text() + "\n")
    expect(page.get_by_text(f"The log: {told.size:,} entr")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the log").click()
    log = download.value.path().read_bytes()
    verdict = verify.find_fault_in(log, [told])
    assert (verdict.fault, verdict.unjudged) == (None, 0)
    assert record["waiver_id"] in log.decode()

    page.goto(f"/events/{event['event_id']}/waivers/{record['waiver_id']}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the proof").click()
    assert download.value.suggested_filename == f"waiver-{record['waiver_id']}.json"
    verdict = verify.find_fault_in(download.value.path().read_bytes(), [told])
    assert (verdict.fault, verdict.position) == (None, record["leaf_index"] + 1)


# --- set aside, erased, over the limit --------------------------------------------------------------


def test_a_false_and_a_double_signature_are_set_aside_on_the_charters_page_and_on_the_manifest(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    for name, birth_date in (("Ana Reyes", "1984-05-31"), ("Ana Reyes", "1990-01-02"), ("Zoë Ångström", "")):
        answer = site.sign(event, signer_name=name, signature_typed=name, signer_birth_date=birth_date)
        assert answer.status == 303
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_role("heading", name="Waivers: 3 of 4 signed")).to_be_visible()
    page.get_by_role("button", name="Set aside… the signature of Zoë Ångström").click()
    dialog = page.get_by_role("dialog", name="Set aside")
    dialog.get_by_role("button", name="Set aside").click()
    expect(dialog.get_by_text("Say why, in a few words.")).to_be_visible()
    dialog.get_by_label("Reason").fill("Nobody of that name is aboard")
    dialog.get_by_role("button", name="Set aside").click()
    expect(page.get_by_role("heading", name="Waivers: 2 of 4 signed")).to_be_visible()
    struck = page.get_by_role("listitem").filter(has_text="Zoë Ångström")
    expect(struck).to_contain_text("Set aside")
    expect(struck.get_by_role("link")).to_have_css("text-decoration-line", "line-through")
    expect(struck.get_by_role("button")).to_have_count(0)

    page.get_by_role("link", name="Manifest").click()
    expect(page.get_by_text("2 signed, limit 12")).to_be_visible()
    expect(page.get_by_text("Zoë Ångström")).to_be_hidden()
    expect(page.get_by_role("button", name="Set aside…")).to_have_count(0)
    page.get_by_role("button", name="A signature is false or double").click()
    page.get_by_role("button", name="Set aside… the signature of Ana Reyes").nth(1).click()
    dialog.get_by_label("Reason").fill("Signed twice, with a wrong birth date")
    dialog.get_by_role("button", name="Set aside").click()
    expect(page.get_by_text("1 signed, limit 12")).to_be_visible()
    expect(page.get_by_role("button", name="Aboard: Ana Reyes")).to_have_count(1)
    assert site.admin("GET", f"/api/events/{event['event_id']}")["waivers"]["signed"] == 1

    page.goto(f"/events/{event['event_id']}")
    struck.get_by_role("link").click()
    expect(page.get_by_text("by admin: Nobody of that name is aboard. It counts nowhere")).to_be_visible()


def test_personal_data_is_erased_only_after_a_reason_and_a_tick_and_the_proof_stays(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    tag = secrets.token_hex(4)
    email = f"erase-{tag}@example.com"
    answer = site.sign(event, signer_name=f"Sofie {tag}", signer_email=email, signature_typed=f"Sofie {tag}")
    assert answer.status == 303
    record = record_of(site, event, f"Sofie {tag}")
    page.goto(f"/events/{event['event_id']}/waivers/{record['waiver_id']}")
    page.get_by_role("button", name="Erase personal data…").click()
    dialog = page.get_by_role("dialog", name="Erase personal data")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_label("Reason").fill("Asked by mail")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(dialog.get_by_text("Tick this too")).to_be_visible()
    assert record_of(site, event, f"Sofie {tag}")["signer_email"] == email
    dialog.get_by_label("I want this data gone for good.").check()
    dialog.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", name="Erased guest")).to_be_visible()
    expect(page.get_by_text("by admin: Asked by mail. What is left proves")).to_be_visible()
    expect(page.get_by_text(tag)).to_be_hidden()
    expect(page.get_by_text(record["leaf_hash"])).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the proof").click()
    bundle = download.value.path().read_bytes()
    assert verify.find_fault_in(bundle).fault is None
    assert tag not in bundle.decode()

    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_role("heading", name="Waivers: 1 of 4 signed")).to_be_visible()
    expect(page.get_by_role("link", name="Erased guest")).to_be_visible()
    page.goto("/mail?status=sent")
    expect(page.get_by_role("listitem").filter(has_text="Erased").first).to_be_visible()
    expect(page.get_by_text(email)).to_be_hidden()


def test_who_signs_after_the_boat_is_full_is_over_the_limit_in_words(site: Site, page: Page) -> None:
    event = site.charter(passenger_limit=2, party_size=2)
    for name in ("Ana Reyes", "Bo Sund", "Cora Lind"):
        assert site.sign(event, signer_name=name, signature_typed=name).status == 303
    for path in ("", "/manifest"):
        page.goto(f"/events/{event['event_id']}{path}")
        over = page.get_by_role("listitem").filter(has_text="Over the limit")
        expect(over).to_have_count(1)
        expect(over).to_contain_text("Cora Lind")


def test_a_list_of_very_many_is_folded_and_whole_on_paper(site: Site, page: Page, event: dict[str, Any]) -> None:
    known = site.admin("GET", f"/api/events/{event['event_id']}")
    row = {
        "event_id": event["event_id"], "minor": False, "signed_at": "2026-07-01T12:00:00Z", "waiver_version": "a" * 64,
        "leaf_index": 0, "guest_id": None, "language": "en", "superseded": False, "set_aside": False, "erased": False,
        "over_limit": False,
    }  # fmt: skip
    names = [f"Guest Number {number}" for number in range(600)]
    rows = [
        row | {"waiver_id": f"{n:032x}", "participant_name": name, "signer_name": name} for n, name in enumerate(names)
    ]
    page.route(f"**/api/events/{event['event_id']}", lambda route: route.fulfill(json=known | {"waiver_records": rows}))
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_role("link", name="Guest Number")).to_have_count(20)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Guest Number")).to_have_count(600)
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Show all 600").click()
    expect(page.get_by_role("link", name="Guest Number")).to_have_count(600)


# --- a new guest link, a new copy -------------------------------------------------------------------


def test_a_new_guest_link_is_asked_about_copied_and_the_old_one_leads_nowhere(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    context = visit(token=site.token)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"/events/{event['event_id']}")
    link = page.get_by_label("Guest link", exact=True)
    expect(link).to_have_value(event["guest_url"])
    page.get_by_role("button", name="New guest link…").click()
    dialog = page.get_by_role("dialog", name="New guest link?")
    expect(dialog).to_contain_text("The old link stops working at once")
    dialog.get_by_role("button", name="Keep this one").click()
    assert site.admin("GET", f"/api/events/{event['event_id']}")["guest_url"] == event["guest_url"]
    page.get_by_role("button", name="New guest link…").click()
    dialog.get_by_role("button", name="Make a new link").click()
    expect(dialog).to_be_hidden()
    renewed = site.admin("GET", f"/api/events/{event['event_id']}")["guest_url"]
    assert renewed != event["guest_url"]
    expect(link).to_have_value(renewed)
    assert page.evaluate("navigator.clipboard.readText()") == renewed
    page.get_by_role("button", name="QR code…").click()
    assert renewed in unquote(page.get_by_role("link", name="Text message").get_attribute("href") or "")

    page.keyboard.press("Escape")
    page.get_by_role("link", name="Open guest page").click()
    page.wait_for_url(renewed)
    page.get_by_role("link", name="Sign the waiver").click()
    page.wait_for_url(f"{renewed}/waiver")
    fill_in(page, "Ana Reyes")
    sign_button(page).click()
    thanked(page, "Ana Reyes")
    page.goto(renewed)
    expect(page.get_by_text("Ana R.")).to_be_visible()
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="QR code…").click()
    page.get_by_role("link", name="Kiosk on this device").click()
    page.wait_for_url(f"{renewed}/waiver?kiosk=1")

    guest = visit().new_page()
    guest.goto(event["guest_url"])
    expect(guest.get_by_text("This charter link is not known.")).to_be_visible()
    assert guest.goto(f"{event['guest_url']}/waiver").status == 404  # type: ignore[union-attr]


def test_the_copy_is_sent_again_from_the_record_with_a_link_that_opens(
    site: Site, page: Page, visit: Visit, event: dict[str, Any]
) -> None:
    email = f"copy-{secrets.token_hex(4)}@example.com"
    assert site.sign(event, signer_name="Ana Reyes", signer_email=email).status == 303
    assert len(site.mail(email)) == 1
    record = record_of(site, event, "Ana Reyes")
    page.goto(f"/events/{event['event_id']}/waivers/{record['waiver_id']}")
    page.get_by_role("button", name="Send the copy again").click()
    expect(page.get_by_text(f"Sent to {email}.")).to_be_visible()
    copies = [re.search(r"http\S+copy=\S+", mail["text"]) for mail in site.mail(email)]
    links = [copy[0] for copy in copies if copy]
    assert len(set(links)) == 2
    guest = visit().new_page()
    guest.goto(links[0])
    expect(guest.get_by_text("Ana Reyes").first).to_be_visible()
    page.reload()
    trail = page.get_by_role("heading", name="What happened to it").locator("+ ol")
    expect(trail.get_by_role("listitem").filter(has_text="Link of the copy opened")).to_have_count(1)
