"""tools.password: what it prints opens the door, what it refuses it names."""

import subprocess
import sys

from chalicelib import auth
from tests.support.running import ROOT


def run(typed: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tools.password", "--stdin"]
    return subprocess.run(command, cwd=ROOT, input=typed, check=False, capture_output=True, text=True)


def test_the_printed_hash_opens_the_door() -> None:
    done = run("a captain's long password\n")
    assert done.returncode == 0
    assert auth.verify_password("a captain's long password", done.stdout.strip())


def test_a_short_password_is_refused_in_one_line() -> None:
    done = run("ahoy\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "15" in done.stderr
