"""Checkpoints: the example of C2SP, and finding them in mails as they are kept."""

import json
from email.message import EmailMessage

import pytest

from chalicelib.waivers.evidence import checkpoint, merkle
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from tests.support import waiver_log

# https://c2sp.org/tlog-checkpoint
BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
NOTE = f"""{BODY}
— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+\
xeMcTOAYQ8=
"""
SOFA = Checkpoint("example.com/behind-the-sofa", 20852163, merkle.decode_hash(BODY.splitlines()[2]))
OURS = Checkpoint("charters.example.com/waivers", 12, merkle.root_of([b"a" * 32]))
EMPTY = Checkpoint("localhost:8000/waivers", 0, merkle.root_of([]))


def mail(*parts: str, encoding: str = "quoted-printable") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "The log of waivers"
    message["From"] = "desk@example.com"
    message.set_content("Grüße, 12 Unterschriften.\n\n" + parts[0], cte=encoding)
    for html in parts[1:]:
        message.add_alternative(html, subtype="html", cte=encoding)
    return message


def test_the_example_of_c2sp_is_read_and_written() -> None:
    assert checkpoint.parse(BODY) == SOFA
    assert checkpoint.format(SOFA) == BODY
    assert checkpoint.find_all(NOTE) == [SOFA]


def test_the_empty_log_has_a_checkpoint() -> None:
    assert checkpoint.format(EMPTY) == "localhost:8000/waivers\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert checkpoint.parse(checkpoint.format(EMPTY)) == EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "",
        NOTE,
        BODY.rstrip("\n"),
        BODY + "\n",
        BODY.replace("\n", "\r\n"),
        BODY.replace("20852163", "020852163"),
        BODY.replace("20852163", "-1"),
        BODY.replace("20852163", "2٣"),
        BODY.replace("20852163", "9" * 16),
        BODY.replace("2I=", "2J="),
        BODY.replace("2I=", "2I"),
        BODY.replace("CsUY", ""),
        BODY.replace("example", "an example"),
        BODY.replace("example.com/behind-the-sofa", ""),
    ],
)
def test_whatever_is_not_exactly_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        checkpoint.parse(text)


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_they_are_found_in_a_saved_mail(encoding: str) -> None:
    text = checkpoint.format(OURS)
    assert checkpoint.find_all(mail(text, encoding=encoding).as_string()) == [OURS]
    both = mail("No checkpoint here.", f"<p>The head:</p><pre>{text}</pre>", encoding=encoding)
    assert checkpoint.find_all(both.as_string()) == [OURS]


def test_they_are_found_in_a_forwarded_mail() -> None:
    outer = mail("See below.")
    outer.add_attachment(mail(checkpoint.format(OURS), encoding="base64"))
    assert checkpoint.find_all(outer.as_string()) == [OURS]
    quoted = "".join(f"> {line}\n" for line in checkpoint.format(OURS).splitlines())
    assert checkpoint.find_all(f"Ana wrote:\n{quoted}Thanks") == [OURS]
    assert checkpoint.find_all(f"Ana wrote:\n{quoted}".replace("\n", " \r\n")) == [OURS]


def test_all_of_a_mailbox_or_of_a_notebook_are_found_each_once() -> None:
    mails = [mail(checkpoint.format(one), encoding="base64").as_bytes(unixfrom=True) for one in (OURS, SOFA, OURS)]
    assert checkpoint.find_all(b"\n".join(mails).decode()) == [OURS, SOFA]
    assert checkpoint.find_all(f"1 May\n{checkpoint.format(OURS)}2 May\n{checkpoint.format(SOFA)}") == [OURS, SOFA]


def test_those_in_an_export_or_a_bundle_that_somebody_kept_are_found() -> None:
    leaves = waiver_log.new_leaves(3)
    for kept in (waiver_log.export_of(leaves), waiver_log.bundle_of(leaves, 1)):
        for indent in (None, 2):
            assert checkpoint.find_all(json.dumps(kept, indent=indent)) == [waiver_log.head_of(leaves)]


@pytest.mark.parametrize(
    "text", ["", "Nothing to see", BODY.replace("2I=", "2J="), BODY.replace("\n", "\n\n"), "\n".join("abc")]
)
def test_a_text_without_one_gives_none(text: str) -> None:
    assert checkpoint.find_all(text) == []
