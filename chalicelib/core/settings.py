"""The environment of the function: read when first needed, checked once, wrong ones named."""

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.core import aws, names, system, times
from chalicelib.core.errors import ParametersUnread, SettingsError
from chalicelib.core.text import is_currency, is_email, is_phone

log = logging.getLogger("scc.settings")

# Mail domains whose owners forbid others, SES among them, to sign for them (their DMARC policy rejects it).
FREEMAIL = frozenset((
    "gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
    "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "gmx.de",
    "web.de", "mail.com", "zoho.com", "yandex.com",
))  # fmt: skip
# RFC 6238 in base32, 160 bits or more, as `tools.password --totp` prints it.
_TOTP_KEY = r"[A-Z2-7]{32,64}"
# As `tools.password` prints it; a cost above 2^19 would not fit into the function's memory.
_HASH = r"scrypt\$ln=([1-9]|1\d),r=8,p=1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}"


class Settings(NamedTuple):
    table: str
    base_url: str
    timezone: str
    currency: str
    operator_name: str
    operator_email: str
    operator_phone: str
    mail_transport: str
    mail_from: str
    mail_configuration_set: str
    """Of SES; empty: the identity's default. Without one, SES reports neither bounces nor complaints."""
    gmail_user: str
    gmail_token: str
    admins: Mapping[str, str]
    """Password hash by admin name; the one admin without a name is `admin`."""
    totp_secrets: Mapping[str, str]
    """By admin name, for those who log in with a second factor."""
    origin_secrets: tuple[str, ...]
    """What the edge may send to show that a request came through it; empty only on this machine."""
    link_secret: str
    """What private links are made of; empty: the admins' passwords."""
    adult_years: int
    """People who are younger on the day of the trip cannot sign alone."""
    retention_years: int
    """How long a waiver's personal data is kept at least."""

    @property
    def named_admins(self) -> bool:
        return set(self.admins) != {"admin"}

    @property
    def minors_kept_until_age(self) -> int:
        """What concerns a minor is kept at least until this age: time to claim runs from the day of coming of age."""
        return self.adult_years + 3


# Where nothing but this machine can call, an API without an edge harms nobody.
LOOPBACK = frozenset(("localhost", "127.0.0.1"))
# A value that was changed in the Parameter Store, such as a password, counts after this long at the latest.
REREAD_AFTER_S = 300
# When the store does not answer: how soon it is asked again, and how long what it said last still counts.
RETRY_AFTER_S = 30
KEEP_S = 1800


class _Moment(NamedTuple):
    """By two clocks: the first may be set, the second stands still while Lambda freezes the container."""

    wall: datetime
    running_s: float

    @classmethod
    def now(cls) -> "_Moment":
        return cls(system.utc_now(), system.monotonic_s())

    def age_s(self) -> float:
        """By whichever clock has moved more. A clock that was set back has moved, too."""
        now = self.now()
        return max(abs((now.wall - self.wall).total_seconds()), now.running_s - self.running_s)


class _Kept(NamedTuple):
    settings: "Settings"
    read_at: _Moment
    asked_at: _Moment
    """When the store was asked last, whether or not it answered."""
    ask_after_s: float


# At most one: the settings of this process.
_kept: list[_Kept] = []


def settings() -> Settings:
    """The checked settings. Raises SettingsError.

    While the Parameter Store cannot be read, those that were read last count for KEEP_S more seconds. What it has
    but is wrong, or has no longer, counts at once.
    """
    kept = _kept[0] if _kept else None
    if kept and kept.asked_at.age_s() < kept.ask_after_s:
        return kept.settings
    asked_at = _Moment.now()
    try:
        # With something to fall back on, nobody waits for a second try.
        found = load(os.environ, _parameter_store(attempts=1 if kept else 3))
    except ParametersUnread as problem:
        if not kept or kept.read_at.age_s() >= KEEP_S:
            raise
        log.error("Setting: %s The last ones are kept.", problem)
        kept = kept._replace(asked_at=asked_at, ask_after_s=RETRY_AFTER_S)
    else:
        kept = _Kept(found, asked_at, asked_at, REREAD_AFTER_S)
    _kept[:] = [kept]
    return kept.settings


