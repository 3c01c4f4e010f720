"""Domain errors. Each is a Chalice view error, carries its HTTP status and shapes its own body."""

import logging
import traceback
from typing import Any

from chalice.app import ChaliceUnhandledError, ChaliceViewError


class DomainError(ChaliceViewError, ChaliceUnhandledError):
    """An answer other than success, in one clear sentence.

    It is a view error for its status, and an "unhandled" one so that Chalice hands it to the
    middleware, which adds `Fields` and headers; Chalice itself would drop both.
    """

    STATUS_CODE = 500

    def __init__(self, message: str, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {"Code": type(self).__name__, "Message": str(self), **self.extra}


class BadInput(DomainError):
    """400. `fields` maps each wrong field to what it must be."""

    STATUS_CODE = 400

    def __init__(self, fields: dict[str, str] | None = None, message: str = "") -> None:
        if fields:
            name, rule = next(iter(fields.items()))
            super().__init__(message or f"{name} {rule}.", Fields=fields)
        else:
            super().__init__(message)
        self.fields = fields or {}


class NotSignedIn(DomainError):
    """401. One text for a missing, broken, expired or revoked token."""

    STATUS_CODE = 401

    def __init__(self, message: str = "Please sign in.") -> None:
        super().__init__(message, headers={"WWW-Authenticate": "Bearer"})


class CodeNeeded(NotSignedIn):
    """401 of a login with a second factor: something is wrong or missing, and it never says what."""


class Forbidden(DomainError):
    STATUS_CODE = 403


class NotFound(DomainError):
    """404. The text never tells a malformed id from an unknown one."""

    STATUS_CODE = 404


class Conflict(DomainError):
    """409. The request is fine, the record's state does not allow it."""

    STATUS_CODE = 409


class TooLarge(DomainError):
    STATUS_CODE = 413


class NotJson(DomainError):
    STATUS_CODE = 415


class TooManyTries(DomainError):
    """429 with `Retry-After` in seconds."""

    STATUS_CODE = 429

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after_s)})


class Busy(DomainError):
    """503. Others kept changing the same record; nothing was written."""

    STATUS_CODE = 503

    def __init__(self, message: str) -> None:
        super().__init__(message, headers={"Retry-After": "1"})


class AlreadyExists(Exception):
    """The record that a write wanted to make is there already: `item`."""

    def __init__(self, item: dict[str, Any]) -> None:
        super().__init__()
        self.item = item


class WriteConflict(Exception):
    """Somebody changed the record since it was read, or is changing it now. Nothing was written."""


class SettingsError(Exception):
    """A missing or wrong setting, named in one clear sentence."""


class ParametersUnread(SettingsError):
    """The Parameter Store did not answer, so that nothing is known of the settings that it holds."""


# What reading an item of the table raises that this product has not written.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def log_trace_only(record: logging.LogRecord) -> bool:
    """A logger's filter: of an exception, only what `trace` shows is logged."""
    if record.exc_info and record.exc_info[1]:
        record.msg, record.args = f"{record.getMessage()}\n{trace(record.exc_info[1])}", ()
        record.exc_info = record.exc_text = None
    return True


def trace(problem: BaseException) -> str:
    """Where it was raised and of which class, for the log; without its message, which may quote what a person typed."""
    lines = traceback.format_tb(problem.__traceback__)
    cause: BaseException | None = problem
    while cause is not None:
        answer = getattr(cause, "response", None)
        code = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else ""
        lines.append(f"{type(cause).__name__} {code}".rstrip() + "\n")
        cause = cause.__cause__ or cause.__context__
    return "".join(lines).rstrip()
