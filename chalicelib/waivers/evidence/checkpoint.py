"""The head of the log in a form that people can keep: the checkpoint of C2SP's tlog-checkpoint.

Three lines: the log's origin (a name that no other log has), the number of leaves, the root in base64.
"""

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from typing import Final, NamedTuple

from chalicelib.waivers.evidence import merkle

# What a log's name ends in: the operator gets mails about two.
WAIVERS: Final = "/waivers"
LEDGER: Final = "/ledger"


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


_LINES: Final = re.compile(r"([^\s+]+)\n(0|[1-9][0-9]{0,14})\n(\S+)\n")
# In a mail, the lines may be quoted, stand in HTML, or in JSON.
_LINES_IN_TEXT: Final = re.compile(
    r"""(?<![^\s">])([^\s"<>+]+)[ \t]*\r?\n"""
    r"[> \t]*(0|[1-9][0-9]{0,14})[ \t]*\r?\n"
    r"[> \t]*([A-Za-z0-9+/]{43}=)(?![\w+/=])"
)
_BETWEEN_MAILS: Final = re.compile(r"^From .*\n", re.MULTILINE)


def format(checkpoint: Checkpoint) -> str:  # noqa: A001
    return f"{checkpoint.origin}\n{checkpoint.size}\n{merkle.encode_hash(checkpoint.root)}\n"


def parse(text: str) -> Checkpoint:
    """Raises ValueError for anything but the three lines."""
    if not (lines := _LINES.fullmatch(text)):
        raise ValueError("it is not a checkpoint of three lines")
    origin, size, root = lines.groups()
    return Checkpoint(origin, int(size), merkle.decode_hash(root))


def find_all(text: str) -> list[Checkpoint]:
    """Every checkpoint in a text, each once: plain, a mail as it was saved (.eml), several mails (mbox), JSON."""
    found: dict[Checkpoint, None] = {}
    for part in _parts(text):
        for lines in _LINES_IN_TEXT.finditer(part):
            try:
                found[Checkpoint(lines[1], int(lines[2]), merkle.decode_hash(lines[3]))] = None
            except ValueError:
                continue
    return list(found)


def _parts(text: str) -> Iterator[str]:
    """The text itself, and what its mails say behind their transfer encodings."""
    yield text.replace("\\n", "\n")
    for mail in _BETWEEN_MAILS.split(text):
        for part in message_from_string(mail).walk():
            if part.get_content_maintype() == "text":
                yield _decoded(part)


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
