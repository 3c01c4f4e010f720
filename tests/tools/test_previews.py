"""Every release at its own address for a month, and nothing that a tab still needs goes before its time."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.releases import Site, new_site, write_build
from tools.common.console import Refused
from tools.deploy.open_tabs import breaks
from tools.local.embedded import EmbeddedAws
from tools.sync.bucket import Bucket, Listed
from tools.sync.built_spa import read_build
from tools.sync.layout import PREVIEW_S
from tools.sync.pruning import prune
from tools.sync.releaser import Releaser

DAY_S = 24 * 3600


@pytest.fixture
def site(embedded_aws: EmbeddedAws, tmp_path: Path) -> Iterator[Site]:
    with new_site(embedded_aws, tmp_path / "home") as site:
        yield site


def stage(releaser: Releaser, folder: Path, name: str, **options: Any) -> str:
    """Its release's id."""
    return releaser.stage(read_build(write_build(folder / name, name, **options))).release


def test_a_staged_release_has_an_address_of_its_own_that_outlives_later_ones(site: Site, tmp_path: Path) -> None:
    ana = site.releaser()
    one = stage(ana, tmp_path, "one", worker=True)
    ana.promote()
    two = stage(ana, tmp_path, "two")
    for found, name in ((one, "one"), (two, "two")):
        for path in ("", "index.html", "events/abc", "g/abc", "payments"):
            assert site.shown(f"/_preview/{found}/{path}") == name
        assert site.get(f"/_preview/{found}").headers["Location"] == f"/_preview/{found}/"
    assert json.loads(site.get(f"/_preview/{one}/manifest.webmanifest").data)["name"] == "Test"
    assert (site.shown("/"), site.shown("/_staging/")) == ("one", "two")
    assert site.get("/_preview/0123456789ab/").status in (403, 404)


def test_a_preview_has_no_worker_and_no_search_engine_may_list_it(site: Site, tmp_path: Path) -> None:
    one = stage(site.releaser(), tmp_path, "one", worker=True)
    assert site.get(f"/_preview/{one}/sw.js").status in (403, 404)
    for path in (f"/_preview/{one}/", "/_staging/", "/"):
        assert site.get(path).headers["X-Robots-Tag"] == "noindex"
    assert site.get(f"/_preview/{one}/").headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_history_names_the_addresses(site: Site, tmp_path: Path) -> None:
    ana = site.releaser()
    one = stage(ana, tmp_path, "one")
    ana.promote()
    listed = json.loads(site.sync("releases", "--json").stdout)
    assert {act["address"] for act in listed} == {f"{site.base_url}/_preview/{one}/"}
    lines = site.sync("releases").stdout.splitlines()
    assert [f"{site.base_url}/_preview/{one}/" in line for line in lines] == [True, False, False]


def test_what_somebody_else_put_at_a_releases_address_is_refused(site: Site, tmp_path: Path) -> None:
    build = read_build(write_build(tmp_path / "one", "one"))
    ana = site.releaser()
    one = ana.stage(build, verify=False).release
    site.aws.client("s3").put_object(Bucket=site.bucket, Key=f"preview/{one}/index.html", Body=b"else")
    with pytest.raises(Refused, match=f"preview/{one}/index.html was changed without this tool"):
        ana.verify("staging")
    assert not ana.bucket.head().proven


def test_a_grace_shorter_than_a_releases_address_is_wrong_usage(site: Site) -> None:
    for keep in ("0", "-1", "ten"):
        assert site.sync("prune", "--yes", "--keep", keep).returncode == 2
    refused = site.sync("prune", "--yes", "--grace-days", "29.9")
    assert refused.returncode == 2
    assert "at least 30" in refused.stderr
    assert site.sync("prune", "--yes", "--grace-days", "30").returncode == 0


class Calendar:
    """Days that pass for a bucket and for who prunes it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        born: dict[tuple[str, float], float] = {}
        really_list: Callable[..., list[Listed]] = Bucket._list

        def list_aged(bucket: Bucket, **options: str) -> list[Listed]:
            found = really_list(bucket, **options)
            return [one._replace(modified_at=born.setdefault((one.key, one.modified_at), self.now)) for one in found]

        monkeypatch.setattr(Bucket, "_list", list_aged)
        monkeypatch.setattr("tools.sync.pruning.time.time", lambda: self.now)

    def pass_days(self, days: float) -> None:
        self.now += days * DAY_S


def note_ages(site: Site) -> None:
    """What is there now has the present day's date."""
    bucket = site.releaser().bucket
    bucket.pool()
    bucket.previews()
    bucket.record_ages()


