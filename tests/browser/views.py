"""Every page and dialog that visitors see, and the way to each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, Route, expect

from tests.browser import bank_views, guest_views, money_views, report_views, waiver_views, week_views
from tests.browser.shown import FREE_BOAT, UNBROKEN, Charters, title
from tests.browser.visitors import sample_mail


@dataclass(frozen=True)
class View:
    """Something that visitors get to see, and the way there."""

    name: str
    show: Callable[[Page, Charters], None]
    admin: bool = False
    expected: tuple[str, ...] = ()


def login(page: Page, _: Charters) -> None:
    page.goto("/")
    title(page, "Dispatch")


def login_refused(page: Page, _: Charters) -> None:
    # As at a desk with a second factor.
    page.add_init_script("localStorage.setItem('scc.code', 'asked')")
    page.goto("/")
    expect(page.get_by_label("Code of your authenticator app")).to_be_visible()
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("The password is wrong.")).to_be_visible()


def board(page: Page, charters: Charters) -> None:
    page.goto("/")
    expect(page.get_by_role("article", name=charters.plain["title"])).to_be_visible()
    page.get_by_role("button", name="Show past charters").click()
    expect(page.get_by_role("article", name=charters.over["title"])).to_be_visible()


def charter(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.plain['event_id']}")
    title(page, charters.plain["title"])
    page.get_by_text("Actions for").click()


def new_position(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.booked['event_id']}")
    page.get_by_role("button", name="Add position").click()
    dialog = page.get_by_role("dialog", name="New position")
    dialog.get_by_label("Role").select_option("captain")
    dialog.get_by_role("radio", name="Ask in my order").check()
    dialog.get_by_label(UNBROKEN).check()
    expect(dialog.get_by_text("asked 1st")).to_be_visible()


def position_dialog(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.crewed['event_id']}")
    page.get_by_role("region", name="Crew").get_by_role("button", name="Change… Captain").click()
    dialog = page.get_by_role("dialog", name="Captain")
    dialog.get_by_role("radio", name="Assign").check()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog.get_by_text("Choose somebody.")).to_be_visible()


def share_dialog(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.plain['event_id']}")
    page.get_by_role("button", name="QR code…").click()
    expect(page.get_by_role("img", name="QR code of the guest link")).to_be_visible()


def history(page: Page, charters: Charters) -> None:
    long_charter(page, charters)
    page.get_by_role("button", name="Show who changed what").click()
    expect(page.get_by_text("Created by admin")).to_be_visible()


def keys_dialog(page: Page, _: Charters) -> None:
    page.goto("/mail")
    title(page, "Mail")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def long_charter(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.long['event_id']}")
    title(page, charters.long["title"])
    expect(page.locator(".entry-amount")).to_be_visible()


def create_dialog(page: Page, _: Charters) -> None:
    page.goto("/")
    page.get_by_role("button", name="New charter").click()
    page.get_by_role("button", name="Add crew member").click()
    page.get_by_role("button", name="Add guest").click()
    page.get_by_text("Paste several").click()


def create_dialog_refused(page: Page, charters: Charters) -> None:
    create_dialog(page, charters)
    page.get_by_role("button", name="Create charter").click()
    expect(page.get_by_text("Correct what is marked")).to_be_visible()


def booked_already(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.booked['event_id']}")
    page.get_by_role("button", name="Duplicate…").click()
    dialog = page.get_by_role("dialog", name="New charter")
    starts_at = datetime.fromisoformat(charters.booked["starts_at"])
    dialog.get_by_label("Departs").fill(f"{starts_at.astimezone(ZoneInfo('America/Los_Angeles')):%Y-%m-%dT%H:%M}")
    dialog.get_by_role("button", name="Create charter").click()
    expect(dialog.get_by_role("button", name="Book anyway")).to_be_visible()
    expect(dialog.get_by_role("button", name=f"Take {FREE_BOAT}", exact=True)).to_be_visible()


def repeat_dialog(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.booked['event_id']}")
    page.get_by_role("button", name="Repeat weekly…").click()
    dialog = page.get_by_role("dialog", name="Repeat weekly")
    starts_at = datetime.fromisoformat(charters.booked["starts_at"])
    dialog.get_by_label("Last day").fill(f"{starts_at + timedelta(days=22):%Y-%m-%d}")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("button", name="Create 3 charters")).to_be_visible()


def people(page: Page, _: Charters) -> None:
    page.goto("/people")
    expect(page.get_by_role("button", name=UNBROKEN)).to_be_visible()


def person_dialog(page: Page, charters: Charters) -> None:
    people(page, charters)
    page.get_by_role("button", name=UNBROKEN).click()
    expect(page.get_by_label("Link to their own page")).to_be_visible()


def new_private_link(page: Page, charters: Charters) -> None:
    person_dialog(page, charters)
    page.get_by_role("button", name="New link…").click()
    expect(page.get_by_text("The link before stops working at once.")).to_be_visible()


def boats(page: Page, _: Charters) -> None:
    page.goto("/boats")
    expect(page.get_by_role("button", name=UNBROKEN)).to_be_visible()


def boat_dialog(page: Page, charters: Charters) -> None:
    boats(page, charters)
    page.get_by_role("button", name=UNBROKEN).click()
    page.get_by_role("button", name="Add paper").click()
    expect(page.get_by_label("Calendar address")).to_be_visible()


def settings(page: Page, _: Charters) -> None:
    page.goto("/settings")
    page.get_by_role("button", name="Add a way to pay").click()
    expect(page.get_by_label("Calendar address")).to_be_visible()


def payment_dialog(page: Page, charters: Charters) -> None:
    page.goto("/")
    page.get_by_role("button", name=f"Log payment for {charters.plain['title']}").click()
    expect(page.get_by_role("dialog").get_by_label("Amount")).to_be_visible()


def payment_dialog_refused(page: Page, charters: Charters) -> None:
    payment_dialog(page, charters)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Change").click()
    dialog.get_by_role("radio", name="Refund").check()
    dialog.get_by_role("button", name="Log payment").click()
    expect(dialog.get_by_text("Choose how it was paid.")).to_be_visible()


def long_payment_dialog(page: Page, charters: Charters) -> None:
    long_charter(page, charters)
    page.get_by_role("main").get_by_role("button", name="Log payment").click()


def void_dialog(page: Page, charters: Charters) -> None:
    charter(page, charters)
    page.get_by_role("button", name="Void…").click()
    page.get_by_role("dialog").get_by_role("button", name="Void payment").click()
    expect(page.get_by_text("Say why, in a few words.")).to_be_visible()


def payments(page: Page, _: Charters) -> None:
    page.goto("/payments")
    expect(page.get_by_text("Received in").first).to_be_visible()


def to_clear(page: Page, _: Charters) -> None:
    page.goto("/payments/to-clear")
    page.get_by_label("Select all").check()
    expect(page.get_by_role("button", name="cleared")).to_be_visible()


def bounce_dialog(page: Page, _: Charters) -> None:
    page.goto("/payments/to-clear")
    page.get_by_role("button", name="Bounced… $100.00 check 1042").first.click()
    expect(page.get_by_role("dialog", name="Payment bounced")).to_be_visible()


def reports(page: Page, _: Charters) -> None:
    page.goto("/payments/reports")
    expect(page.get_by_role("img", name="Bars of the money kept")).to_be_visible()
    page.get_by_text("The same in numbers").click()
    expect(page.get_by_role("heading", name="Sums by month").first).to_be_visible()


def reports_by_day(page: Page, _: Charters) -> None:
    page.goto("/payments/reports")
    page.get_by_role("button", name="This month").click()
    page.get_by_role("radio", name="Day").check()
    page.get_by_role("radio", name="Methods").check()
    expect(page.get_by_role("heading", name="Methods by day").first).to_be_visible()


def deposit(page: Page, charters: Charters) -> None:
    page.goto("/payments/deposit")
    page.get_by_label("Day", exact=True).fill(charters.paid_on)
    expect(page.get_by_role("link", name=charters.plain["title"])).to_be_visible()


def statement(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.plain['event_id']}/statement")
    expect(page.get_by_role("rowheader", name="Charter fee")).to_be_visible()


def long_statement(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.long['event_id']}/statement")
    expect(page.get_by_role("rowheader", name="Charter fee")).to_be_visible()


def failed_mail(page: Page, _: Charters) -> None:
    show_mails(page)
    page.goto("/mail?status=failed")
    expect(page.get_by_text("2 mails need you")).to_be_visible()


def uncertain_mail(page: Page, _: Charters) -> None:
    show_mails(page)
    page.goto("/mail?status=uncertain")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("dialog", name="Send again?")).to_be_visible()


def show_mails(page: Page) -> None:
    """One mail a state: a healthy product has neither failed ones nor doubts."""

    def answer(route: Route) -> None:
        status = parse_qs(urlsplit(route.request.url).query)["status"][0]
        route.fulfill(json={"mails": [sample_mail(status, note=f"550 {UNBROKEN}")], "next_cursor": None})

    page.route("**/api/mail?*", answer)


def new_link_dialog(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.plain['event_id']}")
    page.get_by_role("button", name="New guest link…").click()
    expect(page.get_by_role("dialog", name="New guest link?")).to_be_visible()


def manifest(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.plain['event_id']}/manifest")
    expect(page.get_by_role("button", name="Depart…")).to_be_visible()


def long_manifest(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.long['event_id']}/manifest")
    expect(page.get_by_role("button", name="No-show")).to_have_count(2)
    page.get_by_role("button", name="A signature is false or double").click()


def depart_dialog(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.soon['event_id']}/manifest")
    page.get_by_role("button", name="Depart…").click()
    page.get_by_role("dialog").get_by_role("button", name="Depart", exact=True).click()
    expect(page.get_by_role("button", name="Sail anyway")).to_be_visible()
    page.get_by_role("button", name="Sail anyway").click()
    expect(page.get_by_text("Say why it sails all the same.").first).to_be_visible()


def frozen_manifest(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.over['event_id']}/manifest")
    expect(page.get_by_role("heading", name="Departed")).to_be_visible()


def dock_card(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.long['event_id']}/dock-card")
    expect(page.get_by_role("img", name="QR code of the guest link")).to_be_visible()


def past_charter(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.over['event_id']}")
    expect(page.get_by_role("button", name="Take signatures for 24 hours")).to_be_visible()


def not_found(page: Page, _: Charters) -> None:
    page.goto("/no/such/page")
    title(page, "Off the chart")


VIEWS = [
    View("login", login),
    View("login refused", login_refused, expected=("401: POST",)),
    View("board", board, admin=True),
    View("week", week_views.week, admin=True),
    View("move dialog", week_views.move_dialog, admin=True, expected=("409: PATCH",)),
    View("hold dialog", week_views.hold_dialog, admin=True),
    View("new hold dialog", week_views.new_hold_dialog, admin=True),
    View("release dialog", week_views.release_dialog, admin=True),
    View("charter", charter, admin=True),
    View("new position dialog", new_position, admin=True),
    View("position dialog", position_dialog, admin=True),
    View("share dialog", share_dialog, admin=True),
    View("keys dialog", keys_dialog, admin=True),
    View("charter of long words", long_charter, admin=True),
    View("history", history, admin=True),
    View("create dialog", create_dialog, admin=True),
    View("create dialog refused", create_dialog_refused, admin=True),
    View("booked already", booked_already, admin=True, expected=("409: POST",)),
    View("repeat dialog", repeat_dialog, admin=True),
    View("people", people, admin=True),
    View("person dialog", person_dialog, admin=True),
    View("new private link dialog", new_private_link, admin=True),
    View("boats", boats, admin=True),
    View("boat dialog", boat_dialog, admin=True),
    View("settings", settings, admin=True),
    View("payment dialog", payment_dialog, admin=True),
    View("payment dialog refused", payment_dialog_refused, admin=True),
    View("payment dialog of long words", long_payment_dialog, admin=True),
    View("void dialog", void_dialog, admin=True),
    View("owed", money_views.owed, admin=True),
    View("mail statement dialog", money_views.statement_dialog, admin=True),
    View("ledger by amount", money_views.ledger, admin=True),
    View("for which charter dialog", money_views.for_which_dialog, admin=True),
    View("split dialog", money_views.split_dialog, admin=True),
    View("unusual amount", money_views.unusual_amount, admin=True),
    View("correct payment dialog", money_views.correct_dialog, admin=True, expected=("409: PUT",)),
    View("move payment dialog", money_views.move_dialog, admin=True),
    View("move payment dialog confirmed", money_views.move_confirmed, admin=True),
    View("refund dialog", money_views.refund_dialog, admin=True),
    View("cancel with money dialog", money_views.cancel_with_money, admin=True),
    View("cancel with money mails", money_views.cancel_told, admin=True),
    View("payments", payments, admin=True),
    View("to clear", to_clear, admin=True),
    View("bank files", bank_views.files, admin=True),
    View("bank columns dialog", bank_views.columns_dialog, admin=True),
    View("bank log as dialog", bank_views.log_as_dialog, admin=True),
    View("bank paste dialog", bank_views.paste_dialog, admin=True),
    View("bounce dialog", bounce_dialog, admin=True),
    View("reports", reports, admin=True),
    View("reports by day", reports_by_day, admin=True),
    View("reports by boat", report_views.by_boat, admin=True),
    View("reports by captain", report_views.by_captain, admin=True),
    View("ledger of a boat", report_views.ledger_of_a_boat, admin=True),
    View("tips", report_views.tips, admin=True),
    View("no tips", report_views.no_tips, admin=True),
    View("shares dialog", report_views.shares_dialog, admin=True),
    View("shares dialog refused", report_views.shares_dialog_refused, admin=True),
    View("deposit", deposit, admin=True),
    View("statement", statement, admin=True),
    View("statement of long words", long_statement, admin=True),
    View("failed mail", failed_mail, admin=True),
    View("uncertain mail", uncertain_mail, admin=True),
    View("waiver versions", waiver_views.waiver_versions, admin=True),
    View("publish dialog", waiver_views.publish_dialog, admin=True),
    View("superseded waivers", waiver_views.superseded, admin=True),
    View("waivers", waiver_views.waivers, admin=True),
    View("waiver record", waiver_views.waiver_record, admin=True),
    View("waiver record set aside and erased", waiver_views.struck_record, admin=True),
    View("set aside dialog", waiver_views.set_aside_dialog, admin=True),
    View("erase dialog", waiver_views.erase_dialog, admin=True),
    View("new guest link dialog", new_link_dialog, admin=True),
    View("log of the waivers", waiver_views.log, admin=True),
    View("manifest", manifest, admin=True),
    View("manifest of long words", long_manifest, admin=True),
    View("depart dialog", depart_dialog, admin=True, expected=("409: POST",)),
    View("frozen manifest", frozen_manifest, admin=True),
    View("dock card", dock_card, admin=True),
    View("past charter", past_charter, admin=True),
    View("guest page", guest_views.guest),
    View("guest page of long words", guest_views.long_guest),
    View("guest page in Spanish", guest_views.guest_in_spanish),
    View("guest page of a cancelled charter", guest_views.cancelled_guest),
    View("guest page of no charter", guest_views.guest_of_no_charter, expected=("404: GET",)),
    View("not found", not_found),
    View("waiver", guest_views.waiver),
    View("waiver of long words", guest_views.long_waiver),
    View("waiver refused", guest_views.waiver_refused, expected=("400: POST",)),
    View("waiver signed", guest_views.waiver_signed),
    View("waiver closed", guest_views.waiver_closed),
    View("waiver of no charter", guest_views.waiver_of_no_charter, expected=("404: GET",)),
]
