"""What a patron or a guest reads of a mail, over whole ranges: amounts, line lengths, zones."""

import functools
import re
import unicodedata
from decimal import Decimal

import pytest
from iso4217 import Currency

from chalicelib.charters import mails as charter_mails
from chalicelib.mail import plain_text
from chalicelib.money.ledger import Sums
from chalicelib.waivers import mails as waiver_mails
from tests.support import operator
from tests.support.mails import delivered, mail, read, text_of, waiver_mail

MONEY_MAILS, REQUESTS = ("receipt", "correction", "bounce"), ("waiver_reminder", "waiver_again")
ISO = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
# A symbol or the code of three letters, and the number behind it.
SIGNS = "$€£¥₪₹₩₱₫"
MONEY = rf"(?<!\w)([A-Z]{{3}}\s|[A-Z]{{0,2}}[{SIGNS}])(\d(?:[\d,.]*\d)?)"


@pytest.mark.parametrize("minor_units", [1, 50_000, 500_000_000, 100_000_000_000])
def test_an_amount_of_any_currency_is_one_amount_in_subject_text_and_html(minor_units: int) -> None:
    """Computed by the digits that ISO 4217 gives the currency, as the package `iso4217` publishes them."""
    for currency, digits in ISO.items():
        about = {"charged_cents": 2 * minor_units, "balance_cents": minor_units, "currency": currency}
        event = operator.event(charter_fee_cents=2 * minor_units, currency=currency)
        event = event._replace(sums=Sums(received_cents=minor_units))
        messages = [
            *(delivered(mail(form, amount_cents=minor_units, **about)) for form in ("receipt", "correction", "bounce")),
            delivered(charter_mails.reminder_mail(event, 7, operator.NOW)),
        ]
        amount = f"{Decimal(minor_units).scaleb(-digits):,}"
        for message in messages:
            for words in (message["Subject"], *read(message)):
                found = re.findall(MONEY, words)
                shown = {number for unit, number in found if unit.strip() == currency or unit[-1] in SIGNS}
                fee = {f"{Decimal(2 * minor_units).scaleb(-digits):,}"} if "Fee" in words else set()
                assert shown == {amount} | fee, f"{currency}: {words}"


TITLES = (
    "Ana & José \u2013 boda " * 6,
    "日本語のとても長いタイトルです" * 8,
    "خريطة الرحلة البحرية الطويلة " * 4,
    "ภาษาไทยไม่มีช่องว่างระหว่างคำ" * 4,
    "👨‍👩‍👧‍👦👋🏽" * 15,
    "x" * 120,
)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_plain_text_of_every_mail_reads_well_at_78_columns(title: str, language: str) -> None:
    about = {"title": title[:120].strip(), "vessel": title[:80].strip(), "departure_port": title[:120].strip()}
    event = operator.event(balance_reminders=True, charter_fee_cents=120_000, **about)
    ask = functools.partial(waiver_mails.request_mail, mail_id="1", to="ana@example.com", now=operator.NOW)
    text = "## Risks\n\n" + "I understand that the sea is wide and the boat is small. " * 8 + f"\n\n- {title}\n- waves"
    copy = waiver_mail(title=about["title"], text=text, language=language)
    link = "https://sail.example.com/g/" + "A" * 22 + "/waiver?copy=" + "b" * 55
    copy = copy._replace(data={**copy.data, "copy_url": link})
    guest_link = f"https://sail.example.com/g/{event.event_id}/waiver"
    for queued, whole in (
        *((mail(form, reason="no cover " * 30, **about), "ops@sail.example.com") for form in MONEY_MAILS),
        (charter_mails.reminder_mail(event, 7, operator.NOW), "ops@sail.example.com"),
        *((ask(kind, charter=event, names=["Bo"], language=language), guest_link) for kind in REQUESTS),
        (copy, link),
    ):
        plain = text_of(delivered(queued))
        lines = plain.splitlines()
        for line in lines:
            assert columns(line) <= 78 or line.strip() == whole, line
        assert any(whole in line.split() for line in lines)
        assert not re.search(r"\n\n\n|[ \t]\n", plain)
        for one in about.values():
            if queued.kind != "waiver_copy":
                assert "".join(one.split()) in "".join(plain.split()), "nothing is lost"


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_follows_a_greeting_begins_as_a_sentence(language: str) -> None:
    event = operator.event(balance_reminders=True, charter_fee_cents=120_000)
    ask = functools.partial(waiver_mails.request_mail, mail_id="1", to="ana@example.com", now=operator.NOW)
    for queued in (
        *(mail(form, kind=kind) for form in MONEY_MAILS for kind in ("deposit", "balance", "tip", "refund")),
        charter_mails.reminder_mail(event, 7, operator.NOW),
        *(ask(kind, charter=event, names=["Bo"], language=language) for kind in REQUESTS),
        waiver_mail(language=language),
    ):
        for words in read(delivered(queued)):
            greeted = re.search(r"(?:Hello\b[^,]*,|Hola\b[^:]*:)\s+(\w)", words)
            assert greeted, words
            assert greeted[1].isupper(), words


