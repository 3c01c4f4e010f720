"""Bank files beside what waits to clear: read on the device, and nothing clears without a tap."""

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import AXE, DESKTOP, PHONE, Site

CHASE = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #"


class Bank:
    """A payer's own bank: invented names and amounts that no other test has."""

    def __init__(self) -> None:
        self.tag = secrets.token_hex(3).upper()
        self.today = datetime.now(UTC)
        self.cents = 10_000 + secrets.randbelow(80_000) * 100 + secrets.randbelow(99)

    def name(self, first: str) -> str:
        return f"{first} Q{self.tag.translate(str.maketrans('0123456789', 'GHIJKLMNOP'))}"

    def chase(self, *rows: tuple[str, int, str]) -> bytes:
        """Newest first, with a running balance."""
        lines = []
        balance = 500_000
        day = (self.today - timedelta(days=1)).strftime("%m/%d/%Y")
        for text, cents, kind in rows:
            balance += cents
            side = "CREDIT" if cents > 0 else "DEBIT"
            lines.append(f'{side},{day},"{text}",{cents / 100:.2f},{kind},{balance / 100:.2f},,')
        return "\n".join([CHASE, *reversed(lines), ""]).encode()


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    page = visit(token=site.token, viewport=DESKTOP).new_page()
    page.goto("/payments/to-clear")
    return page


def received_at() -> str:
    return (datetime.now(UTC) - timedelta(days=2)).isoformat()


def drop(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Bank files").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def row(page: Page, text: str) -> Locator:
    return page.locator(".bank-row").filter(has_text=text)


def test_shots(site: Site, page: Page, event: dict[str, Any], bank: Bank) -> None:
    who = [bank.name(n) for n in ("Priya", "Omar", "Nuria", "Ines", "Ben", "Walt", "Hugo")]
    at = received_at()
    c = bank.cents
    site.pay(event, method="zelle", amount_cents=c, payer=who[0], reference="90431", received_at=at)
    site.pay(event, method="zelle", amount_cents=c + 100, payer=who[1], received_at=at)
    site.pay(event, method="check", amount_cents=c + 200, payer=who[2], reference="1042", received_at=at)
    site.pay(event, method="check", amount_cents=c + 300, payer=who[3], reference="388", received_at=at)
    site.pay(event, method="zelle", amount_cents=c + 400, payer=who[4], received_at=at)
    site.pay(event, method="zelle", amount_cents=c + 400, payer=who[4], received_at=at)
    site.pay(event, method="check", amount_cents=c + 500, payer=who[5], reference="118", received_at=at)
    csv = bank.chase(
        (f"Zelle payment from {who[0].upper()} 22844120087", c, "QUICKPAY_CREDIT"),
        (f"Zelle payment from {who[1].upper()} 22844120088", c + 100, "QUICKPAY_CREDIT"),
        ("REMOTE ONLINE DEPOSIT #          1", 2 * c + 500, "CHECK_DEPOSIT"),
        (f"Zelle payment from {who[4].upper()} 22844120089", c + 400, "QUICKPAY_CREDIT"),
        ("REMOTE ONLINE DEPOSIT #          1", c + 500, "CHECK_DEPOSIT"),
        ("DEPOSITED ITEM RETURNED CHK SER# 118 RTN REASON: NSF", -(c + 500), "DEPOSIT_RETURN"),
        ("Zelle payment from K JENSEN 22844120080", c + 777, "QUICKPAY_CREDIT"),
        ("PELICAN FUEL", -4000, "DEBIT_CARD"),
    ).replace(b"-40.00", b"#####")
    drop(page, "chase.csv", csv)
    expect(row(page, who[0].upper())).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size, name in ((DESKTOP, "desktop"), (PHONE, "phone"), ({"width": 320, "height": 640}, "narrow")):
            page.set_viewport_size(size)
            page.screenshot(path=f"/tmp/bankshots/{name}-{scheme}.png", full_page=True)
