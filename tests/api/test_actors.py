"""Every audit event says what its actor is, whatever name somebody has chosen."""

import functools
import json
from email.message import EmailMessage
from typing import Any

from chalicelib.core import dynamo
from tests.support import signed
from tests.support.api import Api
from tests.support.mails import copy_path


def stored_events() -> list[dict[str, Any]]:
    items = dynamo.db().scan(TableName=dynamo.table_name())["Items"]
    return [json.loads(item["data"]["S"]) for item in items if "AUDIT#" in item["SK"]["S"]]


def test_each_act_on_charter_payment_mail_manifest_and_waiver_is_told_with_the_type_of_its_actor(
    api: Api, guest: Api, event: dict[str, Any], log: Any, mailbox: list[EmailMessage]
) -> None:
    url = signed.url(event)
    sign = functools.partial(signed.sign, guest, event, signer_email="bo@example.com")
    waiver_id, twin = sign(signer_name="admin"), sign(signer_name="system")
    guest.get(copy_path(mailbox[0]))
    payment = log()["payment"]["payment_id"]
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", url, {"version": api.get(url).json["version"], "notes": "changed"}),
        ("POST", f"{url}/payments/{payment}/receipt", {}),
        ("POST", f"{url}/check-in", {"waiver_id": waiver_id, "state": "aboard"}),
        ("POST", f"{url}/safety-briefing", {"done": True}),
        ("POST", f"{url}/guest-link", {}),
        ("PUT", "/api/waiver-versions/current", {"title": "New", "text": "New text."}),
        ("POST", f"{url}/waivers/{twin}/set-aside", {"reason": "signed twice"}),
        ("POST", f"{url}/waivers/{twin}/erase", {"reason": "asked by mail"}),
        ("POST", f"{url}/cancel", {"reason": "gale warning"}),
    ]
    for method, path, body in acts:
        answer = api.call(method, path, body or None)
        assert answer.status < 300, (path, answer.text)
    signed.record(api, event, waiver_id)

    types: dict[str, set[str]] = {}
    for found in stored_events():
        types.setdefault(found["act"], set()).add(found["actor_type"])
    guests = {"opened": {"signer"}, "signed": {"signer"}, "link_opened": {"link"}}
    by_itself = {"copy_sent": {"system"}, "signed_first": {"system"}}
    assert {act: found for act, found in types.items() if act in guests | by_itself} == guests | by_itself
    by_admins = {act: found for act, found in types.items() if act not in guests | by_itself}
    assert by_admins.keys() >= {
        *("created", "edited", "cancelled", "guest_link_renewed", "receipt_asked", "published"),
        *("set_aside", "erased", "viewed"),
    }
    assert len(by_admins) >= 11, "and those of the manifest"
    assert set(map(frozenset, by_admins.values())) == {frozenset({"admin"})}
