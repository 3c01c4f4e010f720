"""A day's work at the desk: charters, payments and waivers made by the product, in a table with its functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.core.settings import settings
from chalicelib.payments import service as payments
from chalicelib.payments.acts import void_payment
from chalicelib.waivers import signing
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.sealing import Visitor
from tests.support import operator
from tests.support.functions import create_functions
from tests.support.operator import ADMIN, NOW
from tests.support.stores import fresh_store
from tools import restore
from tools.common.cloud import Cloud


@dataclass(frozen=True)
class Desk:
    """A table with a day's work in it, and the cloud it stands in."""

    cloud: Cloud
    dynamodb: Any
    table: str

    def log_payment(self, event_id: str, amount_cents: int, **more: Any) -> str:
        payment_id = operator.uuid()
        body = {"method": "cash", "amount_cents": amount_cents, "notify": False, **more}
        payments.log_payment(event_id, payment_id, body, actor=ADMIN, now=NOW)
        return payment_id

    def create_charter(self) -> str:
        body = {"title": "Sail", "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T12:00:00Z"}
        return str(charters.create_charter(body, request_key=None, actor=ADMIN, now=NOW)[0]["event_id"])

    def sign_waiver(self, event_id: str, **more: str | list[str]) -> str:
        """The id of the signer's record."""
        form: dict[str, str | list[str]] = {
            "submission_id": operator.uuid(),
            "waiver_version": str(waiver_versions.sample("en")["waiver_version"]),
            "signer_name": "Ana Rivera",
            "esign_consent": "on",
            "intent": "on",
            "signature_typed": "Ana Rivera",
            **more,
        }
        given = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
        visitor = Visitor("192.0.2.7", "test")
        return signing.sign(event_id, signing.find_context(event_id, given), given, visitor=visitor, now=NOW)

    def read(self, table: str = "") -> restore.Contents:
        return restore.read(self.dynamodb, table or self.table)


@contextmanager
def open_desk(endpoint: str) -> Iterator[Desk]:
    cloud = Cloud(f"r{operator.uuid()[-8:]}", endpoint)
    with fresh_store(endpoint) as dynamodb:
        table = settings().table
        create_functions(cloud, operator.environment(SCC_TABLE=table))
        found = Desk(cloud, dynamodb, table)
        first, second = found.create_charter(), found.create_charter()
        found.log_payment(first, 40_000, kind="deposit")
        wrong = found.log_payment(first, 99_900)
        void_payment(first, wrong, {"reason": "typed twice"}, actor=ADMIN, now=NOW)
        found.log_payment(second, 12_345, method="check")
        for _ in range(3):
            found.sign_waiver(first)
        yield found
