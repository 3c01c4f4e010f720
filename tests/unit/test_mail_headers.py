"""Subjects and names as independent readers decode them: Python's email package, its older half, and postal-mime."""

import base64
import json
import os
import random
import subprocess
import unicodedata
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from chalicelib.core import names
from chalicelib.mail.message import build
from chalicelib.operator.service import defaults
from tests.support import operator
from tests.support.running import ROOT

TITLES = 10_000
MODERN = (policy.default, policy.SMTP, policy.SMTPUTF8, policy.strict)
# First and last character of what people write in: scripts, punctuation, symbols, emoji, all planes.
RANGES = (
    (0x21, 0x7E), (0xA1, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x586), (0x5D0, 0x5EA), (0x620, 0x64A),
    (0x904, 0x939), (0xE01, 0xE3A), (0x10A0, 0x10FF), (0x1100, 0x115E), (0x1780, 0x17B3), (0x2010, 0x2027),
    (0x20A0, 0x20BF), (0x2190, 0x21FF), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0x10400, 0x1044F), (0x12000, 0x12399), (0x1F300, 0x1F64F), (0x20000, 0x2A6D6),
)  # fmt: skip
# What has broken mails: dashes between words, accents by themselves, joined emoji, what looks like syntax.
PIECES = (
    "\u2013", "\u2014", "-", "&", '"', "'", "\u2019", "\\", "<", ">", "(", ")", "[", "]", ",", ";", ":", ".", "@", "_",
    "?", "=",
    "=?utf-8?q?x?=", "=?utf-8?b?eA==?=", "=?", "?=", "=41", "%41", "e\u0301", "n\u0303", "👨‍👩‍👧", "❤️‍🔥", "👋🏽", "🇪🇸",
    "نامه‌ای", "אבג", "Ana <ana@example.com>", "Rivera, Ana", "{{ 7*7 }}", "x" * 80, "ü" * 60,
)  # fmt: skip


def titles(seed: int) -> list[str]:
    """As the API keeps them: cleaned, at most 120 characters."""
    chance = random.Random(seed)  # noqa: S311 - the same titles each time

    def word() -> str:
        if chance.random() < 0.4:
            return chance.choice(PIECES)
        low, high = chance.choice(RANGES)
        chars = (chr(chance.randint(low, high)) for _ in range(chance.choice((1, 2, 3, 5, 8, 13, 40))))
        return "".join(char for char in chars if unicodedata.category(char) != "Cn")

    def title() -> str:
        # So that a line is folded at any place of what follows.
        start = "x" * chance.randint(1, 80) if chance.random() < 0.3 else ""
        made = names.clean(" ".join([start, *(word() for _ in range(chance.randint(1, 8)))]))
        return made[:120].strip() or "x"

    return [title() for _ in range(TITLES)]


def mail(subject: str = "Sail", to_name: str = "Ana", **changes: Any) -> EmailMessage:
    fixed = {"operator": defaults(), "mail_id": "0190a6f0", "edition": 0, "date": operator.NOW, "to": "ana@example.com"}
    return build(**{**fixed, "subject": subject, "to_name": to_name, "text": "Hi\n", "html": "<p>Hi</p>", **changes})


def test_ten_thousand_subjects_and_names_are_the_same_text_after_decoding() -> None:
    sent = list(zip(titles(1), (title[:100].strip() for title in titles(2)), strict=True))
    raws = [mail(subject, name).as_bytes() for subject, name in sent]
    for number, (raw, (subject, name)) in enumerate(zip(raws, sent, strict=True)):
        read = message_from_bytes(raw, policy=MODERN[number % len(MODERN)])
        (to,) = read["To"].addresses
        assert (read["Subject"], to.display_name, to.addr_spec) == (subject, name, "ana@example.com")
        older = message_from_bytes(raw)
        assert str(make_header(decode_header(older["Subject"]))) == subject
    for line, (subject, name) in zip(read_by_postal_mime(raws), sent, strict=True):
        assert (line["subject"], line["names"][0]) == (subject, name)


def test_the_operators_name_is_the_same_text_in_from_and_reply_to() -> None:
    raws, sent = [], [title[:100].strip() for title in titles(3)[:300]]
    sent = [name for name in sent if name.isprintable()]
    for name in sent:
        with operator.operating(SCC_OPERATOR_NAME=name):
            raws.append(mail().as_bytes())
        read = message_from_bytes(raws[-1], policy=policy.default)
        for header, address in (("From", "captain@sail.example.com"), ("Reply-To", "ops@sail.example.com")):
            (one,) = read[header].addresses
            assert (one.display_name, one.addr_spec) == (name, address)
    for line, name in zip(read_by_postal_mime(raws), sent, strict=True):
        assert line["names"][1:] == [name, name]


def read_by_postal_mime(raws: list[bytes]) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", ROOT / "tests/support/read_mails.mjs"],
        input="\n".join(base64.b64encode(raw).decode() for raw in raws),
        env=os.environ | {"PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    "title",
    [
        "Ana & José \u2013 boda",
        "Ana &  José  \u2013 boda",
        " José ",
        "José" + " \u2013" * 50,
        "a" * 200,
        "é" * 200,
        "=?utf-8?q?=C3=A9?=",
    ],
)
def test_every_line_of_a_subject_is_one_that_rfc_2047_allows(title: str) -> None:
    """Such titles may be stored from before they were cleaned."""
    subject = f"We received your payment of $1,250.00 for {title}"
    message = mail(subject)
    lines = message.as_bytes().decode().split("\r\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("Subject: "))
    end = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith(" "))
    assert max(map(len, lines[start:end])) <= 76
    for word in " ".join(lines[start:end]).split():
        if word.startswith("=?"):
            # No character is cut in two.
            assert str(make_header(decode_header(word)))
    assert message["Subject"] == subject


@pytest.mark.parametrize(
    "name", ["Ana Rivera", "Ana " * 24 + "Rivera", "Renée", "Александр Константинович " * 4, "李雷" * 50]
)
def test_no_line_of_a_name_is_one_that_a_mail_server_may_cut(name: str) -> None:
    """RFC 5322 section 2.1.1: 998 characters."""
    raw = mail(to_name=name.strip(), to="a" * 60 + "@" + "b." * 90 + "example").as_bytes()
    assert max(map(len, raw.decode().split("\r\n"))) <= 998
    assert raw.isascii()


def test_a_mail_says_when_it_was_sent_and_that_a_machine_wrote_it_and_who_reads_the_answer() -> None:
    read = message_from_bytes(mail().as_bytes(), policy=policy.default)
    assert parsedate_to_datetime(str(read["Date"])) == operator.NOW
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Reply-To"].addresses[0].addr_spec == "ops@sail.example.com"
    assert read["Message-ID"] == "<0190a6f0@sail.example.com>"
    for header in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"):
        assert len(read.get_all(header, [])) == 1


def test_the_longest_id_of_a_mail_stays_in_one_piece() -> None:
    read = message_from_bytes(mail(mail_id="x" * 120).as_bytes(), policy=policy.default)
    assert read["Message-ID"] == f"<{'x' * 120}@sail.example.com>"
