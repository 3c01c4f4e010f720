"""Signed waivers as an admin, or whoever gets a file of the log, sees them through the API."""

import base64
import json
from typing import Any

from chalicelib.waivers.evidence import verify
from tests.support.api import Api
from tests.support.pages import page, signature


def sign(guest: Api, charter: dict[str, Any], **changes: Any) -> str:
    """Signs on the charter's page; the id of the signer's record."""
    answer = guest.submit(page(charter), signature(guest, charter, **changes))
    assert answer.status == 303, answer.text
    return answer.headers["location"].partition("signed=")[2][:32]


def sign_all(guest: Api, charter: dict[str, Any], *names: str) -> list[str]:
    return [sign(guest, charter, signer_name=name) for name in names]


def leaves(api: Api) -> list[dict[str, Any]]:
    return api.get("/api/waivers.json").json["leaves"]  # type: ignore[no-any-return]


def records(api: Api) -> list[dict[str, Any]]:
    """The signed records in the order of the log, each with what is still disclosed of it."""
    return [{**leaf["payload"], **disclosed(leaf)} for leaf in leaves(api) if leaf["payload"]["type"] == "waiver"]


def disclosed(leaf: dict[str, Any]) -> dict[str, Any]:
    """The fields that the disclosures of a leaf or a bundle open."""
    decoded = (json.loads(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))) for one in leaf["disclosures"])
    return {name: value for _salt, name, value in decoded}


def fault(api: Api) -> str | None:
    """What a stranger finds wrong with the exported log."""
    return verify.find_fault_in(api.get("/api/waivers.json").text.encode()).fault


def record(api: Api, charter: dict[str, Any], waiver_id: str) -> dict[str, Any]:
    answer = api.get(f"{url(charter)}/waivers/{waiver_id}")
    assert answer.status == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


def set_aside(api: Api, charter: dict[str, Any], waiver_id: str, reason: str = "signed twice") -> dict[str, Any]:
    answer = api.post(f"{url(charter)}/waivers/{waiver_id}/set-aside", {"reason": reason})
    assert answer.status == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


def erase(api: Api, charter: dict[str, Any], waiver_id: str, reason: str = "asked by mail") -> dict[str, Any]:
    answer = api.post(f"{url(charter)}/waivers/{waiver_id}/erase", {"reason": reason})
    assert answer.status == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


def url(charter: dict[str, Any]) -> str:
    return f"/api/events/{charter['event_id']}"