def test_a_tab_stays_whole_through_20_promotes_rollbacks_and_prunes(
    site: Site, tmp_path: Path, chromium: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = Calendar(monkeypatch)
    ana = site.releaser()
    for name in ("stone", "bronze", "iron"):
        stage(ana, tmp_path, name)
        ana.promote()
        note_ages(site)
        calendar.pass_days(20)
    opened = stage(ana, tmp_path, "v0", files=30, named=1)
    ana.promote()
    note_ages(site)
    context = chromium.new_context(base_url=site.base_url)
    failed: list[str] = []

    def note_failure(request: Any) -> None:
        # Who goes on to another page does not wait for the rest of this one.
        if request.failure != "net::ERR_ABORTED":
            failed.append(f"{request.url}: {request.failure}")

    context.on("requestfailed", note_failure)
    context.on("response", lambda answer: answer.status >= 400 and failed.append(f"{answer.url}: {answer.status}"))
    tab = context.new_page()
    tab.goto("/")
    deleted: list[str] = []
    known = [opened]
    for number in range(1, 21):
        calendar.pass_days(29 / 20)
        known.append(stage(ana, tmp_path, f"v{number}"))
        ana.promote()
        if number % 2:
            ana.roll_back()
        note_ages(site)
        deleted += prune(ana, PREVIEW_S, keep=1)
        assert tab.evaluate(f"import('/assets/chunk{number}-000000v0.js').then((part) => part.default)")
        other = context.new_page()
        for path in ("/", f"/_preview/{opened}/"):
            other.goto(path)
            assert re.search(r"/assets/index-0+v\d+\.js", other.content())
        other.close()
        assert [site.shown(f"/_preview/{one}/") for one in known] == [f"v{each}" for each in range(number + 1)]
    context.close()
    assert failed == []
    # What nobody can need any more went meanwhile; iron was in production until 29 days ago.
    assert {re.search(r"-0*([a-z]+)\.", name)[1] for name in deleted if name.startswith("assets/")} == {  # type: ignore[index]
        "stone",
        "bronze",
    }
    assert any(name.startswith("preview/") for name in deleted)
    assert f"preview/{opened}/index.html" not in deleted


def test_what_a_slot_held_within_the_grace_is_kept_however_old_it_is_and_however_many_came_after(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tab may have it open, and a deployment still reads what it calls."""
    calendar = Calendar(monkeypatch)
    ana = site.releaser()
    build = write_build(tmp_path / "old", "old")
    (build / "assets/calls-old.json").write_text('{"format": 1, "paths": {}, "components": {"schemas": {}}}')
    ana.stage(read_build(build))
    ana.promote()
    note_ages(site)
    calendar.pass_days(60)
    for name in ("new", "newer"):
        stage(ana, tmp_path, name)
        ana.promote()
        note_ages(site)
    calendar.pass_days(29)
    prune(ana, PREVIEW_S, keep=1)
    assert site.get("/assets/chunk1-00000old.js").status == 200
    assert breaks(ana.bucket, {"paths": {}}) == []
    calendar.pass_days(2)
    assert "assets/chunk1-00000old.js" in prune(ana, PREVIEW_S, keep=1)
    assert breaks(ana.bucket, {"paths": {}}) == []


def test_a_preview_ends_after_its_days_unless_a_slot_holds_its_release(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = Calendar(monkeypatch)
    ana = site.releaser()
    one = stage(ana, tmp_path, "one")
    ana.promote()
    two = stage(ana, tmp_path, "two")
    three = stage(ana, tmp_path, "three")
    note_ages(site)
    calendar.pass_days(29.9)
    assert prune(ana, PREVIEW_S, keep=1) == []
    calendar.pass_days(0.2)
    deleted = prune(ana, PREVIEW_S, keep=1)
    assert [name for name in deleted if name.startswith("preview/")] == [
        f"preview/{two}/{name}" for name in ("index.html", "manifest.webmanifest")
    ]
    assert site.get(f"/_preview/{two}/").status in (403, 404)
    assert (site.shown(f"/_preview/{one}/"), site.shown(f"/_preview/{three}/")) == ("one", "three")
