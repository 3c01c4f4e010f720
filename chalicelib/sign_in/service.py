"""Signing in: password, second factor and the throttles before them."""

import logging
import re
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from chalicelib.core import system, times
from chalicelib.core.errors import CodeNeeded, NotSignedIn, TooManyTries
from chalicelib.core.fields import Flag, Form, Parsed, Refused, Rule, Text, rules_of
from chalicelib.core.schemas import Schema
from chalicelib.core.settings import settings
from chalicelib.core.tags import is_tag, tag
from chalicelib.core.text import has_any
from chalicelib.core.throttle import address_limits, client_network, count_try
from chalicelib.sign_in import store, totp
from chalicelib.sign_in.passwords import BLOCK_SIZE, LOG2_N, MAX_PASSWORD_CHARS, PARALLELISM, verify_password
from chalicelib.sign_in.sessions import ABSOLUTE, IDLE, KEPT, digest, fingerprint

log = logging.getLogger("scc.sign_in")
# Lambda's root logger starts at WARNING; who signed in has to be in the log.
log.setLevel(logging.INFO)

WINDOW_S = 15 * 60
# From an address, and on a device that has logged in before, which guesses from its own address cannot use up.
TRIES = 20
TRIES_OVERALL = 200
# Wrong codes with the right password, per admin and window: the sender knows the password. The limit holds from all
# addresses together, because there are only a million codes: a delay would not be enough (RFC 4226 section 7.3).
WRONG_CODES = 10
# Above the overall limit every try waits: guessing gets slow, and the owner still gets in.
OVERFLOW_DELAY_S = 2.0

# Verified when the name is unknown, so that a wrong name takes as long as a wrong password.
_HASH_OF_NO_PASSWORD = f"scrypt$ln={LOG2_N},r={BLOCK_SIZE},p={PARALLELISM}${'A' * 22}${'A' * 43}"


def _read_code(text: str) -> str:
    # Apps show it in two groups.
    code = re.sub(r"\s", "", text)
    if code and not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError(text)
    return code


CODE_DOC = {"description": "Of the second factor; known only where one is set up."}
DEVICE_DOC = {"description": "What an earlier login of this admin on this device has answered; any other is ignored."}


class Secret(Rule):
    """Text taken to the letter: neither trimmed nor echoed."""

    def __init__(self, max_chars: int) -> None:
        super().__init__()
        self.max_chars = max_chars

    blank = ""

    def parse(self, value: Any) -> str:
        if not isinstance(value, str) or has_any("", value):
            raise Refused("must be text")
        if not 0 < len(value) <= self.max_chars:
            raise Refused(f"must have 1 to {self.max_chars} characters")
        return value

    def shape(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self.max_chars}


class Credentials(NamedTuple):
    password: Annotated[str, Secret(MAX_PASSWORD_CHARS)]
    name: Annotated[str, Text(60, "", doc={"description": "Required where there are several admins."})]
    keep_signed_in: Annotated[bool, Flag(False)]
    code: Annotated[
        str, Parsed(_read_code, "must be the six digits that the authenticator app shows", 20, CODE_DOC)
    ] = ""
    device: Annotated[str, Text(100, "", doc=DEVICE_DOC)] = ""


def parse_credentials(body: dict[str, Any]) -> Credentials:
    form = Form(body)
    rules = dict(rules_of(Credentials))
    if not settings().totp_secrets:
        del rules["code"]
    credentials = Credentials(**form.read_all(rules))
    if settings().named_admins and not credentials.name:
        form.refuse("name", "is required")
    form.finish()
    return credentials


