"""tools.password: what it prints opens the door, what it refuses it names."""

import base64
import subprocess
import sys
import uuid

import pyotp
import pytest

from chalicelib.core import settings
from chalicelib.sign_in import passwords
from tests.support import operator
from tests.support.functions import create_functions
from tests.support.running import ROOT
from tools import password
from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.common.functions import live_environments, merge
from tools.local.embedded import EmbeddedAws


def run(typed: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tools.password", "--stdin"]
    return subprocess.run(command, cwd=ROOT, input=typed, check=False, capture_output=True, text=True)


def test_the_printed_hash_opens_the_door() -> None:
    done = run("a captain's long password\n")
    assert done.returncode == 0
    assert passwords.verify_password("a captain's long password", done.stdout.strip())


def test_a_short_password_is_refused_in_one_line() -> None:
    done = run("ahoy\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "15" in done.stderr


# --- second factor --------------------------------------------------------------------------------


def printed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tools.password", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_a_new_second_factor_is_printed_as_a_setting_and_an_address() -> None:
    done = printed("--totp", "--name", "ana")
    assert done.returncode == 0
    uri, setting = done.stdout.splitlines()
    read = pyotp.parse_uri(uri)
    assert isinstance(read, pyotp.TOTP)
    assert (read.issuer, read.name, read.interval, read.digits) == ("Ship Captain Crew", "ana", 30, 6)
    assert setting == f"ADMIN_TOTP=ana={read.secret}"
    assert settings.parse_totp_secrets(setting.removeprefix("ADMIN_TOTP=")) == {"ana": read.secret}
    assert len(base64.b32decode(read.secret)) * 8 >= 160
    assert uri != printed("--totp", "--name", "ana").stdout.splitlines()[0]


def test_wrong_usage_of_it_exits_2() -> None:
    assert printed("--totp-off").returncode == 2
    assert printed("--totp", "--totp-off", "--stage", "prod").returncode == 2


@pytest.fixture
def cloud(embedded_aws: EmbeddedAws) -> Cloud:
    """A stage with two admins whose hashes stand in the Parameter Store, as a deployment leaves it."""
    cloud = Cloud(f"p{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    one = operator.password_hash()
    names = {setting: f"ssm:{cloud.parameter_name(setting)}" for setting in ("ADMIN_PASS_HASH", "ADMIN_TOTP")}
    password.store(cloud, "ADMIN_PASS_HASH", f"ana={one};ben={one}")
    password.store(cloud, "ADMIN_TOTP", "off")
    create_functions(cloud, operator.environment(**names))
    return cloud


def secrets(cloud: Cloud) -> dict[str, str]:
    return dict(password.live_settings(cloud).totp_secrets)


def test_it_is_turned_on_and_off_admin_by_admin(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    password.turn_on(cloud, "ana", yes=True)
    password.turn_on(cloud, "ben", yes=True)
    assert set(secrets(cloud)) == {"ana", "ben"}
    assert secrets(cloud)["ana"] in capsys.readouterr().out
    password.turn_off(cloud, "ana", yes=True)
    assert set(secrets(cloud)) == {"ben"}
    password.turn_off(cloud, "ben", yes=True)
    assert secrets(cloud) == {}
    assert cloud.read_parameter(cloud.parameter_name("ADMIN_TOTP")) == "off"
    with pytest.raises(Refused, match="ben has no second factor"):
        password.turn_off(cloud, "ben", yes=True)


def test_a_lost_phone_is_replaced_and_the_others_keep_theirs(cloud: Cloud) -> None:
    for name in ("ana", "ben"):
        password.turn_on(cloud, name, yes=True)
    before = secrets(cloud)
    password.turn_on(cloud, "ana", yes=True)
    after = secrets(cloud)
    assert after["ana"] != before["ana"]
    assert after["ben"] == before["ben"]


def test_a_new_password_leaves_the_second_factor_alone(cloud: Cloud) -> None:
    password.turn_on(cloud, "ana", yes=True)
    before = secrets(cloud)
    one = operator.password_hash()
    password.store_password(cloud, f"ana={one};ben={one}", yes=True)
    assert secrets(cloud) == before


def test_whose_it_is_must_be_said_where_there_are_several(cloud: Cloud) -> None:
    for name in ("", "nobody"):
        with pytest.raises(Refused, match="say whose by --name: ana, ben"):
            password.turn_on(cloud, name, yes=True)
    assert secrets(cloud) == {}


def test_a_phone_that_shows_another_code_changes_nothing(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "confirm", lambda *_: None)
    monkeypatch.setattr("builtins.input", lambda _: "no code")
    with pytest.raises(Refused, match="that is not its code"):
        password.turn_on(cloud, "ana", yes=False)
    assert secrets(cloud) == {}


def test_a_secret_of_somebody_who_is_no_admin_any_more_can_be_taken_out(cloud: Cloud) -> None:
    password.turn_on(cloud, "ben", yes=True)
    password.store_password(cloud, f"ana={operator.password_hash()}", yes=True)
    with pytest.raises(Refused, match="ADMIN_TOTP has a secret for somebody who is not"):
        password.live_settings(cloud)
    password.turn_off(cloud, "ben", yes=True)
    assert secrets(cloud) == {}


def test_where_the_setting_stood_in_the_environment_it_is_moved_into_the_store(cloud: Cloud) -> None:
    merge(cloud, {"ADMIN_TOTP": f"ben={pyotp.random_base32()}"})
    password.turn_on(cloud, "ana", yes=True)
    assert set(secrets(cloud)) == {"ana", "ben"}
    live = [variables["ADMIN_TOTP"] for variables in live_environments(cloud).values()]
    assert live == [f"ssm:{cloud.parameter_name('ADMIN_TOTP')}"] * len(cloud.function_names())
