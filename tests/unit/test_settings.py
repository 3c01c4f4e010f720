from datetime import UTC, datetime

import pytest

from chalicelib.core import settings, system
from chalicelib.core.errors import SettingsError
from tests.support import operator

HASH = operator.password_hash()
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
GMAIL = {
    "SCC_MAIL_TRANSPORT": "gmail",
    "SCC_MAIL_FROM": "",
    "SCC_GMAIL_USER": "bay.sail@gmail.com",
    "SCC_GMAIL_TOKEN": "abcd efgh ijkl mnop",
}


def load(**changes: str) -> settings.Settings:
    return settings.load(operator.environment(**changes))


def test_a_complete_environment_is_accepted() -> None:
    loaded = load(SCC_ORIGIN_SECRETS="old, new ,")
    assert loaded.admins == {"admin": HASH}
    assert not loaded.named_admins
    assert loaded.origin_secrets == ("old", "new")
    assert loaded.base_url == "https://sail.example.com"


def test_settings_with_a_default_may_be_missing() -> None:
    loaded = load(SCC_TIMEZONE="", SCC_CURRENCY="", SCC_OPERATOR_PHONE="", SCC_ORIGIN_SECRETS="")
    assert (loaded.timezone, loaded.currency) == ("America/Los_Angeles", "USD")
    assert (loaded.operator_phone, loaded.origin_secrets) == ("", ())
    assert (loaded.adult_years, loaded.retention_years, loaded.minors_kept_until_age) == (18, 7, 21)


@pytest.mark.parametrize("years", ["17", "22", "x", "18.5", "0", "-18"])
def test_the_age_of_an_adult_is_from_eighteen_to_twenty_one(years: str) -> None:
    assert load(SCC_ADULT_YEARS="21").adult_years == 21
    with pytest.raises(SettingsError, match="SCC_ADULT_YEARS must be 18, 19, 20 or 21"):
        load(SCC_ADULT_YEARS=years)


@pytest.mark.parametrize("years", ["0", "101", "x", "7.5", "-7", "07", "\u0667"])
def test_waivers_are_kept_for_one_to_a_hundred_years(years: str) -> None:
    assert [load(SCC_RETENTION_YEARS=one).retention_years for one in ("1", "10", "99", "100")] == [1, 10, 99, 100]
    with pytest.raises(SettingsError, match="SCC_RETENTION_YEARS must be a whole number of years from 1 to 100"):
        load(SCC_RETENTION_YEARS=years)


@pytest.mark.parametrize(
    "name",
    [
        "ADMIN_PASS_HASH",
        "SCC_TABLE",
        "SCC_BASE_URL",
        "SCC_OPERATOR_NAME",
        "SCC_OPERATOR_EMAIL",
        "SCC_MAIL_TRANSPORT",
        "SCC_MAIL_FROM",
    ],
)
def test_a_missing_setting_is_named(name: str) -> None:
    for missing in ("", "   "):
        with pytest.raises(SettingsError, match=f"^{name} is missing\\.$"):
            load(**{name: missing})


