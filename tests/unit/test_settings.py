from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.core import aws, settings, system
from chalicelib.core.errors import ParametersUnread, SettingsError
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
    loaded = load(SCC_TIMEZONE="", SCC_CURRENCY="", SCC_OPERATOR_PHONE="")
    assert (loaded.timezone, loaded.currency) == ("America/Los_Angeles", "USD")
    assert loaded.operator_phone == ""
    assert (loaded.adult_years, loaded.retention_years, loaded.minors_kept_until_age) == (18, 7, 21)


@pytest.mark.parametrize("missing", ["", "  ", ",", " , ,"])
def test_the_edges_secret_may_be_missing_on_this_machine_only(missing: str) -> None:
    """Without it the API's own address answers everybody."""
    for here in ("http://localhost", "http://localhost:8000", "http://127.0.0.1:9000/", "https://localhost:8443"):
        assert load(SCC_BASE_URL=here, SCC_ORIGIN_SECRETS=missing).origin_secrets == ()
    for public in (
        "https://sail.example.com",
        "https://SAIL.example.com:8443/",
        "https://localhost.example.com",
        "https://localhost@sail.example.com",
        "https://127.0.0.1.example.com",
        "https://127.0.0.2",
        "https://[::1]:8000",
    ):
        with pytest.raises(SettingsError, match=r"^SCC_ORIGIN_SECRETS is missing; .* localhost") as refused:
            load(SCC_BASE_URL=public, SCC_ORIGIN_SECRETS=missing)
        assert str(refused.value).count(".") == 1, "one sentence"
        assert load(SCC_BASE_URL=public, SCC_ORIGIN_SECRETS="one").origin_secrets == ("one",)
    for plain in ("http://sail.example.com", "http://localhost.example.com", "http://192.168.1.5:8000"):
        with pytest.raises(SettingsError, match=r"^SCC_BASE_URL must be an https URL"):
            load(SCC_BASE_URL=plain, SCC_ORIGIN_SECRETS=missing)


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


def test_all_values_of_the_parameter_store_are_read_by_one_call() -> None:
    asked: list[list[str]] = []

    def read(names: Sequence[str]) -> dict[str, str]:
        asked.append(list(names))
        return {"/scc/prod/ADMIN_PASS_HASH": f" {HASH}\n", "/scc/prod/ADMIN_TOTP": "off", "/scc/prod/SECRETS": "a, b"}

    named = {
        "ADMIN_PASS_HASH": "ssm:/scc/prod/ADMIN_PASS_HASH",
        "ADMIN_TOTP": "ssm:/scc/prod/ADMIN_TOTP",
        "SCC_ORIGIN_SECRETS": " ssm:/scc/prod/SECRETS",
        "PATH": "ssm:/not/ours",
    }
    loaded = settings.load(operator.environment(**named), read)
    assert asked == [["/scc/prod/ADMIN_PASS_HASH", "/scc/prod/ADMIN_TOTP", "/scc/prod/SECRETS"]]
    assert (loaded.admins, loaded.origin_secrets) == ({"admin": HASH}, ("a", "b"))


