"""Mails as the product queues them, and as they come out at the other end."""

import email
import email.policy
import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.money.ledger import Sums
from chalicelib.operator.service import defaults
from chalicelib.payments import mails as payment_mails
from chalicelib.payments.rows import payment_json
from chalicelib.waivers import mails as waiver_mails
from tests.support import operator
from tests.support.stored import new_form, new_version

TEXT = "## Risks\n\n- wind\n- waves"


def mail(form: str, *, balance_cents: int = 70_000, charged_cents: int = 120_000, **changes: Any) -> Mail:
    """Owed for a payment of $500.00; `changes` go to the charter or the payment, whichever has such a field."""
    about = {name: value for name, value in changes.items() if name in operator.details() or name == "status"}
    event = operator.event(charter_fee_cents=charged_cents, **about)
    event = event._replace(sums=Sums(received_cents=charged_cents - balance_cents))
    paid = {name: value for name, value in changes.items() if name not in about}
    stored = operator.payment(event.event_id, currency=event.details["currency"], **paid)
    row = {**payment_json({**stored, "receipt": "pending"})}
    row |= {"void": {"reason": paid.get("reason", "typed twice")}, "bounce": {"reason": paid.get("reason", "no cover")}}
    make = {
        "receipt": payment_mails.receipt_mail,
        "correction": payment_mails.correction_mail,
        "bounce": payment_mails.bounce_mail,
    }[form]
    queued = make(event, row, operator.NOW)
    assert queued
    return queued


def waiver_mail(*, signer: str = "Ana Rivera", title: str = "Release", text: str = TEXT, language: str = "en") -> Mail:
    """The copy for a signer and one minor."""
    form = new_form(operator.event(), "Ana Rivera", "Tim Rivera", signer_email="ana@example.com", language=language)
    own, minor = (one._replace(row={**one.row, "signer_name": signer}) for one in form)
    version: Any = {**new_version(text, language=language), "title": title}
    queued = waiver_mails.copy_mail(
        operator.event(), [own._replace(row={**own.row, "name": signer}), minor], version, operator.NOW
    )
    assert queued
    return waiver_mails.with_text(queued, text)


def delivered(queued: Mail) -> EmailMessage:
    """The message as it comes out of the wire at the other end."""
    raw = outbox.compose(queued, defaults(), operator.NOW).as_bytes()
    assert raw.isascii()
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part
    return str(part.get_content())


def copy_path(message: EmailMessage) -> str:
    """Of the private copy that a mail to a signer links to."""
    [path] = re.findall(r"https://sail\.example\.com(/g/\S+\?copy=\S+)", text_of(message))
    return str(path)


class Words(HTMLParser):
    """What a person reads of an HTML mail, and the tags that show it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - the parser's signature
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def read(message: EmailMessage) -> list[str]:
    """Both forms, as plain running words: what holds for one must hold for the other."""
    return [" ".join(text_of(message).split()), " ".join(Words(text_of(message, "html")).words)]
