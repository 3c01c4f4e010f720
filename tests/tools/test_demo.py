"""The sample charters: what life brings is among them, and all of it agrees."""

from collections.abc import Mapping

import pytest
from urllib3 import HTTPResponse

from chalicelib.core.settings import settings
from tests.support.altering import differences
from tests.support.api import Api
from tests.support.operator import PASSWORD
from tests.support.stores import fresh_store
from tools.audit.records import gather
from tools.common.table import scan
from tools.local import demo


class Door:
    """The product's routes in place of a website."""

    def __init__(self, _: str) -> None:
        self.api = Api()

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        answer = self.api.call(method, path, raw=body.decode() if body else None, headers=dict(headers or {}))
        return HTTPResponse(answer.text.encode(), answer.headers, answer.status)


def test_the_samples_have_a_guest_who_signed_twice_one_who_was_erased_and_guests_of_one_name(
    dynamodb_local: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "Website", Door)
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    with fresh_store(dynamodb_local) as dynamodb:
        assert demo.is_empty("", PASSWORD)
        demo.add("", PASSWORD)
        assert not demo.is_empty("", PASSWORD)
        items = list(scan(dynamodb, settings().table))
    records = gather(items)
    assert differences(items) == []
    kept = [one.stored for one in records.waivers.records.values()]
    assert (len(kept), sum(one.erased is not None for one in kept)) == (12, 1)
    assert sum(one.set_aside is not None for one in kept) == 1
    sunset = next(each for each in records.events.values() if each.details["title"] == "Sunset birthday cruise")
    names = [guest["name"] for guest in sunset.details["guests"]]
    assert (names.count("Theo Park"), sunset.signed_count, len(sunset.signed_guest_ids)) == (2, 5, 4)
