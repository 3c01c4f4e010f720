"""tools.preview_mail: every template has a sample, and shows as it would be sent."""

import email
import email.policy
import os
import subprocess
import sys
from pathlib import Path

from chalicelib.sweep import MAIL_KINDS
from tests.support import operator
from tests.support.running import ROOT
from tools import preview_mail


def preview(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCC_")}
    command = [sys.executable, "-m", "tools.preview_mail", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, check=False, capture_output=True, text=True)


def test_every_kind_of_mail_has_a_sample() -> None:
    with operator.operating():
        kinds = {mail.kind for mail in (make() for make in preview_mail.SAMPLES.values()) if mail}
    assert kinds == set(MAIL_KINDS)
    found = [path.stem for path in (ROOT / "chalicelib/mail/templates").glob("*/*.txt") if path.parent.name != "parts"]
    assert sorted(kinds) == sorted(found)


def test_it_shows_each_of_them_as_text() -> None:
    done = preview(SCC_OPERATOR_NAME="Bay Sail")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\nSubject: ") == len(preview_mail.SAMPLES)
    for words in ("From: Bay Sail <captain@charters.example.com>", "Balance due: $840.00", "our messages have crossed"):
        assert words in done.stdout


def test_one_is_written_in_all_its_forms(tmp_path: Path) -> None:
    done = preview("balance-reminder", "--out", str(tmp_path / "mails"))
    assert done.returncode == 0, done.stderr
    written = sorted((tmp_path / "mails").iterdir())
    assert [path.name for path in written] == [f"balance-reminder.{form}" for form in ("eml", "html", "txt")]
    message = email.message_from_bytes(written[0].read_bytes(), policy=email.policy.default)
    assert message["Subject"] == written[2].read_text("utf-8").splitlines()[0]
    assert "$840.00" in written[1].read_text("utf-8")


def test_an_unknown_kind_is_wrong_usage_and_an_unusable_folder_is_told(tmp_path: Path) -> None:
    assert preview("postcard").returncode == 2
    (tmp_path / "file").touch()
    done = preview("receipt", "--out", str(tmp_path / "file"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