def test_the_name_before_a_value_is_not_broken_within_a_word() -> None:
    """As a narrow phone does to a cell that may break anywhere, beside a long hash."""
    for queued in (*map(mail, MONEY_MAILS), waiver_mail()):
        cells = re.findall(r"<tr><td style=\"([^\"]*)\"", text_of(delivered(queued), "html"))
        assert cells
        assert all("white-space:nowrap" in style for style in cells)


def columns(line: str) -> int:
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else unicodedata.category(char) not in ("Mn", "Me", "Cf")
        for char in line
    )


@pytest.mark.parametrize(
    ("timezone", "clock", "in_spanish"),
    [
        ("Europe/Istanbul", "4:00 AM Istanbul time (UTC+3)", "4:00 a. m. hora de Estambul (UTC+3)"),
        ("America/Sao_Paulo", "10:00 PM São Paulo time (UTC-3)", "10:00 p. m. hora de São Paulo (UTC-3)"),
        ("Asia/Kathmandu", "6:45 AM Kathmandu time (UTC+5:45)", "6:45 a. m. hora de Katmandú (UTC+5:45)"),
    ],
)
def test_a_mail_names_a_zone_without_letters_by_its_place(timezone: str, clock: str, in_spanish: str) -> None:
    for words in read(delivered(mail("receipt", timezone=timezone))):
        assert clock in words
    event = operator.event(timezone=timezone)
    asked = waiver_mails.request_mail("waiver_reminder", "1", "bo@example.com", event, ["Bo"], "es", operator.NOW)
    for words in read(delivered(asked)):
        assert in_spanish in words


def test_a_long_line_goes_on_under_its_own_text() -> None:
    text = plain_text.wrap(
        "\n".join(
            (
                "  Charter     Sunset birthday cruise around the bay and back for the whole family, S/V Petrel",
                "- I understand that the sea is wide, that the boat is small and that I may get wet.",
                "12. I will wear what I am given to wear, and will do at once what the captain says.",
                "your balance of what the whole voyage costs, with the crew, is this one:  1,250.00 CHF",
                "See https://sail.example.com/g/AAAAAAAAAAAAAAAAAAAAAA/waiver?copy=bbbbbbbbbbbbbbbbbbbbbbbbbbbb now.",
            )
        )
    )
    assert text.split("\n") == [
        "  Charter     Sunset birthday cruise around the bay and back for the whole",
        "              family, S/V Petrel",
        "- I understand that the sea is wide, that the boat is small and that I may get",
        "  wet.",
        "12. I will wear what I am given to wear, and will do at once what the captain",
        "    says.",
        "your balance of what the whole voyage costs, with the crew, is this one:",
        "1,250.00 CHF",
        "See",
        "https://sail.example.com/g/AAAAAAAAAAAAAAAAAAAAAA/waiver?copy=bbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "now.",
    ]


def test_names_written_from_right_to_left_keep_their_places_in_a_list() -> None:
    for words in read(delivered(waiver_mail(signer="דנה כהן"))):
        assert "\u2068דנה כהן\u2069, Tim Rivera" in words