def forget() -> None:
    """The next call reads everything anew."""
    _kept.clear()


Check = tuple[Callable[[str], object], str]
"""Whether a value is right, and the end of the sentence about one that is not."""

# Requests are refused in the same words.
NO_CURRENCY = "must be an ISO 4217 code such as USD"
NO_EMAIL = "must be an email address"
NO_PHONE = "must be a phone number"
NO_TIMEZONE = "must be an IANA time zone such as America/Los_Angeles"

ReadParameters = Callable[[Sequence[str]], Mapping[str, str]]
"""Values of the Parameter Store by their names; those that are not there are left out."""

# How a setting begins whose value stands in the Parameter Store.
STORED = "ssm:"
# How the names of this product's variables begin.
PREFIXES = ("SCC_", "ADMIN_")

ANYTHING: Check = (lambda _: True, "")
EMAIL: Check = (is_email, NO_EMAIL)
ONE_LINE: Check = (
    lambda value: len(value) <= 100 and value.isprintable(),
    "must be one line of at most 100 characters",
)
NAME: Check = (
    lambda value: ONE_LINE[0](value) and names.has_visible_glyph(value),
    "must be one line of at most 100 characters that can be seen",
)
TRANSPORT: Check = (("ses", "gmail").__contains__, "must be ses or gmail")
BASE_URL: Check = (
    lambda value: re.fullmatch(r"(https://[^\s/?#]+|http://(localhost|127\.0\.0\.1)(:\d+)?)/*", value),
    "must be an https URL without a path",
)
CURRENCY: Check = (is_currency, NO_CURRENCY)
CONFIGURATION_SET: Check = (
    lambda value: re.fullmatch(r"[A-Za-z0-9_-]{0,64}", value),
    "must be the name of an SES configuration set",
)
LINK_SECRET: Check = (lambda value: not value or len(value) >= 32, "must have at least 32 characters")
PHONE: Check = (lambda value: not value or is_phone(value), NO_PHONE)
ADULT_YEARS: Check = (("18", "19", "20", "21").__contains__, "must be 18, 19, 20 or 21")
RETENTION_YEARS: Check = (
    lambda value: re.fullmatch(r"[1-9][0-9]?|100", value),
    "must be a whole number of years from 1 to 100",
)


def _is_timezone(name: str) -> bool:
    try:
        times.zone(name)
    except ValueError:
        return False
    return True


TIMEZONE: Check = (_is_timezone, NO_TIMEZONE)


