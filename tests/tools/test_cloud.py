"""Which AWS the tools talk to: in the cloud by the user's own set-up, whatever botocore reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.answering import Reply, answering, refusal, reply
from tests.support.running import ROOT
from tools.common.cloud import find_cloud
from tools.common.console import Refused

CONFIG = """
[profile harbor]
region = eu-west-1
endpoint_url = {address}
[profile official]
region = us-west-2
use_fips_endpoint = true
"""
NO_FUNCTION = refusal(404, "ResourceNotFoundException")


def show_environment(folder: Path, address: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    (folder / "config").write_text(CONFIG.format(address=address))
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("AWS_", "NO_PROXY"))}
    own = {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    return subprocess.run(
        [sys.executable, "-m", "tools.env", "show", "--stage", "prod"],
        cwd=ROOT,
        env=kept | own | environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_local_copy_that_has_ended_is_not_asked(tmp_path: Path) -> None:
    """Its state stays where it was: Ctrl-C, kill -9 and a restart of the machine keep the data."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for state in ({"aws_port": 1, "pid": ended.pid}, {"aws_port": 1}):
        (tmp_path / "local.json").write_text(json.dumps(state))
        with pytest.raises(Refused, match=r"^nothing runs here: start it with `make run`$"):
            find_cloud("local", tmp_path)
    (tmp_path / "local.json").write_text(json.dumps({"aws_port": 1, "pid": os.getpid()}))
    assert find_cloud("local", tmp_path).endpoint == "http://127.0.0.1:1"


@pytest.mark.parametrize("what", ["its process", "its state"])
def test_a_local_copy_of_another_user_is_asked_where_it_can_be_and_told_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    (tmp_path / "local.json").write_text(json.dumps({"aws_port": 1, "pid": 1}))
    if what == "its process":
        monkeypatch.setattr(os, "kill", refuse)
        assert find_cloud("local", tmp_path).endpoint == "http://127.0.0.1:1"
        return
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(Refused, match=r"local\.json cannot be read: it is of a `make run` by another user"):
        find_cloud("local", tmp_path)


def test_a_profiles_region_and_endpoint_are_taken(tmp_path: Path) -> None:
    with answering(NO_FUNCTION) as (address, asked):
        show_environment(tmp_path, address, AWS_PROFILE="harbor")
    assert asked[0].target == "/2015-03-31/functions/ship-captain-crew-prod/configuration"
    assert "/eu-west-1/lambda/" in asked[0].headers["Authorization"]


def test_a_proxy_and_the_endpoints_of_fips_are_taken(tmp_path: Path) -> None:
    closed: Reply = reply(403)
    with answering(closed) as (address, asked):
        done = show_environment(tmp_path, address, AWS_PROFILE="official", HTTPS_PROXY=address, AWS_MAX_ATTEMPTS="1")
    assert (asked[0].method, asked[0].target) == ("CONNECT", "lambda-fips.us-west-2.amazonaws.com:443")
    assert done.returncode == 1


@pytest.mark.parametrize("named", ["elsewhere", ""])
def test_what_is_wrong_with_the_users_set_up_is_told_in_one_line(tmp_path: Path, named: str) -> None:
    done = show_environment(tmp_path, "", **({"AWS_PROFILE": named} if named else {}))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("AWS: ")
    assert ("profile (elsewhere) could not be found" if named else "must specify a region") in done.stderr
    assert not done.stderr.rstrip().endswith(".")
