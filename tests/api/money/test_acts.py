"""What is done to a payment that was logged: void, clear, bounce, and its receipt once more."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system
from tests.support.api import Answer, Api, in_parallel, payment_url
from tests.support.mails import text_of


def test_voiding_takes_the_entry_back_and_corrects_the_receipt(
    api: Api, event: dict[str, Any], log: Any, mailbox: list[EmailMessage]
) -> None:
    paid = log()["payment"]
    answer = api.post(f"{payment_url(event, paid['payment_id'])}/void", {"reason": "Wrong charter"})
    assert answer.status == 200
    void = answer.json["payment"]["void"]
    assert (void["reason"], void["by"], set(void)) == ("Wrong charter", "admin", {"reason", "at", "by"})
    assert answer.json["payment"]["status"] == "voided"
    assert answer.json["event"]["balance"]["received_cents"] == 0
    assert mailbox[1]["Subject"] == "Correction: the payment of $500.00 for Sunset sail"
    assert "Wrong charter" in text_of(mailbox[1])
    assert "$1,200.00" in text_of(mailbox[1])
    again = api.post(f"{payment_url(event, paid['payment_id'])}/void", {"reason": "Another reason"})
    assert (again.status, again.json) == (200, answer.json)
    assert len(mailbox) == 2


def test_voiding_a_payment_that_nobody_was_told_of_tells_nobody(
    api: Api, event: dict[str, Any], log: Any, mailbox: list[EmailMessage]
) -> None:
    paid = log(notify=False)["payment"]
    api.post(f"{payment_url(event, paid['payment_id'])}/void", {"reason": "typo"})
    assert mailbox == []


def test_a_check_is_uncleared_until_an_admin_says_so(api: Api, event: dict[str, Any], log: Any) -> None:
    paid = log(method="check")
    assert (paid["payment"]["status"], paid["payment"]["cleared_at"]) == ("received", None)
    assert paid["event"]["balance"]["uncleared_cents"] == 50_000
    url = f"{payment_url(event, paid['payment']['payment_id'])}/clear"
    cleared = api.post(url, {"cleared_at": "2026-11-01T08:00:00+01:00"})
    assert (cleared.status, cleared.json["payment"]["status"]) == (200, "cleared")
    assert cleared.json["payment"]["cleared_at"] == "2026-11-01T07:00:00Z"
    assert cleared.json["event"]["balance"]["uncleared_cents"] == 0
    assert api.post(url).json == cleared.json


def test_a_bounced_check_counts_no_more_and_the_patron_is_told(
    api: Api, event: dict[str, Any], log: Any, mailbox: list[EmailMessage]
) -> None:
    paid = log(method="check", amount_cents=120_000)["payment"]
    url = payment_url(event, paid["payment_id"])
    api.post(f"{url}/clear")
    answer = api.post(f"{url}/bounce", {"reason": "Insufficient funds"})
    assert (answer.status, answer.json["payment"]["status"]) == (200, "bounced")
    assert answer.json["payment"]["bounce"]["reason"] == "Insufficient funds"
    assert answer.json["event"]["payment_cleared"] is False
    assert answer.json["event"]["balance"]["balance_due_cents"] == 120_000
    assert "did not go through" in mailbox[-1]["Subject"]
    assert api.post(f"{url}/bounce", {"reason": "again"}).json == answer.json


@pytest.mark.parametrize(
    ("method", "first", "then"),
    [
        ("check", "void", "clear"),
        ("check", "void", "bounce"),
        ("check", "bounce", "void"),
        ("check", "bounce", "clear"),
        ("cash", None, "bounce"),
    ],
)
def test_a_state_that_does_not_allow_an_act_is_a_conflict(
    api: Api, event: dict[str, Any], log: Any, method: str, first: str | None, then: str
) -> None:
    url = payment_url(event, log(method=method)["payment"]["payment_id"])
    reasons = {"void": {"reason": "x"}, "bounce": {"reason": "x"}, "clear": {}}
    if first:
        assert api.post(f"{url}/{first}", reasons[first]).status == 200
    before = api.get(f"/api/events/{event['event_id']}/payments").json
    assert api.post(f"{url}/{then}", reasons[then]).status == 409
    assert api.get(f"/api/events/{event['event_id']}/payments").json == before


def test_a_refunded_payment_cannot_be_voided_before_its_refund(api: Api, event: dict[str, Any], log: Any) -> None:
    paid = log()["payment"]
    refund = log(kind="refund", refund_of=paid["payment_id"], amount_cents=100)["payment"]
    url = payment_url(event, paid["payment_id"])
    assert api.post(f"{url}/void", {"reason": "typo"}).status == 409
    api.post(f"{payment_url(event, refund['payment_id'])}/void", {"reason": "typo"})
    assert api.post(f"{url}/void", {"reason": "typo"}).status == 200


@pytest.mark.parametrize("act", ["void", "bounce"])
@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": 4}, {"reason": "x", "why": "y"}])
def test_an_act_without_a_proper_reason_is_refused(
    api: Api, event: dict[str, Any], log: Any, act: str, body: dict[str, Any]
) -> None:
    url = payment_url(event, log(method="check")["payment"]["payment_id"])
    assert api.post(f"{url}/{act}", body).status == 400
    assert api.get(f"/api/events/{event['event_id']}").json["payments"][0]["status"] == "received"


def test_an_act_on_no_payment_is_404(api: Api, event: dict[str, Any]) -> None:
    for act, body in (("void", {"reason": "x"}), ("clear", {}), ("bounce", {"reason": "x"}), ("receipt", None)):
        assert api.post(f"{payment_url(event)}/{act}", body).status == 404


def test_voids_and_clears_at_once_end_in_one_state(api: Api, event: dict[str, Any], log: Any) -> None:
    url = payment_url(event, log(method="check")["payment"]["payment_id"])

    def act(other: Api, number: int) -> Answer:
        return other.post(f"{url}/void", {"reason": "x"}) if number % 2 else other.post(f"{url}/clear")

    assert {answer.status for answer in in_parallel(api, 8, act)} <= {200, 409}
    statement = api.get(f"/api/events/{event['event_id']}/payments").json
    assert statement["payments"][0]["status"] == "voided"
    assert statement["balance"]["uncleared_cents"] == statement["balance"]["received_cents"] == 0


def test_a_receipt_is_sent_once_more(api: Api, event: dict[str, Any], log: Any, mailbox: list[EmailMessage]) -> None:
    paid = log()["payment"]
    answer = api.post(f"{payment_url(event, paid['payment_id'])}/receipt")
    assert answer.status == 202
    assert [message["Subject"] for message in mailbox] == [mailbox[0]["Subject"]] * 2


def test_a_double_tap_on_send_again_is_one_mail_wherever_the_clock_stands(
    api: Api, event: dict[str, Any], log: Any, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{payment_url(event, log()['payment']['payment_id'])}/receipt"
    now = system.utc_now()
    border = now.replace(second=now.second // 10 * 10, microsecond=0) + timedelta(minutes=1)
    mailbox.clear()
    for seconds, mails in ((-1, 1), (1, 1), (10, 2)):
        moment = border + timedelta(seconds=seconds)
        monkeypatch.setattr(system, "utc_now", lambda moment=moment: moment)
        assert api.post(url).status == 202
        assert len(mailbox) == mails