def load(environment: Mapping[str, str], read_parameters: ReadParameters | None = None) -> Settings:
    """Checks everything. Raises SettingsError naming the first setting that is missing or wrong."""
    stored = _read_stored(environment, read_parameters or _parameter_store(attempts=3))

    def read(name: str, check: Check = ANYTHING, default: str | None = None) -> str:
        value = environment.get(name, "").strip()
        if value.startswith(STORED):
            try:
                value = stored[value.removeprefix(STORED)].strip()
            except KeyError:
                raise SettingsError(f"{name}: the Parameter Store does not have the parameter it names.") from None
        if not value and default is None:
            raise SettingsError(f"{name} is missing.")
        value, (is_right, rule) = value or default or "", check
        if not is_right(value):
            raise SettingsError(f"{name} {rule}.")
        return value

    transport = read("SCC_MAIL_TRANSPORT", TRANSPORT)
    by_ses = transport == "ses"
    mail_from = read("SCC_MAIL_FROM", EMAIL) if by_ses else ""
    domain = mail_from.rpartition("@")[2].lower()
    if domain in FREEMAIL:
        raise SettingsError(f"SCC_MAIL_FROM is at {domain}, which SES cannot sign for; use the gmail transport.")
    admins, totp_secrets = parse_admins(read("ADMIN_PASS_HASH")), parse_totp_secrets(read("ADMIN_TOTP", default="off"))
    if not totp_secrets.keys() <= admins.keys():
        # Otherwise a second factor that protects no admin would look like one that does.
        raise SettingsError("ADMIN_TOTP has a secret for somebody who is not in ADMIN_PASS_HASH.")
    base_url = read("SCC_BASE_URL", BASE_URL).rstrip("/")
    origin_secrets = tuple(filter(None, map(str.strip, read("SCC_ORIGIN_SECRETS", default="").split(","))))
    if not origin_secrets and urlsplit(base_url).hostname not in LOOPBACK:
        # Without one, the API's own address would answer everybody, and believe the addresses that they claim.
        raise SettingsError("SCC_ORIGIN_SECRETS is missing; only with SCC_BASE_URL at localhost it may be.")
    return Settings(
        table=read("SCC_TABLE"),
        base_url=base_url,
        timezone=read("SCC_TIMEZONE", TIMEZONE, "America/Los_Angeles"),
        currency=read("SCC_CURRENCY", CURRENCY, "USD"),
        operator_name=names.clean(read("SCC_OPERATOR_NAME", NAME)),
        operator_email=read("SCC_OPERATOR_EMAIL", EMAIL),
        operator_phone=read("SCC_OPERATOR_PHONE", PHONE, ""),
        mail_transport=transport,
        mail_from=mail_from,
        mail_configuration_set=read("SCC_MAIL_CONFIGURATION_SET", CONFIGURATION_SET, "") if by_ses else "",
        gmail_user="" if by_ses else read("SCC_GMAIL_USER", EMAIL),
        gmail_token="" if by_ses else read("SCC_GMAIL_TOKEN"),
        admins=admins,
        totp_secrets=totp_secrets,
        origin_secrets=origin_secrets,
        link_secret=read("SCC_LINK_SECRET", LINK_SECRET, ""),
        adult_years=int(read("SCC_ADULT_YEARS", ADULT_YEARS, "18")),
        retention_years=int(read("SCC_RETENTION_YEARS", RETENTION_YEARS, "7")),
    )


def _parameter_store(attempts: int) -> ReadParameters:
    # The client is made when there is something to read.
    return lambda names: aws.read_parameters(aws.client("ssm", attempts=attempts), names)


def _read_stored(environment: Mapping[str, str], read_parameters: ReadParameters) -> Mapping[str, str]:
    """What the settings name in the Parameter Store, by those names. Raises ParametersUnread."""
    naming = {
        name: value.strip().removeprefix(STORED)
        for name, value in environment.items()
        if name.startswith(PREFIXES) and value.strip().startswith(STORED)
    }
    # One name that cannot be a parameter's would spoil the call for all.
    asked = sorted({parameter for parameter in naming.values() if re.fullmatch(r"[A-Za-z0-9_./-]+", parameter)})
    if not asked:
        return {}
    try:
        return read_parameters(asked)
    except Exception as problem:
        code = getattr(problem, "response", {}).get("Error", {}).get("Code", type(problem).__name__)
        raise ParametersUnread(f"{', '.join(naming)}: the Parameter Store cannot be read ({code}).") from None


def parse_admins(text: str) -> dict[str, str]:
    """`scrypt$…`, or `ana=scrypt$…;ben=scrypt$…`, as hashes by name."""
    rule = "ADMIN_PASS_HASH must be what `python -m tools.password` prints, or name=hash pairs joined by ';'."
    if admins := _by_admin(text.split(";"), _HASH, rule):
        return admins
    raise SettingsError("ADMIN_PASS_HASH is missing.")


def parse_totp_secrets(text: str) -> dict[str, str]:
    """`off`, one secret, or `ana=SECRET;ben=SECRET`, as secrets by name."""
    command = "`python -m tools.password --totp`"
    rule = f"ADMIN_TOTP must be off, what {command} prints, or name=secret pairs joined by ';'."
    return _by_admin([] if text == "off" else text.split(";"), _TOTP_KEY, rule)


def _by_admin(entries: Iterable[str], pattern: str, rule: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in filter(None, map(str.strip, entries)):
        name, value = ("admin", entry) if re.fullmatch(pattern, entry) else entry.partition("=")[::2]
        if not re.fullmatch(r"[\w.@-]{1,60}", name) or not re.fullmatch(pattern, value) or name in found:
            raise SettingsError(rule)
        found[name] = value
    return found
