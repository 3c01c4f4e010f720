"""The front door of a local copy: its mailbox, which shows a mail and never runs one, and its silence."""

import socket

import pytest

from tools.local.front_door import FrontDoor, Viewer, mail_page


def message(**changes: str) -> dict[str, str]:
    plain = {"id": "1", "to": "ana@example.com", "from": "captain@example.com", "subject": "s", "text": "t", "html": ""}
    return plain | changes


def test_a_mail_that_carries_markup_is_escaped_and_framed_without_rights() -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    page = mail_page([message(subject=evil, text=evil, html=evil)])
    assert "<script" not in page
    assert "<img" not in page
    assert 'sandbox=""' in page


def test_an_empty_mailbox_says_what_to_do() -> None:
    assert "Log a payment" in mail_page([])


def test_a_connection_that_idles_leaves_the_terminal_alone(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Viewer, "timeout", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()):
        accepted, address = listening.accept()
        with accepted, FrontDoor(0, None) as door:
            Viewer(accepted, address, door)
    assert capfd.readouterr().err == ""
