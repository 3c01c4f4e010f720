"""Charters that depart: soon enough, and with a reason for whatever blocks them."""

from datetime import timedelta
from typing import Any

from chalicelib.core import system, times
from tests.support.api import Answer, Api

REASON = "the owner has decided"


def soon(hours: float = 1) -> dict[str, str]:
    """Times of a charter that starts so many hours from now."""
    starts_at = system.utc_now() + timedelta(hours=hours)
    return {
        "starts_at": times.format_instant(starts_at),
        "ends_at": times.format_instant(starts_at + timedelta(hours=3)),
    }


def depart(api: Api, event_id: str, reason: str = REASON) -> Answer:
    """Asks, and asks again with a reason for each check that blocks. A charter that is far ahead is moved to now."""
    path = _path(event_id)
    charter = api.get(path).json
    if charter["starts_at"] > soon(hours=12)["starts_at"]:
        assert api.patch(path, {"version": charter["version"], **soon()}).status == 200
    answer = api.post(f"{path}/depart")
    if not is_not_ready(answer):
        return answer
    return api.post(f"{path}/depart", {"waive": dict.fromkeys(blocking(answer), reason)})


def _path(event_id: str) -> str:
    return f"/api/events/{event_id}"


def is_not_ready(answer: Answer) -> bool:
    return answer.status == 409 and bool(answer.json["Code"] == "NotReady")


def blocking(answer: Answer) -> list[str]:
    """The codes of the checks that a refused departure names."""
    return codes(answer.json["readiness"], "blocks")


def codes(readiness: dict[str, Any], state: str) -> list[str]:
    return [check["code"] for check in readiness["checks"] if check["state"] == state]


def readiness(api: Api, charter: dict[str, Any]) -> dict[str, Any]:
    return api.get(_path(charter["event_id"])).json["readiness"]  # type: ignore[no-any-return]


def state_of(api: Api, charter: dict[str, Any], code: str) -> str:
    return next(check["state"] for check in readiness(api, charter)["checks"] if check["code"] == code)


def leave(api: Api, charter: dict[str, Any], **waive: str) -> Answer:
    return api.post(f"{_path(charter['event_id'])}/depart", {"waive": waive} if waive else None)
