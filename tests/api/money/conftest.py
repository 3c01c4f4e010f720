"""A charter of $1,200, and payments that are logged, corrected and batched by their numbers."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib.core import system
from tests.support.api import Answer, Api, new_event, new_payment


class Money:
    """Payments of a few charters. A payment or a batch is named by its number."""

    def __init__(self, api: Api, event: dict[str, Any]) -> None:
        self.api, self.event_id = api, str(event["event_id"])

    def charter(self, **changes: Any) -> str:
        """Another one; calls name it by `on`."""
        return str(self.api.post("/api/events", new_event(**changes)).json["event_id"])

    @staticmethod
    def id(number: int) -> str:
        return f"0190c0de-0000-7000-8000-{number:012d}"

    def url(self, number: int, on: str = "") -> str:
        return f"/api/events/{on or self.event_id}/payments/{self.id(number)}"

    def log(self, number: int, on: str = "", **changes: Any) -> Answer:
        return self.api.put(self.url(number, on), new_payment(**changes))

    def correct(self, old: int, new: int, on: str = "", *, moved_from: str | None = None, **changes: Any) -> Answer:
        corrects = {"payment_id": self.id(old), "reason": "typo"}
        if moved_from is not None:
            corrects["event_id"] = moved_from
        return self.api.put(self.url(new, on), {"corrects": corrects, **changes})

    def batch(self, batch: int, *rows: dict[str, Any], on: str = "", **changes: Any) -> Answer:
        """Each row is a payment with its `number`."""
        payments = [{"payment_id": self.id(row.pop("number")), **row} for row in map(dict, rows)]
        url = f"/api/events/{on or self.event_id}/payment-batches/{self.id(batch)}"
        return self.api.put(url, {"payments": payments, **changes})

    def act(self, number: int, name: str, on: str = "", **body: Any) -> Answer:
        reason = {} if name == "clear" else {"reason": "no cover"}
        return self.api.post(f"{self.url(number, on)}/{name}", {**reason, **body})

    def rows(self, on: str = "") -> dict[str, dict[str, Any]]:
        """By payment_id."""
        found = self.api.get(f"/api/events/{on or self.event_id}/payments").json["payments"]
        return {row["payment_id"]: row for row in found}

    def row(self, number: int, on: str = "") -> dict[str, Any]:
        return self.rows(on)[self.id(number)]

    def balance(self, on: str = "") -> dict[str, int]:
        event = self.api.get(f"/api/events/{on or self.event_id}").json
        listed = self.api.get(f"/api/events/{on or self.event_id}/payments").json
        assert event["balance"] == listed["balance"]
        return dict(event["balance"])

    def states(self, on: str = "") -> dict[int, str]:
        """By number."""
        return {int(payment_id[-12:]): row["status"] for payment_id, row in self.rows(on).items()}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, api: Api) -> list[datetime]:
    """The time of the API from here on, at the beginning of ten seconds; setting its one entry moves it."""
    now = system.utc_now()
    times = [now.replace(second=now.second // 10 * 10, microsecond=0)]
    monkeypatch.setattr(system, "utc_now", lambda: times[0])
    return times


@pytest.fixture
def money(api: Api, event: dict[str, Any]) -> Money:
    return Money(api, event)
