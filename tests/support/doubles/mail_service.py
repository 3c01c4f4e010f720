"""The mail service of a test: it accepts every message until it is told to do otherwise."""

import threading
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from chalicelib.mail import transport
from chalicelib.mail.transport import Outcome
from tests.support.doubles.faults import Died


class FakeMailService:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.accepted: list[EmailMessage] = []
        self.outcome = Outcome("sent", "test")
        self.then: Callable[[], None] = lambda: None
        """Runs after a message was accepted and before the sender gets the answer."""
        self._lock = threading.Lock()
        patch.setattr(transport, "send", self._send)

    def _send(self, message: EmailMessage) -> Outcome:
        if self.outcome.status in ("sent", "uncertain"):
            with self._lock:
                self.accepted.append(message)
        self.then()
        return self.outcome

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.accepted]

    def fails(self, note: str = "SES: ServiceUnavailable") -> None:
        self.outcome = Outcome("retry", note)

    def works(self) -> None:
        self.outcome, self.then = Outcome("sent", "test"), lambda: None

    def kills_after_acceptance(self) -> None:
        def die() -> None:
            raise Died

        self.then = die
