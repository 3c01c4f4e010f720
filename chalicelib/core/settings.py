"""The environment of the function: read when first needed, checked once, wrong ones named."""

import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.core import aws, system, times
from chalicelib.core.errors import SettingsError
from chalicelib.core.text import is_email

# Mail domains whose owners forbid others, SES among them, to sign for them (their DMARC policy rejects it).
FREEMAIL = frozenset(
    "gmail.com googlemail.com yahoo.com ymail.com outlook.com hotmail.com live.com msn.com icloud.com me.com "
    "mac.com aol.com proton.me protonmail.com gmx.com gmx.net gmx.de web.de mail.com zoho.com yandex.com".split()
)
# RFC 6238 in base32, 160 bits or more, as `tools.password --totp` prints it.
_TOTP_KEY = r"[A-Z2-7]{32,64}"
# Just what `tools.password` prints; a cost past 2^19 would not fit into the function's memory.
_HASH = re.compile(r"scrypt\$ln=([1-9]|1\d),r=8,p=1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}")


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
    gmail_user: str
    gmail_token: str
    admins: Mapping[str, str]
    """Password hash by admin name; the one admin without a name is `admin`."""
    totp_secrets: Mapping[str, str]
    """By admin name, for those who log in with a second factor."""
    origin_secrets: tuple[str, ...]
    adult_years: int
    """Whoever is younger on the day of the trip cannot sign alone."""

    @property
    def named_admins(self) -> bool:
        return set(self.admins) != {"admin"}


# A value in the Parameter Store, a changed password say, counts after this long at the latest.
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


def load(environment: Mapping[str, str], read_parameter: Callable[[str], str] = aws.read_parameter) -> Settings:
    """Checks everything. Raises SettingsError naming the first setting that is missing or wrong."""

    def get(name: str, default: str | None = None) -> str:
        value = environment.get(name, "").strip()
        if value.startswith("ssm:"):
            try:
                value = read_parameter(value.removeprefix("ssm:")).strip()
            except Exception as problem:
                raise SettingsError(
                    f"{name}: the parameter it names cannot be read ({type(problem).__name__})."
                ) from None
        if value:
            return value
        if default is None:
            raise SettingsError(f"{name} is missing.")
        return default

    def checked(name: str, value: str, ok: bool, rule: str) -> str:
        if not ok:
            raise SettingsError(f"{name} {rule}.")
        return value

    transport = get("SCC_MAIL_TRANSPORT")
    checked("SCC_MAIL_TRANSPORT", transport, transport in ("ses", "gmail"), "must be ses or gmail")
    ses, gmail = transport == "ses", transport == "gmail"
    mail_from = get("SCC_MAIL_FROM", None if ses else "")
    gmail_user = get("SCC_GMAIL_USER", None if gmail else "")
    if ses:
        checked("SCC_MAIL_FROM", mail_from, is_email(mail_from), "must be an email address")
        domain = mail_from.rpartition("@")[2].lower()
        checked(
            "SCC_MAIL_FROM",
            mail_from,
            domain not in FREEMAIL,
            f"is at {domain}, which SES cannot sign for; use the gmail transport",
        )
    else:
        checked("SCC_GMAIL_USER", gmail_user, is_email(gmail_user), "must be an email address")

    base_url = get("SCC_BASE_URL").rstrip("/")
    secure = re.fullmatch(r"https://[^\s/?#]+|http://(localhost|127\.0\.0\.1)(:\d+)?", base_url)
    checked("SCC_BASE_URL", base_url, secure is not None, "must be an https URL without a path")
    timezone = get("SCC_TIMEZONE", "America/Los_Angeles")
    checked("SCC_TIMEZONE", timezone, _is_timezone(timezone), "must be an IANA time zone such as America/Los_Angeles")
    currency = get("SCC_CURRENCY", "USD")
    checked(
        "SCC_CURRENCY",
        currency,
        re.fullmatch(r"[A-Z]{3}", currency) is not None,
        "must be an ISO 4217 code such as USD",
    )
    adult_years = get("SCC_ADULT_YEARS", "18")
    checked("SCC_ADULT_YEARS", adult_years, adult_years in ("18", "19", "20", "21"), "must be 18, 19, 20 or 21")
    operator_email = get("SCC_OPERATOR_EMAIL")
    checked("SCC_OPERATOR_EMAIL", operator_email, is_email(operator_email), "must be an email address")

    admins, totp_secrets = parse_admins(get("ADMIN_PASS_HASH")), parse_totp_secrets(get("ADMIN_TOTP", "off"))
    if not totp_secrets.keys() <= admins.keys():
        # A second factor that guards nobody must not look like one that does.
        raise SettingsError("ADMIN_TOTP has a secret for somebody who is not in ADMIN_PASS_HASH.")
    return Settings(
        table=get("SCC_TABLE"),
        base_url=base_url,
        timezone=timezone,
        currency=currency,
        operator_name=_one_line("SCC_OPERATOR_NAME", get("SCC_OPERATOR_NAME")),
        operator_email=operator_email,
        operator_phone=_one_line("SCC_OPERATOR_PHONE", get("SCC_OPERATOR_PHONE", "")),
        mail_transport=transport,
        mail_from=mail_from,
        gmail_user=gmail_user,
        gmail_token=get("SCC_GMAIL_TOKEN", None if gmail else ""),
        admins=admins,
        totp_secrets=totp_secrets,
        origin_secrets=tuple(secret.strip() for secret in get("SCC_ORIGIN_SECRETS", "").split(",") if secret.strip()),
        adult_years=int(adult_years),
    )


def parse_admins(text: str) -> dict[str, str]:
    """`scrypt$…`, or `ana=scrypt$…;ben=scrypt$…`, as hashes by name."""
    admins: dict[str, str] = {}
    for entry in (part.strip() for part in text.split(";") if part.strip()):
        name, password_hash = ("admin", entry) if entry.startswith("scrypt$") else entry.partition("=")[::2]
        if not re.fullmatch(r"[\w.@-]{1,60}", name) or not _HASH.fullmatch(password_hash) or name in admins:
            raise SettingsError(
                "ADMIN_PASS_HASH must be what `python -m tools.password` prints, or name=hash pairs joined by ';'."
            )
        admins[name] = password_hash
    if not admins:
        raise SettingsError("ADMIN_PASS_HASH is missing.")
    return admins


def parse_totp_secrets(text: str) -> dict[str, str]:
    """`off`, one secret, or `ana=SECRET;ben=SECRET`, as secrets by name."""
    secrets: dict[str, str] = {}
    for entry in (part.strip() for part in text.split(";") if part.strip() not in ("", "off")):
        name, secret = entry.split("=", 1) if "=" in entry else ("admin", entry)
        if not re.fullmatch(_TOTP_KEY, secret) or name in secrets:
            raise SettingsError(
                "ADMIN_TOTP must be off, what `python -m tools.password --totp` prints, "
                "or name=secret pairs joined by ';'."
            )
        secrets[name] = secret
    return secrets


def _is_timezone(name: str) -> bool:
    try:
        times.zone(name)
    except ValueError:
        return False
    return True


def _one_line(name: str, value: str) -> str:
    if len(value) > 100 or not value.isprintable():
        raise SettingsError(f"{name} must be one line of at most 100 characters.")
    return value