def log_in(credentials: Credentials, *, address: str, now: datetime) -> dict[str, str]:
    """A new session. Raises NotSignedIn with one text for every wrong name, password or code, or TooManyTries."""
    admins = settings().admins
    name = credentials.name if settings().named_admins else "admin"
    device_id = _known_device(credentials.device, name)
    limits = {f"device {device_id}": TRIES} if device_id else address_limits(address, TRIES)
    window, elapsed_s = divmod(int(now.timestamp()), WINDOW_S)
    throttles, ttl_s = {f"login#{key}#{window}": most for key, most in limits.items()}, (window + 2) * WINDOW_S
    # Tells one source of tries from another without saying whose it is; an alarm counts the lines of refusals: see
    # RefusedSignInsAlarm in .chalice/resources.yaml.
    origin = f"device {device_id}" if device_id else f"network {client_network(address)}"
    source = f"{origin.partition(' ')[0]} {tag(origin)[:8]}"
    # Counted before hashing, or many tries at once would all pass; uncounted when the password is right.
    for throttle, most in throttles.items():
        if count_try(throttle, +1, ttl_s) > most:
            log.warning("sign-in refused: too many tries from %s", source)
            where = "on this device" if device_id else "from this address"
            raise TooManyTries(f"Too many tries {where}. Please wait and try again.", WINDOW_S - elapsed_s)
    if count_try(f"login#{window}", +1, ttl_s) > TRIES_OVERALL:
        system.sleep(OVERFLOW_DELAY_S)
    right = verify_password(credentials.password, admins.get(name, _HASH_OF_NO_PASSWORD)) and name in admins
    if not _check_code(name if right else "", credentials.code, now) or not right:
        log.warning("sign-in refused: wrong %s from %s", "code" if right else "name or password", source)
        raise _not_signed_in()
    for throttle in (*throttles, f"login#{window}"):
        count_try(throttle, -1, ttl_s)

    token = system.random_token(32)
    absolute_end = now + (KEPT if credentials.keep_signed_in else ABSOLUTE)
    idle_end = absolute_end if credentials.keep_signed_in else now + IDLE
    session: store.StoredSession = {
        "admin": name,
        "absolute_end": times.format_instant(absolute_end),
        "kept": credentials.keep_signed_in,
        "fingerprint": fingerprint(name),
    }
    store.put_session(digest(token), session, int(idle_end.timestamp()), int(absolute_end.timestamp()))
    log.info("signed in: %s from %s%s", name, source, " with a code" if name in settings().totp_secrets else "")
    return {
        "token": token,
        "role": "admin",
        "expires_at": times.format_instant(idle_end),
        "device": credentials.device if device_id else _new_device(name),
    }


def _new_device(name: str) -> str:
    """What shows later that this admin has logged in on a device: it gives tries of their own, and opens nothing.

    Signed, not stored. The signature's key is made of the password hashes, so a changed password ends it. It is one
    admin's, or an admin could make devices to guess another's password on.
    """
    device_id = system.random_token(16)
    return f"{device_id}.{tag(_device_text(device_id, name))}"


def _known_device(device: str, name: str) -> str:
    """The id of a device on which this admin has logged in before; empty for what no login of theirs has answered."""
    device_id, _, given = device.partition(".")
    return device_id if is_tag(_device_text(device_id, name), given) else ""


def _device_text(device_id: str, name: str) -> str:
    return f"device#{device_id}#{name}"


def _check_code(name: str, code: str, now: datetime) -> bool:
    """Whether this admin needs no code, or gave a right and unused one. An empty name: the password was wrong."""
    secrets_by_name = settings().totp_secrets
    if not secrets_by_name or (name and name not in secrets_by_name):
        return True
    window = int(now.timestamp()) // WINDOW_S
    throttle, ttl_s = f"code#{name}#{window}", (window + 2) * WINDOW_S
    # Counted for a wrong password too, or the time of the answer would show which of the two is wrong.
    tries = count_try(throttle, +1, ttl_s)
    if not name:
        return False
    if tries > WRONG_CODES:
        # An error raises the alarm: the remedy is a new password.
        log.error("sign-in of %s is closed for some minutes: somebody knows the password and guesses codes", name)
        return False
    step = totp.find_step(secrets_by_name[name], code, now)
    used_until_s = int(now.timestamp()) + (2 * totp.STEPS_OFF + 1) * totp.STEP_S
    if step is None or not store.use_code(name, step, used_until_s):
        return False
    count_try(throttle, -1, ttl_s)
    return True


def _not_signed_in() -> NotSignedIn:
    named = settings().named_admins
    if settings().totp_secrets:
        # One text for all that can be wrong: without the code, nobody learns that a password is right.
        return CodeNeeded(f"That {'name, ' if named else ''}password or code is not right.")
    return NotSignedIn("That name and password do not match." if named else "That password is not right.")
