"""tools.verify_waivers: what it says of a file, and by which exit status."""

import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from chalicelib.waivers.evidence import checkpoint, merkle
from tests.support.running import ROOT
from tests.support.waiver_log import as_file, bundle_of, export_of, head_of, new_leaf, new_leaves, set_aside


def run(*arguments: Path | str) -> "subprocess.CompletedProcess[str]":
    """With Python alone: -S leaves every installed package out."""
    command = [sys.executable, "-S", "-m", "tools.verify_waivers", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


@pytest.fixture
def leaves() -> list[dict[str, Any]]:
    """Two records; one is set aside, the other has lost three fields."""
    first, second = new_leaf(1), new_leaf(2)
    return [first, {**second, "disclosures": second["disclosures"][3:]}, set_aside(first)]


@pytest.fixture
def file(tmp_path: Path, leaves: list[dict[str, Any]]) -> Path:
    path = tmp_path / "waivers.json"
    path.write_bytes(as_file(export_of(leaves)))
    return path


def write_mail(path: Path, *told: checkpoint.Checkpoint) -> Path:
    message = EmailMessage()
    message["Subject"] = "The log of waivers"
    message.set_content("Grüße\n\n" + "\n".join(checkpoint.format(one) for one in told), cte="base64")
    path.write_bytes(message.as_bytes())
    return path


def root_of(leaves: list[dict[str, Any]]) -> str:
    return merkle.encode_hash(head_of(leaves).root)


def test_a_whole_log_is_said_to_be_whole(file: Path, leaves: list[dict[str, Any]]) -> None:
    done = run(file)
    said = f"2 records, log whole, head {root_of(leaves)} (3 fields erased, 1 set aside)\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    file.write_bytes(as_file(export_of(leaves[:1])))
    assert run(file).stdout == f"1 records, log whole, head {root_of(leaves[:1])}\n"


def test_what_is_wrong_is_one_sentence_on_standard_error(file: Path, leaves: list[dict[str, Any]]) -> None:
    leaves[1]["disclosures"][0] = new_leaf(3)["disclosures"][0]
    file.write_bytes(as_file(export_of(leaves)))
    done = run(file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("record 2: its field ")
    assert done.stderr.endswith(" was changed\n")


def test_any_number_of_mails_with_checkpoints_is_compared(
    file: Path, leaves: list[dict[str, Any]], tmp_path: Path
) -> None:
    mails = [
        write_mail(tmp_path / "one.eml", head_of(leaves[:1]), head_of(leaves[:2])),
        write_mail(tmp_path / "two.eml", head_of(leaves)),
    ]
    for arguments in (["--checkpoint", *mails], ["--checkpoint", mails[0], "--checkpoint", mails[1]]):
        done = run(file, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert "(3 checkpoints confirmed, 3 fields erased, 1 set aside)" in done.stdout
    file.write_bytes(as_file(export_of([leaves[0], new_leaf(9), leaves[2]])))
    assert run(file).returncode == 0
    done = run(file, "--checkpoint", *mails)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "the log does not continue the checkpoint of 2 leaves told: "
        "a record was changed, removed, added or moved, behind record 1 and up to 2\n"
    )
    file.write_bytes(as_file(export_of(leaves[:1])))
    assert run(file, "--checkpoint", *mails).stderr == (
        "the log is shorter than the checkpoint of 2 leaves told: it has 1\n"
    )


def test_a_bundle_is_said_to_be_in_the_log(tmp_path: Path) -> None:
    leaves = new_leaves(30)
    path = tmp_path / "bundle.json"
    path.write_bytes(as_file(bundle_of(leaves, 6)))
    mail = write_mail(tmp_path / "mail.eml", head_of(leaves), head_of(leaves[:7]))
    said = f"1 record, in the log at position 7 of 30, head {root_of(leaves)}"
    assert run(path).stdout == f"{said}\n"
    assert run(path, "--checkpoint", mail).stdout == (
        f"{said} (1 checkpoint confirmed, 1 checkpoint of another size: compare the whole export)\n"
    )


def test_a_script_reads_the_verdict_as_json(file: Path, leaves: list[dict[str, Any]]) -> None:
    done = run(file, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "fault": None,
        "records": 2,
        "leaves": 3,
        "erased": 3,
        "set_aside": 1,
        "head": root_of(leaves),
        "position": None,
        "unjudged": 0,
    }
    file.write_bytes(b"{}")
    done = run(file, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["fault"] == "the file is neither an export of the log nor the bundle of a record"


def test_a_mail_without_a_checkpoint_and_files_that_cannot_be_read_are_refused_by_name(
    file: Path, tmp_path: Path
) -> None:
    mail = write_mail(tmp_path / "hello.eml")
    done = run(file, "--checkpoint", mail)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"{mail} holds no checkpoint\n")
    for arguments in ([tmp_path / "none.json"], [file, "--checkpoint", tmp_path / "none.json"]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{tmp_path / 'none.json'} cannot be read: ")
        assert len(done.stderr.splitlines()) == 1


def test_checkpoints_of_the_ledger_in_the_same_mailbox_are_left_out(
    file: Path, leaves: list[dict[str, Any]], tmp_path: Path
) -> None:
    head = head_of(leaves)
    ledger = checkpoint.Checkpoint("sail.example.com/ledger", 9, bytes(32))
    both = write_mail(tmp_path / "both.eml", head, ledger)
    assert "1 checkpoint confirmed" in run(file, "--checkpoint", both).stdout
    only = write_mail(tmp_path / "ledger.eml", ledger)
    assert "holds no checkpoint" in run(file, "--checkpoint", only).stderr
