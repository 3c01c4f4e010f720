"""What a built SPA is made of: the order of its files, their types and caching, and what is refused by name."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import ROOT
from tools.common.console import Refused
from tools.edge.routing import is_file
from tools.sync.built_spa import read_build
from tools.sync.layout import IMMUTABLE, REVALIDATE, SpaFile


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "sw.js").write_text("// worker")
    (tmp_path / "assets/app-1a2b.js").write_text("export {}")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    return tmp_path


def test_assets_go_first_and_the_page_last(build: Path) -> None:
    keys = [file.key("staging") for file in read_build(build)]
    assert keys == ["assets/app-1a2b.js", "staging/manifest.webmanifest", "staging/sw.js", "staging/index.html"]


def test_types_and_cache_headers_come_from_one_table(build: Path) -> None:
    found = {file.name: (file.info.content_type, file.info.cache_control) for file in read_build(build)}
    assert found == {
        "assets/app-1a2b.js": ("text/javascript; charset=utf-8", IMMUTABLE),
        "index.html": ("text/html; charset=utf-8", REVALIDATE),
        "manifest.webmanifest": ("application/manifest+json", REVALIDATE),
        "sw.js": ("text/javascript; charset=utf-8", REVALIDATE),
    }


UNFIT_NAMES = [
    "assets/tune.midi", "no-type", ".DS_Store", ".gitkeep",
    "a#b.js", "a?b.js", "a%41.js", "a b.js", "ü.txt", "a\u0301.txt", "\u202ea.js", "a\nb.js", "a\\b.js", "a'b.js",
    "a+b.js", "a&b.js", "a;b.js", "a:b.js", "a,b.js", "a=b.js", "a\"b.js", "a<b>.js", "a|b.js", "a^b.js", "a`b.js",
    "a*.js", "assets/a b.js", "sub folder/a.js", os.fsdecode(b"\xff.js"),
    "api/x.json", "api/v1/x.json", "g/a.json", "g/abc/waiver.json", "events/x.json", "events/a/b.png", "_staging/x.js",
    "c/a.json", "c/a/manifest.png", "_preview/x.js",
]  # fmt: skip


@pytest.mark.parametrize("name", UNFIT_NAMES)
def test_a_file_that_viewers_could_not_get_is_refused_by_name(build: Path, name: str) -> None:
    file = build / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    with pytest.raises(Refused) as refused:
        read_build(build)
    assert repr(name) in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    str(refused.value).encode()


@pytest.mark.parametrize(
    "name", ["robots.txt", "icons/a.png", "help/index.html", ".well-known/security.txt", "a~@-_.js"]
)
def test_a_file_that_viewers_can_get_is_taken(build: Path, name: str) -> None:
    (build / name).parent.mkdir(parents=True, exist_ok=True)
    (build / name).write_text("x")
    assert name in {file.name for file in read_build(build)}


UNFIT_FILES: dict[str, Callable[[Path], object]] = {
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to a file": lambda path: path.symlink_to("index.html"),
    "a linked folder": lambda path: path.symlink_to("assets", target_is_directory=True),
    "a link to itself": lambda path: path.symlink_to(path),
    "a queue that nobody writes": os.mkfifo,
}


@pytest.mark.parametrize("kind", UNFIT_FILES)
@pytest.mark.parametrize("folder", ["", "assets"])
def test_what_is_no_plain_file_is_refused_by_name(build: Path, kind: str, folder: str) -> None:
    UNFIT_FILES[kind](build / folder / "odd.js")
    with pytest.raises(Refused, match=r"odd\.js' is (a link|no plain file)"):
        read_build(build)


def test_a_build_that_has_no_worker_yet_is_refused(build: Path) -> None:
    (build / "sw.js").write_text("")
    with pytest.raises(Refused, match=r"no sw\.js: it is not finished"):
        read_build(build)
    (build / "sw.js").unlink()
    with pytest.raises(Refused, match="one that removes itself"):
        read_build(build)


@pytest.mark.parametrize("page", ["", " \n"])
def test_an_empty_page_is_refused(build: Path, page: str) -> None:
    (build / "index.html").write_text(page)
    with pytest.raises(Refused, match=r"^index\.html of the build is empty"):
        read_build(build)


@pytest.mark.parametrize("change", ["new bytes", "gone", "one more"])
def test_a_build_that_changes_while_it_is_read_is_refused(
    build: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    def read(folder: Path, name: str) -> bytes:
        content = (folder / name).read_bytes()
        if name == "sw.js" and change == "new bytes":
            (folder / "index.html").write_text("<!doctype html><p>")
        elif name == "sw.js" and change == "gone":
            (folder / "manifest.webmanifest").unlink(missing_ok=True)
        elif name == "sw.js":
            (folder / "assets/late-1.js").write_text("")
        return content

    monkeypatch.setattr("tools.sync.built_spa._read", read)
    with pytest.raises(Refused, match=r"changed while it was read|does a build still run"):
        read_build(build)


def test_the_edges_function_and_the_table_agree_on_what_is_a_page() -> None:
    paths = [
        "/",
        "/a.js",
        "/a.b.PNG",
        "/a.",
        "/a.b-c",
        "/g/a.js",
        "/events/x.json",
        "/g",
        "/events.js",
        "/x/g/a.js",
        "/a.é",
    ]
    found = [each["uri"] for each in run_edge_function(paths)]
    assert found == [f"/production{path if is_file(path) else '/index.html'}" for path in paths]


SHOWN = {
    "/_staging/": "/staging/index.html",
    "/_staging/events/x.json": "/staging/index.html",
    "/_staging/sw.js": "/staging/sw.js",
    "/_preview/0123456789ab/": "/preview/0123456789ab/index.html",
    "/_preview/0123456789ab/g/x": "/preview/0123456789ab/index.html",
    "/_preview/0123456789ab/manifest.webmanifest": "/preview/0123456789ab/manifest.webmanifest",
    "/_staging": "to /_staging/",
    "/_preview/0123456789ab": "to /_preview/0123456789ab/",
    # No release is called so: pages of production's app, which says that it has none.
    "/_preview/": "/production/index.html",
    "/_preview/0123456789abc/": "/production/index.html",
    "/_preview/0123456789AB/": "/production/index.html",
    "/_preview/../_releases/x": "/production/index.html",
    "/_stagings/": "/production/index.html",
    "/_releases/journal/1.json": "/production/_releases/journal/1.json",
}


def test_the_edges_function_finds_slot_and_page() -> None:
    asked = run_edge_function(list(SHOWN))
    shown = [each.get("uri") or f"to {each['headers']['location']['value']}" for each in asked]
    assert dict(zip(SHOWN, shown, strict=True)) == SHOWN


def run_edge_function(paths: list[str]) -> list[dict[str, Any]]:
    """What it makes of a request for each path."""
    code = (ROOT / ".chalice/viewer-request.js").read_text()
    script = f"{code}\nconsole.log(JSON.stringify({json.dumps(paths)}.map((uri) => handler({{request: {{uri}}}}))))"
    node = Path(sys.executable).with_name("node")
    done = subprocess.run([node if node.exists() else "node", "-e", script], check=True, capture_output=True, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)])
def test_lines_are_counted_as_an_editor_does(text: str, lines: int) -> None:
    assert SpaFile("index.html", text.encode()).info.lines == lines


def test_a_folder_without_a_page_is_no_build(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="make build"):
        read_build(tmp_path)
