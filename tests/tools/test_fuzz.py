"""What the tools read from files and buckets, whatever it is: read, or refused in one sentence, in bounded time.

`FUZZ_EXAMPLES=5000` tries more.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools import env
from tools.audit import transfer
from tools.common.console import Refused
from tools.sync import records
from tools.sync.layout import FileInfo
from tools.sync.references import references
from tools.sync.release import Act, Head, Proof, Release, Slot

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES <= 40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=10,
)
INFO = FileInfo("0" * 64, "0" * 32, 3, "text/html", "no-cache", 1)
POINTERS = {"index.html": b"\x00\xff"}
SLOT = Slot("r1", "stage", 1, "ana", "2026-06-01T10:00:00Z", 1, POINTERS, {})
ACT = Act(1, "stage", "r1", None, "ana", "2026-06-01T10:00:00Z", "c0ffee")
HEAD = Head(1, "n1", None, SLOT, Proof("r1", 1, None, "ana", "2026-06-01T10:00:00Z"), (ACT,))
RECORD = Release("r1", "ana", "2026-06-01T10:00:00Z", "c0ffee", {"a": "b"}, {"index.html": INFO}, POINTERS)


def one_changed(draw: st.DrawFn, node: Any) -> Any:
    """The same JSON with one value, however deep, made another or taken away."""
    if isinstance(node, dict) and node and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(node)))
        if not draw(st.integers(0, 4)):
            return {key: value for key, value in node.items() if key != name}
        return {**node, name: one_changed(draw, node[name])}
    return draw(any_json)


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """A refusal is one line that says what it is about, and holds no secret."""
    try:
        yield
    except Refused as refusal:
        line = str(refusal)
        assert any(word in line for word in words)
        assert "canary" not in line
        assert line.isprintable()


@st.composite
def altered(draw: st.DrawFn, text: bytes) -> bytes:
    if draw(st.booleans()):
        position = draw(st.integers(0, len(text)))
        return text[:position] + draw(st.binary(max_size=3)) + text[position + draw(st.integers(0, 3)) :]
    return json.dumps(one_changed(draw, json.loads(text))).encode()


@fuzz
@given(st.binary(max_size=60) | altered(records.encode_release(RECORD)))
def test_a_release_record_is_read_or_refused(text: bytes) -> None:
    with refused("release record"):
        records.decode_release(text)


@fuzz
@given(st.binary(max_size=60) | altered(records.encode_head(HEAD)))
def test_a_journals_entry_is_read_or_refused(text: bytes) -> None:
    with refused("journal"):
        records.decode_head(text)


MANIFEST = {"icons": [{"src": "a.png"}], "screenshots": [], "shortcuts": [{"icons": [{"src": "b.png"}]}]}
WRITTEN = {
    "html": r"""<script src= <link href= <img\tsrc=' " ' > /assets/a-1.js ../ ? # // data:x https://a.b/c.js <!--""",
    "js": r"""import( from "./ `assets/a-1.js` '/assets/ new URL( , import.meta.url) " ' ` ( ) ? .css ../""",
    "css": r"""url( " ' ) ../img/a.png @import /assets/ data:image/png;base64, # ? ; } \ url(""",
}
files = st.sampled_from(sorted(WRITTEN)).flatmap(
    lambda suffix: st.tuples(
        st.just(f"assets/a.{suffix}"),
        st.lists(st.sampled_from([*WRITTEN[suffix].split(), " ", "\n", "\xff"]) | st.text(max_size=9), max_size=30).map(
            lambda parts: "".join(parts).encode()
        ),
    )
)


@fuzz
@given(files | st.tuples(st.just("app.webmanifest"), altered(json.dumps(MANIFEST).encode())))
def test_what_a_file_names_is_a_path_within_the_release_or_the_file_is_refused(file: tuple[str, bytes]) -> None:
    with refused("web manifest"):
        for name in references(*file):
            assert not name.startswith("/")
            assert ".." not in name.split("/")


@pytest.mark.parametrize("suffix", sorted(WRITTEN))
def test_no_text_takes_long_to_look_through(suffix: str) -> None:
    for piece in WRITTEN[suffix].split():
        begun = time.process_time()
        references(f"assets/a.{suffix}", f"{piece} ".encode() * (10_000 // len(piece)))
        assert time.process_time() - begun < 5, piece


@fuzz
@given(
    content=st.binary(max_size=80)
    | st.lists(st.sampled_from("A =x\n#\ufeff\u2028'\"\t")).map(lambda it: "".join(it).encode())
)
def test_a_file_of_settings_is_read_or_refused_without_its_secrets(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(content)
    with refused("not KEY=VALUE", "cannot read"):
        changes = env.parse_changes(["SCC_GMAIL_TOKEN=canary"], file)
        assert changes["SCC_GMAIL_TOKEN"] == "canary"
        assert all(env.NAME.fullmatch(name) for name in changes)


@fuzz
@given(content=st.binary(max_size=80) | st.lists(any_json.map(json.dumps).map(str.encode), max_size=4).map(b"\n".join))
def test_a_file_that_no_export_wrote_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "export"
    file.write_bytes(content)
    with pytest.raises(Refused):
        transfer.read_export(file)
