"""An operator's environment, and the people, charters and payments of the tests below the API."""

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from chalicelib.charters import store as charter_store
from chalicelib.core import settings, system, times
from chalicelib.core.audit import Actor
from chalicelib.money.ledger import Sums
from chalicelib.sign_in import passwords

PASSWORD = "a-long-enough-password"
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
ADMIN = Actor("admin", "192.0.2.7", "admin")
_numbers = itertools.count(1)


@cache
def password_hash() -> str:
    """As `tools.password` makes it, at a fraction of the cost, and the same in every process of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "LOG2_N", 8)
        patch.setattr(system, "random_bytes", lambda size: bytes(range(size)))
        return passwords.hash_password(PASSWORD)


def environment(**changes: str) -> dict[str, str]:
    """A complete environment of the function; an empty value takes a setting away."""
    values = {
        "ADMIN_PASS_HASH": password_hash(),
        "SCC_TABLE": "none",
        "SCC_BASE_URL": "https://sail.example.com",
        "SCC_TIMEZONE": "America/Los_Angeles",
        "SCC_CURRENCY": "USD",
        "SCC_OPERATOR_NAME": "Bay Sail",
        "SCC_OPERATOR_EMAIL": "ops@sail.example.com",
        "SCC_OPERATOR_PHONE": "+1 415 555 0123",
        "SCC_MAIL_TRANSPORT": "ses",
        "SCC_MAIL_FROM": "captain@sail.example.com",
        "SCC_MAIL_CONFIGURATION_SET": "ship-captain-crew-prod",
        "SCC_ORIGIN_SECRETS": "edge-secret",
        **changes,
    }
    return {name: value for name, value in values.items() if value}


@contextmanager
def operating(**changes: str) -> Iterator[None]:
    """The function's environment is this operator's, and nobody else's, for as long as it lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in changes:
            patch.delenv(name, raising=False)
        for name, value in environment(**changes).items():
            patch.setenv(name, value)
        settings.forget()
        yield
    settings.forget()


def at(minutes: float = 0) -> datetime:
    return NOW + timedelta(minutes=minutes)


def details(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Sunset sail",
        "starts_at": "2026-11-29T01:00:00Z",
        "ends_at": "2026-11-29T04:00:00Z",
        "timezone": "America/Los_Angeles",
        "boat_id": None,
        "vessel": "Sea Otter",
        "passenger_limit": 6,
        "departure_port": "Sausalito",
        "return_port": "Sausalito",
        "captain": None,
        "crew": [],
        "patron": {"name": "Ana Rivera", "email": "ana@example.com", "phone": ""},
        "party_size": 4,
        "charter_fee_cents": 120_000,
        "cancellation_fee_cents": 0,
        "currency": "USD",
        "notes": "",
        "guest_notes": "",
        "guests": [],
        "balance_reminders": False,
        **changes,
    }


def event(*, status: str = "scheduled", event_id: str = "", **changes: Any) -> charter_store.Charter:
    """A charter as the store keeps it."""
    return charter_store.Charter(
        event_id=event_id or secrets.token_urlsafe(16),
        details=details(**changes),
        status=status,
        version=1,
        sums=Sums(),
        ledger_seq=0,
        signed_count=0,
        created_at=times.format_instant(NOW),
        edited_at=times.format_instant(NOW),
        updated_at=times.format_instant(NOW),
        reminders_since=times.format_instant(NOW) if changes.get("balance_reminders") else "",
    )


def uuid() -> str:
    return f"00000000-0000-7000-8000-{next(_numbers):012d}"


def payment(event_id: str = "A" * 22, **changes: Any) -> dict[str, Any]:
    """A ledger row as `payments` makes it."""
    at = times.format_instant(NOW)
    return {
        "payment_id": uuid(),
        "event_id": event_id,
        "kind": "balance",
        "refund_of": None,
        "method": "cash",
        "amount_cents": 50_000,
        "currency": "USD",
        "payer": "Ana Rivera",
        "reference": "",
        "note": "",
        "received_at": at,
        "recorded_at": at,
        "recorded_by": "admin",
        "cleared_at": at,
        "status": "cleared",
        "void": None,
        "bounce": None,
        "duplicate_of": None,
        "corrects": None,
        "corrected_by": None,
        "clearance": None,
        "refunds_tip": False,
        "first_logged_at": changes.get("recorded_at", at),
        "taken": [],
        "batch_id": "",
        "charter": "Sunset sail",
        "address": "192.0.2.7",
        **changes,
    }
