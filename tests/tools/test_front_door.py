"""The page of the local mailbox shows a mail, it never runs one."""

from tools.local.front_door import mail_page


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
