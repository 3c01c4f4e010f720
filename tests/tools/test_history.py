"""The journal has no blind end: however much was staged since, production's releases are known, listed and kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.releases import Site, new_site, watched_calls, write_build
from tools.common.console import Refused
from tools.local.embedded import EmbeddedAws
from tools.sync import release
from tools.sync.built_spa import read_build
from tools.sync.pruning import prune
from tools.sync.releaser import Releaser

ROUNDS = 100


@pytest.fixture(scope="module")
def site(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`one` and `two` were promoted, then `three` and `four` were staged and verified a hundred times."""
    folder = tmp_path_factory.mktemp("site")
    with new_site(embedded_aws, folder / "home") as site:
        ana = site.releaser()
        for name in ("one", "two"):
            ana.stage(read_build(write_build(folder / name, name)))
            ana.promote()
        for name in ("three", "four"):
            ana.stage(read_build(write_build(folder / name, name)), verify=False)
        stage_and_verify_often(ana)
        yield site


def stage_and_verify_often(ana: Releaser) -> None:
    """As the journal sees it, without the uploads."""
    head, live = ana.bucket.look()
    production = live["production"].token
    names = [act.release for act in head.history if act.act == "staged"][:2]
    records = [ana.bucket.record(name) for name in names]
    for number in range(ROUNDS):
        record = records[number % 2]
        head = ana.bucket.append(
            head, live, lambda now, seen, record=record: release.stage(now, ana.who(), record, seen, known(ana))
        )
        assert head.staging
        seq = head.staging.seq
        head = ana.bucket.append(head, live, lambda now, _, seq=seq: release.prove(now, ana.who(), seq, production))
    assert head.staging
    ana.bucket.settle("staging", head.staging, ana.bucket.slots()["staging"])


def known(ana: Releaser) -> list[str]:
    return [found.token for found in ana.bucket.look()[1].values() if found.token]


def test_everything_is_listed(site: Site) -> None:
    listed = json.loads(site.sync("releases", "--json").stdout)
    acts = [act["act"] for act in reversed(listed)]
    assert acts == ["staged", "verified", "promoted"] * 2 + ["staged"] * 2 + ["staged", "verified"] * ROUNDS
    text = site.sync("releases").stdout
    assert sum("promoted" in line for line in text.splitlines()) == 2
    assert "production" in text


def test_a_status_stays_three_calls(site: Site) -> None:
    with watched_calls() as made:
        site.releaser().bucket.look()
    assert len(made) == 3


def test_prune_keeps_the_assets_of_the_release_before(site: Site) -> None:
    prune(site.releaser(), grace_s=-60, keep=10)
    for name in ("one", "two"):
        assert site.get(f"/assets/index-00000{name}.js").status == 200


def test_prune_keeps_the_way_back_however_few_are_to_be_kept(embedded_aws: EmbeddedAws, tmp_path: Path) -> None:
    with new_site(embedded_aws, tmp_path / "home") as site:
        ana = site.releaser()
        for name in ("one", "two", "three"):
            ana.stage(read_build(write_build(tmp_path / name, name, files=8, named=1)))
            ana.promote()
        assert any("one" in name for name in prune(ana, grace_s=-60, keep=1))
        assert site.get("/assets/chunk3-00000two.js").status == 200
        ana.roll_back()
        assert site.shown() == "two"


def test_going_back_finds_the_release_before(site: Site) -> None:
    site.releaser().roll_back()
    assert site.shown() == "one"


def test_what_is_placed_on_this_machine_is_found_again_after_that_many_acts(
    embedded_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """A slot that was moved by hand since is left alone at the next `make run`."""
    with new_site(embedded_aws, tmp_path / "home") as site:
        ana = site.releaser()
        built = read_build(write_build(tmp_path / "built", "built"))
        ana.place(built)
        for name in ("three", "four"):
            ana.stage(read_build(write_build(tmp_path / name, name)), verify=False)
        stage_and_verify_often(ana)
        ana.place(built)
        assert site.shown("/_staging/") in ("three", "four")


@pytest.mark.parametrize("asked", ["", " ", "..", "../x", "two", "UNRECORDED", "0123456789ab", "journal/999999998"])
def test_a_release_that_there_is_none_of_is_refused(site: Site, asked: str) -> None:
    before = site.shown()
    for command in (["rollback", "--yes", asked], ["diff", asked, "local"]):
        refused = site.sync(*command)
        assert refused.returncode == 1, refused
        assert len(refused.stderr.splitlines()) == 1
        assert "release" in refused.stderr
    assert site.shown() == before


def test_a_release_whose_assets_were_pruned_is_refused_before_anything_is_written(
    embedded_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """Also those that no page of it names, and those that the edge still has: all but the release before, which `prune`
    keeps whole.
    """
    with new_site(embedded_aws, tmp_path / "home") as site:
        ana = site.releaser()
        for name in ("one", "two", "three"):
            ana.stage(read_build(write_build(tmp_path / name, name, files=8, named=1)))
            ana.promote()
        one = next(act.release for act in reversed(ana.bucket.head().history))
        for key in ("assets/chunk3-00000one.js", "assets/chunk0-00000two.js"):
            site.aws.client("s3").delete_object(Bucket=site.bucket, Key=key)
        before = ana.bucket.head().seq
        with pytest.raises(Refused, match=r"cannot come back: /assets/chunk3-00000one\.js is not in the pool"):
            ana.roll_back(one)
        with pytest.raises(Refused, match=r"cannot come back: /assets/chunk0-00000two\.js"):
            ana.roll_back()
        assert ana.bucket.head().seq == before
        assert site.shown() == "three"


def test_a_release_without_a_worker_does_not_come_back_over_one_with_it() -> None:
    who = release.Who("ana", "2026-06-01T10:00:00Z", "c0ffee", "n1")
    old = release.release_of([release.SpaFile("index.html", b"<p>")], who, {})
    live = release.Live("recorded", "r2", {"index.html": '"1"', "sw.js": '"2"'})
    with pytest.raises(Refused, match=r"has no sw\.js"):
        release.roll_back(release.Head(), who, old, live, "r2")
    without = live._replace(etags={"index.html": '"1"'})
    assert release.roll_back(release.Head(), who, old, without, "r2").production


def test_a_worker_of_another_build_is_named_in_the_plan(site: Site, tmp_path: Path) -> None:
    build = write_build(tmp_path / "six", "six")
    (build / "sw.js").write_text('const shell=[["./","sha256-AAAA"],["/assets/index-00000six.css",`sha256-BBBB`]]')
    shown: list[str] = []
    site.releaser(ask=shown.extend).stage(read_build(build), known(site.releaser()))
    notes = [line for line in shown if "note" in line]
    assert len(notes) == 2
    assert "index.html" in notes[0]
