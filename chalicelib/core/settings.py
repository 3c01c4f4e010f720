"""The environment of the function: read when first needed, checked once, wrong ones named."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.core import aws, names, system, times
from chalicelib.core.errors import SettingsError
from chalicelib.core.text import is_currency, is_email

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


# A value that was changed in the Parameter Store, such as a password, counts after this long at the latest.
REREAD_AFTER_S = 300


def settings() -> Settings:
    """The checked settings. Raises SettingsError."""
    return _load_in_period(int(system.utc_now().timestamp()) // REREAD_AFTER_S)


def forget() -> None:
    """The next call reads everything anew."""
    _load_in_period.cache_clear()


@lru_cache(maxsize=1)
def _load_in_period(_period: int) -> Settings:
    return load(os.environ)


Check = tuple[Callable[[str], object], str]
"""Whether a value is right, and the end of the sentence about one that is not."""

# Requests are refused in the same words.
NO_CURRENCY = "must be an ISO 4217 code such as USD"
NO_EMAIL = "must be an email address"
NO_TIMEZONE = "must be an IANA time zone such as America/Los_Angeles"

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


def load(environment: Mapping[str, str], read_parameter: Callable[[str], str] = aws.read_parameter) -> Settings:
    """Checks everything. Raises SettingsError naming the first setting that is missing or wrong."""

    def read(name: str, check: Check = ANYTHING, default: str | None = None) -> str:
        value = environment.get(name, "").strip()
        if value.startswith("ssm:"):
            try:
                value = read_parameter(value.removeprefix("ssm:")).strip()
            except Exception as problem:
                kind = type(problem).__name__
                raise SettingsError(f"{name}: the parameter it names cannot be read ({kind}).") from None
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
    origin_secrets = [secret.strip() for secret in read("SCC_ORIGIN_SECRETS", default="").split(",")]
    return Settings(
        table=read("SCC_TABLE"),
        base_url=read("SCC_BASE_URL", BASE_URL).rstrip("/"),
        timezone=read("SCC_TIMEZONE", TIMEZONE, "America/Los_Angeles"),
        currency=read("SCC_CURRENCY", CURRENCY, "USD"),
        operator_name=names.clean(read("SCC_OPERATOR_NAME", NAME)),
        operator_email=read("SCC_OPERATOR_EMAIL", EMAIL),
        operator_phone=read("SCC_OPERATOR_PHONE", ONE_LINE, ""),
        mail_transport=transport,
        mail_from=mail_from,
        mail_configuration_set=read("SCC_MAIL_CONFIGURATION_SET", CONFIGURATION_SET, "") if by_ses else "",
        gmail_user="" if by_ses else read("SCC_GMAIL_USER", EMAIL),
        gmail_token="" if by_ses else read("SCC_GMAIL_TOKEN"),
        admins=admins,
        totp_secrets=totp_secrets,
        origin_secrets=tuple(filter(None, origin_secrets)),
        adult_years=int(read("SCC_ADULT_YEARS", ADULT_YEARS, "18")),
        retention_years=int(read("SCC_RETENTION_YEARS", RETENTION_YEARS, "7")),
    )


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