def test_more_names_than_aws_takes_at_once_are_asked_for_in_two_calls() -> None:
    names = [f"/scc/{number}" for number in range(13)]
    ssm = boto3.client("ssm", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(ssm) as store:
        for part in (names[:10], names[10:]):
            found = [{"Name": name, "Value": f"value of {name}"} for name in part if name != "/scc/3"]
            asked = {"Names": part, "WithDecryption": True}
            store.add_response("get_parameters", {"Parameters": found}, asked)
        assert aws.read_parameters(ssm, names) == {name: f"value of {name}" for name in names if name != "/scc/3"}
        store.assert_no_pending_responses()


def test_a_store_that_cannot_be_read_names_its_settings_and_shows_no_value() -> None:
    def read(names: Sequence[str]) -> dict[str, str]:
        raise PermissionError(f"secret of {names}")

    with pytest.raises(SettingsError, match=r"^SCC_ORIGIN_SECRETS: .*PermissionError") as wrong:
        settings.load(operator.environment(SCC_ORIGIN_SECRETS="ssm:/scc/origin"), read)
    assert "secret of" not in str(wrong.value)


@pytest.mark.parametrize("name", ["/scc/gone", "", "a b", "/scc/\u00e9"])
def test_a_parameter_that_is_not_there_is_named_by_its_setting(name: str) -> None:
    named = {"SCC_ORIGIN_SECRETS": f"ssm:{name}", "ADMIN_TOTP": "ssm:/scc/totp"}
    with pytest.raises(SettingsError, match=r"^SCC_ORIGIN_SECRETS: the Parameter Store does not have") as wrong:
        settings.load(operator.environment(**named), lambda _: {"/scc/totp": "off"})
    assert not isinstance(wrong.value, ParametersUnread)


def test_a_parameter_that_is_not_needed_may_be_missing() -> None:
    assert settings.load(operator.environment(SCC_GMAIL_TOKEN="ssm:/scc/gone"), lambda _: {}).gmail_token == ""


def test_an_empty_parameter_counts_as_missing() -> None:
    with pytest.raises(SettingsError, match=r"^ADMIN_PASS_HASH is missing"):
        settings.load(operator.environment(ADMIN_PASS_HASH="ssm:/x"), lambda _: {"/x": "  "})


@dataclass
class Store:
    """The Parameter Store, the wall clock and the monotonic clock of a function that runs."""

    secret: str = "first"
    breaks: bool = False
    asked: list[int] = field(default_factory=list)
    """The attempts that each call was allowed."""
    wall_s: float = 1_800_000_000.0
    running_s: float = 50.0

    def client(self, service: str, attempts: int = 3) -> "Store":
        assert service == "ssm"
        self.asked.append(attempts)
        return self

    def get_parameters(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"Names": ["/scc/SECRETS"], "WithDecryption": True}
        if self.breaks:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetParameters")
        found = [{"Name": "/scc/SECRETS", "Value": self.secret}] if self.secret else []
        return {"Parameters": found, "InvalidParameters": []}

    def passes(self, seconds: float) -> None:
        self.wall_s += seconds
        self.running_s += seconds

    def seen(self) -> tuple[str, ...]:
        return settings.settings().origin_secrets


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    made = Store()
    monkeypatch.setattr(system, "utc_now", lambda: datetime.fromtimestamp(made.wall_s, UTC))
    monkeypatch.setattr(system, "monotonic_s", lambda: made.running_s)
    monkeypatch.setattr(aws, "client", made.client)
    monkeypatch.setenv("SCC_ORIGIN_SECRETS", "ssm:/scc/SECRETS")
    settings.forget()
    return made


def test_the_store_is_asked_again_after_some_minutes(store: Store) -> None:
    assert store.seen() == ("first",)
    store.secret = "second"
    store.passes(settings.REREAD_AFTER_S - 1)
    assert store.seen() == ("first",)
    store.passes(1)
    assert store.seen() == ("second",)
    assert len(store.asked) == 2


def test_a_container_that_was_frozen_reads_its_settings_anew(store: Store) -> None:
    """Its monotonic clock stood still meanwhile."""
    assert store.seen() == ("first",)
    store.secret = "second"
    store.wall_s += settings.REREAD_AFTER_S
    assert store.seen() == ("second",)


@pytest.mark.parametrize("step_s", [-86_400, -400, 400, 86_400])
def test_a_clock_that_is_set_keeps_no_settings_beyond_their_time(store: Store, step_s: float) -> None:
    assert store.seen() == ("first",)
    store.secret = "second"
    store.wall_s += step_s
    assert store.seen() == ("second",)
    # Steps that hide how much time has passed do not hide it from the other clock.
    store.secret = "third"
    store.passes(settings.REREAD_AFTER_S)
    store.wall_s -= settings.REREAD_AFTER_S
    assert store.seen() == ("third",)


def test_while_the_store_cannot_be_read_the_last_settings_count_for_a_bounded_time(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    assert store.seen() == ("first",)
    store.breaks = True
    waited = 0
    while waited < settings.KEEP_S - settings.RETRY_AFTER_S:
        store.passes(settings.RETRY_AFTER_S)
        waited += settings.RETRY_AFTER_S
        assert store.seen() == ("first",)
    store.passes(settings.RETRY_AFTER_S)
    with pytest.raises(ParametersUnread, match=r"^SCC_ORIGIN_SECRETS: .* cannot be read \(ThrottlingException\)"):
        settings.settings()
    (line, *_) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "ThrottlingException" in line.getMessage()
    assert "first" not in caplog.text
    store.breaks, store.secret = False, "second"
    assert store.seen() == ("second",)


def test_a_store_that_cannot_be_read_is_asked_every_half_minute_and_once_each_time(store: Store) -> None:
    store.seen()
    store.breaks = True
    store.passes(settings.REREAD_AFTER_S)
    for _ in range(60):
        store.seen()
        store.passes(1)
    assert store.asked == [3, 1, 1]


def test_a_setting_that_was_taken_back_counts_at_once_whatever_was_read_before(store: Store) -> None:
    store.seen()
    store.secret = ""
    store.passes(settings.REREAD_AFTER_S)
    with pytest.raises(SettingsError, match="does not have"):
        settings.settings()


def test_a_failure_at_the_start_is_tried_again_at_once(store: Store) -> None:
    store.breaks = True
    with pytest.raises(ParametersUnread):
        settings.settings()
    store.breaks = False
    assert store.seen() == ("first",)


def test_settings_cannot_be_changed_by_accident() -> None:
    with pytest.raises(AttributeError):
        load().table = "other"  # type: ignore[misc]
