"""`tools.sync pull`: the live files into a folder, and nothing that anybody else has put there is lost."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.releases import Site, new_site, write_build
from tools.common.console import Refused
from tools.local.embedded import EmbeddedAws
from tools.sync import pulling
from tools.sync.built_spa import read_build
from tools.sync.pulling import pull


@pytest.fixture(scope="module")
def site(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Production holds the release `one`."""
    folder = tmp_path_factory.mktemp("site")
    with new_site(embedded_aws, folder / "home") as site:
        site.releaser().place(read_build(write_build(folder / "one", "one")))
        yield site


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pull_into(site: Site, folder: Path | str, *, cwd: Path | None = None) -> None:
    ana = site.releaser()
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        pull(ana.bucket, ana.memory, "production", Path(folder))
    finally:
        os.chdir(before)


@pytest.mark.parametrize("made", [True, False], ids=["empty", "new"])
def test_it_goes_into_a_new_or_empty_folder_and_again_over_itself(site: Site, tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "pulled"
    if made:
        folder.mkdir()
    pull_into(site, folder)
    first = files_of(folder)
    assert "index.html" in first
    (folder / "sw.js").unlink()
    pull_into(site, folder)
    assert files_of(folder) == first
    assert [path.name for path in tmp_path.iterdir()] == ["pulled"]


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a file": lambda folder: (folder / "notes.txt").write_text("mine"),
    "a hidden file": lambda folder: (folder / ".env").write_text("mine"),
    "a file below": lambda folder: (
        (folder / "deep/er").mkdir(parents=True),
        (folder / "deep/er/x").write_text("mine"),
    ),
    "a changed file": lambda folder: (folder / "index.html").write_text("mine"),
    "a link": lambda folder: (folder / "here").symlink_to(folder),
    "a link to what was pulled": lambda folder: (
        (folder / "sw.js").unlink(missing_ok=True),
        (folder / "sw.js").symlink_to("index.html"),
    ),
    "a queue": lambda folder: os.mkfifo(folder / "queue"),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("pulled_before", [True, False])
def test_what_no_pull_put_there_stays_and_is_named(site: Site, tmp_path: Path, kind: str, pulled_before: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if pulled_before:
        pull_into(site, folder)
    FOREIGN[kind](folder)
    before = files_of(folder)
    with pytest.raises(Refused, match=r"holds what no pull put there: .*Nothing was changed"):
        pull_into(site, folder)
    assert files_of(folder) == before


@pytest.mark.parametrize("name", ["", ".", "..", "../..", "/", "sub/..", "link"])
def test_the_folder_where_one_is_and_those_above_are_refused(site: Site, tmp_path: Path, name: str) -> None:
    here = tmp_path / "checkout/here"
    here.mkdir(parents=True)
    (here / "sub").mkdir()
    (here / "link").symlink_to(here)
    (tmp_path / "checkout/other").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refused, match="is where you are"):
        pull_into(site, name, cwd=here)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_and_a_folder_that_cannot_be_written_are_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Refused, match="is no folder"):
        pull_into(site, tmp_path / "file")
    with pytest.raises(Refused, match="cannot be written"):
        pull_into(site, tmp_path / "file/below")
    with pytest.raises(Refused, match="cannot be written"):
        pull_into(site, "/proc/pulled")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_pull_that_breaks_off_leaves_the_folder_as_it_was(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pulled"
    pull_into(site, folder)
    before = files_of(folder)
    rename = Path.rename

    def fail_second(path: Path, target: Path) -> Path:
        if target == folder and path.suffix != ".old":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_second)
    with pytest.raises(Refused, match="No space left"):
        pull_into(site, folder)
    monkeypatch.undo()
    monkeypatch.setattr(pulling, "_write", lambda *_: (_ for _ in ()).throw(Refused("the network is gone")))
    with pytest.raises(Refused, match="network"):
        pull_into(site, folder)
    assert files_of(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["pulled"]


def test_a_file_whose_name_leads_out_of_the_folder_is_refused(embedded_aws: EmbeddedAws, tmp_path: Path) -> None:
    with new_site(embedded_aws, tmp_path / "home") as site:
        s3 = site.aws.client("s3")
        for name in ("index.html", "../../evil.txt"):
            s3.put_object(Bucket=site.bucket, Key=f"production/{name}", Body=b"x")
        with pytest.raises(Refused, match="outside of the folder"):
            pull_into(site, tmp_path / "a/b/pulled")
    assert not list(tmp_path.rglob("evil.txt"))
