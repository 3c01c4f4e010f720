"""What a built SPA is made of: the order of its files, their types and caching from one fixed table."""

from pathlib import Path

import pytest

from tools.common.console import Refused
from tools.sync.layout import IMMUTABLE, REVALIDATE, SpaFile, read_build


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


def test_a_file_of_no_known_type_is_refused_by_name(build: Path) -> None:
    (build / "assets/tune.midi").write_bytes(b"MThd")
    with pytest.raises(Refused, match=r"assets/tune\.midi"):
        read_build(build)


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)])
def test_lines_are_counted_as_an_editor_does(text: str, lines: int) -> None:
    assert SpaFile("index.html", text.encode()).info.lines == lines


def test_a_folder_without_a_page_is_no_build(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="make build"):
        read_build(tmp_path)
