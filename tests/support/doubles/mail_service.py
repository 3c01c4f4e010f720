"""Mail services of a test."""

import threading
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from chalicelib.mail import transport
from chalicelib.mail.transport import Outcome
from tests.support.doubles.faults import Died


class FakeMailService:
    """Accepts every message until it is told to do otherwise."""

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


class ScriptedMailService:
    """Gives these answers, one after the other; then it accepts every message."""

    def __init__(self, mailbox: list[EmailMessage], patch: pytest.MonkeyPatch) -> None:
        self.answers: list[Outcome] = []
        self.mailbox = mailbox
        patch.setattr(transport, "send", self.send)

    def send(self, message: EmailMessage) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Outcome("sent", "SES: 0100")
        if answer.status == "sent":
            self.mailbox.append(message)
        return answer