@pytest.mark.parametrize("name", ["SCC_GMAIL_USER", "SCC_GMAIL_TOKEN"])
def test_a_missing_setting_of_gmail_is_named_when_gmail_sends(name: str) -> None:
    assert load(**GMAIL).gmail_user == "bay.sail@gmail.com"
    with pytest.raises(SettingsError, match=f"^{name} is missing\\.$"):
        load(**{**GMAIL, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCC_MAIL_TRANSPORT", "smtp"),
        ("SCC_MAIL_FROM", "captain"),
        ("SCC_MAIL_CONFIGURATION_SET", "arn:aws:ses:us-east-1:1:configuration-set/x"),
        ("SCC_BASE_URL", "http://sail.example.com"),
        ("SCC_BASE_URL", "https://sail.example.com/app"),
        ("SCC_BASE_URL", "https://"),
        ("SCC_BASE_URL", "sail.example.com"),
        ("SCC_TIMEZONE", "PDT"),
        ("SCC_TIMEZONE", "../zone"),
        ("SCC_CURRENCY", "usd"),
        ("SCC_CURRENCY", "dollars"),
        ("SCC_OPERATOR_EMAIL", "ops"),
        ("SCC_OPERATOR_NAME", "Bay\nSail"),
        ("SCC_OPERATOR_NAME", "x" * 101),
        ("SCC_OPERATOR_NAME", "\u3164\u2800"),
        ("SCC_OPERATOR_PHONE", "1\r\nBcc: x"),
        ("ADMIN_PASS_HASH", "secret-password"),
        ("ADMIN_PASS_HASH", "sha256$abc"),
        ("ADMIN_PASS_HASH", HASH[:-10]),
        ("ADMIN_PASS_HASH", HASH + "$x"),
        ("ADMIN_PASS_HASH", HASH.replace("ln=8", "ln=99")),
        ("ADMIN_PASS_HASH", HASH.replace("ln=8", "ln=0")),
        ("ADMIN_PASS_HASH", HASH.replace("r=8", "r=0")),
        ("ADMIN_PASS_HASH", HASH + "x"),
        ("ADMIN_PASS_HASH", "ana=secret"),
        ("ADMIN_PASS_HASH", f"={HASH}"),
        ("ADMIN_PASS_HASH", f"ana b={HASH}"),
        ("ADMIN_PASS_HASH", f"ana={HASH};ana={HASH}"),
        ("ADMIN_PASS_HASH", f"ana={HASH};{HASH[:20]}"),
        ("ADMIN_PASS_HASH", ";"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load(**{name: value})
    sentence = str(wrong.value)
    assert sentence.startswith(f"{name} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert value not in sentence or name == "SCC_MAIL_FROM"
    if name == "ADMIN_PASS_HASH":
        assert HASH.rpartition("$")[2] not in sentence


def test_several_admins_each_have_a_name_and_a_hash() -> None:
    loaded = load(ADMIN_PASS_HASH=f"ana={HASH}; ben={HASH} ;")
    assert loaded.admins == {"ana": HASH, "ben": HASH}
    assert loaded.named_admins


def test_a_second_factor_is_off_or_belongs_to_admins_by_name() -> None:
    assert load().totp_secrets == load(ADMIN_TOTP="off").totp_secrets == {}
    assert load(ADMIN_TOTP=SECRET).totp_secrets == {"admin": SECRET}
    two = f"ana={HASH};ben={HASH}"
    assert load(ADMIN_PASS_HASH=two, ADMIN_TOTP=f"ben={SECRET} ;").totp_secrets == {"ben": SECRET}


@pytest.mark.parametrize("value", [f"ana={SECRET}", "JBSWY3DP", SECRET.lower(), SECRET + "1", f"{SECRET};{SECRET}"])
def test_a_second_factor_without_an_admin_or_without_a_real_secret_is_a_wrong_setting(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^ADMIN_TOTP ") as wrong:
        load(ADMIN_TOTP=value)
    assert SECRET not in str(wrong.value)


def test_a_single_admin_may_have_a_name_too() -> None:
    assert load(ADMIN_PASS_HASH=f"ana={HASH}").named_admins


@pytest.mark.parametrize("domain", ["gmail.com", "Yahoo.com", "outlook.com", "icloud.com"])
def test_ses_is_refused_for_an_address_that_it_cannot_sign_for(domain: str) -> None:
    with pytest.raises(SettingsError, match=f"^SCC_MAIL_FROM is at {domain.lower()}, which SES cannot sign for"):
        load(SCC_MAIL_FROM=f"captain@{domain}")


def test_a_value_of_the_parameter_store_is_read_by_its_name() -> None:
    asked = []

    def read(name: str) -> str:
        asked.append(name)
        return f" {HASH}\n"

    loaded = settings.load(operator.environment(ADMIN_PASS_HASH="ssm:/scc/prod/ADMIN_PASS_HASH"), read)
    assert asked == ["/scc/prod/ADMIN_PASS_HASH"]
    assert loaded.admins == {"admin": HASH}


def test_a_parameter_that_cannot_be_read_names_its_setting_and_shows_no_value() -> None:
    def read(name: str) -> str:
        raise PermissionError(f"secret of {name}")

    with pytest.raises(SettingsError, match=r"^SCC_ORIGIN_SECRETS: .*PermissionError") as wrong:
        settings.load(operator.environment(SCC_ORIGIN_SECRETS="ssm:/scc/origin"), read)
    assert "secret of" not in str(wrong.value)


def test_an_empty_parameter_counts_as_missing() -> None:
    with pytest.raises(SettingsError, match=r"^ADMIN_PASS_HASH is missing"):
        settings.load(operator.environment(ADMIN_PASS_HASH="ssm:/x"), lambda _: "  ")


def test_the_environment_is_read_again_after_some_minutes_and_a_failure_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(system, "utc_now", lambda: datetime.fromtimestamp(clock[0], UTC))
    settings.forget()
    monkeypatch.delenv("SCC_TABLE")
    with pytest.raises(SettingsError):
        settings.settings()
    monkeypatch.setenv("SCC_TABLE", "repaired")
    assert settings.settings().table == "repaired"
    monkeypatch.setenv("SCC_TABLE", "later")
    assert settings.settings().table == "repaired"
    clock[0] += settings.REREAD_AFTER_S
    assert settings.settings().table == "later"


def test_settings_cannot_be_changed_by_accident() -> None:
    with pytest.raises(AttributeError):
        load().table = "other"  # type: ignore[misc]
