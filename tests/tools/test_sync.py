"""tools.sync on a bucket and a distribution of the product's own templates: what releasers and viewers meet."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.races import at_once
from tests.support.releases import Site, breaks, new_site, watched_calls, write_build
from tools.common.console import Refused
from tools.local.embedded import EmbeddedAws
from tools.sync import release
from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.layout import CONTENT_TYPES
from tools.sync.pruning import prune
from tools.sync.pulling import pull
from tools.sync.references import references
from tools.sync.releaser import Outcome, Releaser
from tools.sync.verify import Viewer


@pytest.fixture
def site(embedded_aws: EmbeddedAws, tmp_path: Path) -> Iterator[Site]:
    with new_site(embedded_aws, tmp_path / "home") as site:
        yield site


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What viewers do not get at once is not waited for."""
    monkeypatch.setattr("tools.sync.releaser.FRESH_TIMEOUT_S", 0)


def release_build(site: Site, tmp_path: Path, name: str, by: str = "ana", **options: Any) -> Releaser:
    """Stage and promote a build, in this process."""
    releaser = site.releaser(by)
    releaser.stage(read_build(write_build(tmp_path / name, name, **options)))
    releaser.promote()
    return releaser


def test_a_release_goes_to_staging_to_production_and_back(site: Site, tmp_path: Path) -> None:
    old, new = (write_build(tmp_path / name, name, worker=True) for name in ("old", "new"))
    for build in (old, new):
        staged = site.sync("stage", "--build", str(build), "--yes")
        assert staged.returncode == 0, staged.stderr
        assert site.shown("/_staging/") == build.name
        assert site.shown("/") == ("" if build == old else "old")
        promoted = site.sync("promote", "--yes")
        assert promoted.returncode == 0, promoted.stderr
        assert site.shown("/") == site.shown("/events/abc") == build.name
        assert f"build {build.name}" in site.get("/sw.js").data.decode()
        assert site.sync("verify", "production").returncode == 0
    assert site.sync("rollback", "--yes").returncode == 0
    assert site.shown("/") == "old"
    assert site.shown("/_staging/") == "new"
    assert site.sync("verify", "production").returncode == 0

    state = json.loads(site.sync("status", "--json", "--build", str(new)).stdout)
    assert (state["staging"]["local_is"], state["production"]["local_is"]) == ("same", "ahead")
    history = json.loads(site.sync("releases", "--json").stdout)
    acts = ["staged", "verified", "promoted"]
    assert [act["act"] for act in reversed(history)] == [*acts, *acts, "rolled back"]
    assert {act["by"] for act in history} == {"ana"}


def test_a_plan_comes_first_and_without_a_yes_nothing_changes(site: Site, tmp_path: Path) -> None:
    build = write_build(tmp_path / "one", "one")
    refused = site.sync("stage", "--build", str(build))
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert re.search(r"upload +assets/index-00000one.js +\(new in the pool\)", refused.stdout)
    assert refused.stdout.rstrip().endswith("staging/index.html  (new in the slot)")
    assert site.releaser().bucket.pool() == []


def test_the_stale_copy_that_nearly_overwrote_the_live_spa_is_stopped(site: Site, tmp_path: Path) -> None:
    live = write_build(tmp_path / "live", "live", lines=2463)
    stale = write_build(tmp_path / "stale", "stale", lines=976)
    assert site.sync("stage", "--build", str(stale), "--yes", by="ben").returncode == 0
    assert site.sync("pull", "staging", by="ana").returncode == 0
    assert site.sync("stage", "--build", str(live), "--yes", by="ana").returncode == 0
    assert site.sync("promote", "--yes", by="ana").returncode == 0

    refused = site.sync("stage", "--build", str(stale), "--yes", by="ben")
    assert refused.returncode == 1
    for named in ("index.html 976", "index.html 2463", "local is behind", "promoted by ana", "pull production"):
        assert named in refused.stderr, refused.stderr
    assert site.shown("/_staging/") == "live"

    took = site.sync("pull", by="ben")
    assert took.returncode == 0, took.stderr
    assert site.sync("stage", "--build", str(stale), "--yes", by="ben").returncode == 0


def test_what_was_put_there_without_the_tool_is_only_replaced_knowingly(site: Site, tmp_path: Path) -> None:
    releaser = release_build(site, tmp_path, "one")
    s3 = site.aws.client("s3")
    s3.put_object(
        Bucket=site.bucket, Key="production/index.html", Body=b"<!-- build byhand -->", ContentType="text/html"
    )
    two = write_build(tmp_path / "two", "two")
    refused = site.sync("stage", "--build", str(two), "--yes")
    assert refused.returncode == 1
    token = re.search(r"--force-from (unrecorded-\w+)", refused.stderr)
    assert token, refused.stderr
    with pytest.raises(Refused, match="without this tool"):
        releaser.promote()
    assert site.shown() == "byhand"
    assert site.sync("stage", "--build", str(two), "--yes", "--force-from", token.group(1)).returncode == 0
    assert site.sync("promote", "--yes").returncode == 0
    assert site.shown() == "two"


def test_a_live_spa_without_any_record_can_be_pulled_and_built_upon(site: Site, tmp_path: Path) -> None:
    s3 = site.aws.client("s3")
    for file in read_build(write_build(tmp_path / "before", "before")):
        key = file.key("production")
        s3.put_object(
            Bucket=site.bucket,
            Key=key,
            Body=file.body,
            ContentType=file.info.content_type,
            CacheControl=file.info.cache_control,
        )
    new = write_build(tmp_path / "new", "new")
    assert site.sync("stage", "--build", str(new), "--yes").returncode == 1
    pulled = site.sync("pull", "--into", str(tmp_path / "pulled"))
    assert pulled.returncode == 0, pulled.stderr
    assert {path.name for path in (tmp_path / "pulled/assets").iterdir()} == {
        path.name for path in (tmp_path / "before/assets").iterdir()
    }
    shown = site.sync("diff", "--build", str(new)).stdout
    assert "assets/index-00before.js → assets/index-00000new.js" in shown
    assert "-<!doctype html><!-- build before -->" in shown
    assert site.sync("stage", "--build", str(new), "--yes").returncode == 0
    assert site.sync("promote", "--yes").returncode == 0
    assert site.shown() == "new"


def test_a_release_that_comes_during_a_pull_never_becomes_the_base_of_other_files(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "n0")
    at, reached = 0, True
    while reached:
        at += 1
        ben = site.releaser("ben")
        stage_unseen(ben, read_build(write_build(tmp_path / f"n{at}", f"n{at}")))

        def promote_before(number: int, send: Callable[[], Any], at: int = at, ben: Releaser = ben) -> Any:
            if number == at:
                ben.promote()
            return send()

        with watched_calls(promote_before) as made:
            ana = site.releaser("ana")
            token, _ = pull(ana.bucket, ana.memory, "production", tmp_path / "pulled")
        reached = len(made) >= at
        assert token == release.identity_of(read_build(tmp_path / "pulled")), (at, made)
    assert at > 5


def test_only_what_was_verified_is_promoted(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "one")
    ana = site.releaser("ana")
    ana.stage(read_build(write_build(tmp_path / "two", "two")), verify=False)
    with pytest.raises(Refused, match="was not verified"):
        ana.promote()
    ana.verify("staging")
    site.aws.client("s3").put_object(
        Bucket=site.bucket, Key="staging/index.html", Body=b"else", ContentType="text/html"
    )
    with pytest.raises(Refused, match="not what was verified"):
        ana.promote()
    assert site.shown() == "one"


def test_production_that_moved_after_the_verification_is_told_by_whom_and_when(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "one")
    release_build(site, tmp_path, "two")
    ana = site.releaser("ana")
    ana.stage(read_build(write_build(tmp_path / "three", "three")))
    site.releaser("ben").roll_back()
    with pytest.raises(Refused, match=r"moved since .* rolled back by ben at 2\d{3}-"):
        ana.promote()
    ana.verify("staging")
    ana.promote()
    assert site.shown() == "three"


def test_a_build_that_names_what_it_lacks_is_refused(site: Site, tmp_path: Path) -> None:
    build = write_build(tmp_path / "one", "one")
    (build / "assets/font-00000one.woff2").unlink()
    refused = site.sync("stage", "--build", str(build), "--yes")
    assert refused.returncode == 1
    assert "assets/index-00000one.css names assets/font-00000one.woff2" in refused.stderr
    assert site.releaser().bucket.pool() == []


@pytest.mark.parametrize("damage", ["gone", "wrongly typed"])
def test_a_release_whose_assets_are_damaged_does_not_come_back(site: Site, tmp_path: Path, damage: str) -> None:
    release_build(site, tmp_path, "one")
    ana = release_build(site, tmp_path, "two")
    s3 = site.aws.client("s3")
    if damage == "gone":
        s3.delete_object(Bucket=site.bucket, Key="assets/chunk0-00000one.js")
    else:
        s3.put_object(Bucket=site.bucket, Key="assets/chunk0-00000one.js", Body=b"x", ContentType="text/html")
    with pytest.raises(Refused, match=r"cannot come back: /assets/chunk0-00000one\.js"):
        ana.roll_back()
    assert site.shown() == "two"


def test_a_staged_release_that_lost_an_asset_since_is_not_promoted(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "one")
    ana = site.releaser("ana")
    ana.stage(read_build(write_build(tmp_path / "two", "two")))
    site.aws.client("s3").delete_object(Bucket=site.bucket, Key="assets/font-00000two.woff2")
    with pytest.raises(Refused, match=r"is not whole: /assets/font-00000two\.woff2"):
        ana.promote()
    assert load_page(site, {"one"}) == "one"


def test_verify_names_each_wrong_byte_type_and_header(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "one")
    s3 = site.aws.client("s3")
    s3.put_object(Bucket=site.bucket, Key="assets/index-00000one.css", Body=b"body{}", ContentType="text/plain")
    refused = site.sync("verify", "production")
    assert refused.returncode == 1
    for named in ("has other bytes", "has the type text/plain instead of text/css", "Cache-Control"):
        assert named in refused.stderr


def test_assets_of_earlier_releases_still_answer(site: Site, tmp_path: Path) -> None:
    """For tabs that were opened before."""
    for name in ("one", "two", "three"):
        release_build(site, tmp_path, name)
    assert site.get("/assets/chunk0-00000one.js").status == 200


def test_only_changed_viewer_paths_are_invalidated(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "one")
    release_build(site, tmp_path, "two")
    cloudfront = site.aws.client("cloudfront")
    listed = cloudfront.list_invalidations(DistributionId=site.distribution)["InvalidationList"]["Items"]
    paths = [
        cloudfront.get_invalidation(DistributionId=site.distribution, Id=item["Id"])["Invalidation"][
            "InvalidationBatch"
        ]["Paths"]["Items"]
        for item in listed
    ]
    assert ["/", "/index.html", "/production/index.html"] in paths
    assert not [path for batch in paths for path in batch if "*" in path]


def test_records_are_not_public(site: Site, tmp_path: Path) -> None:
    ana = release_build(site, tmp_path, "one")
    key = next(iter(ana.bucket.record_ages()))
    for path in (f"/_releases/{key}.json", f"/_staging/../_releases/{key}.json", f"/assets/../_releases/{key}.json"):
        assert "c0ffee" not in site.get(path).data.decode()


def test_going_back_twice_goes_back_two_releases_and_forward_by_name(site: Site, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        ana = release_build(site, tmp_path, name)
    three = ana.bucket.head().production
    assert three
    ana.roll_back()
    assert site.shown() == "two"
    ana.roll_back()
    assert site.shown() == "one"
    with pytest.raises(Refused, match="held nothing before"):
        ana.roll_back()
    ana.roll_back(three.release)
    assert site.shown() == "three"


def test_two_releasers_at_once_one_wins_and_the_other_is_told_by_whom(site: Site, tmp_path: Path) -> None:
    for number in range(20):
        stage_unseen(site.releaser("cap"), read_build(write_build(tmp_path / f"r{number}", f"r{number}")))
        # In every other round both have seen their plan before either goes on.
        planned = threading.Barrier(2 if number % 2 == 0 else 1)
        both = [site.releaser(by, ask=lambda _, planned=planned: planned.wait()) for by in ("ana", "ben")]
        results = at_once(2, lambda which, both=both: both[which].promote())
        winners = [releaser.by for releaser, got in zip(both, results, strict=True) if isinstance(got, Outcome)]
        refusals = [str(got) for got in results if isinstance(got, Refused)]
        assert (len(winners), len(refusals)) == (1, 1), results
        assert f"promoted by {winners[0]} at 20" in refusals[0]
        assert site.shown() == f"r{number}"


def test_two_processes_promote_at_once(site: Site, tmp_path: Path) -> None:
    site.releaser("cap").stage(read_build(write_build(tmp_path / "one", "one")))
    runs = {by: site.start("promote", "--yes", by=by) for by in ("ana", "ben")}
    done = {by: run.done() for by, run in runs.items()}
    history = site.releaser("cap").bucket.head().history
    (winner,) = [act.by for act in history if act.act == "promoted"]
    loser = "ben" if winner == "ana" else "ana"
    assert done[winner].returncode == 0, done
    # One that starts when the other is done has nothing to do; else it is refused.
    text = done[loser].stderr if done[loser].returncode else done[loser].stdout
    assert f"promoted by {winner}" in text, done


FAULTS = ["refused", "throttled", "failed", "failed once", "lost", "lost once"]


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize("act", ["stage", "promote", "rollback", "rollback of one's own"])
def test_a_fault_at_every_call_leaves_one_whole_release_and_a_rerun_finishes(
    site: Site, tmp_path: Path, fresh: None, act: str, how: str
) -> None:
    release_build(site, tmp_path, "base")
    attempts = 2 if how.endswith("once") else 1
    at, reached = 0, True
    while reached:
        at += 1
        name = f"n{at}"
        files = read_build(write_build(tmp_path / name, name, files=5))
        if act in ("promote", "rollback of one's own"):
            stage_unseen(site.releaser("ana"), files)
        if act == "rollback of one's own":
            site.releaser("ana").promote()
        if act == "rollback":
            site.releaser("ana").place(files)
        before = site.shown()
        after = {"stage": before, "promote": name}.get(act, "base")

        def run(releaser: Releaser, files: Any = files) -> None:
            if act == "stage":
                releaser.stage(files)
            elif act == "promote":
                releaser.promote()
            else:
                releaser.roll_back()

        with watched_calls(breaks(at, how)) as made:
            failed = False
            try:
                run(site.releaser("ana", attempts=attempts))
            except Exception:
                failed = True
        reached = len(made) >= at
        assert failed == (reached and not how.endswith("once")), (at, made)
        if failed:
            load_page(site, {before, after})
            run(site.releaser("ana"))
        assert load_page(site, {after}) == after, (at, made)
        assert site.shown("/_staging/") == name
        assert site.releaser().bucket.look()[1]["production"].kind == "recorded"
    assert at > 4


def stage_unseen(releaser: Releaser, files: Any) -> None:
    """Staged and noted as verified, without the fetching: for tests of what comes after."""
    held = releaser.bucket.look()[1]
    releaser.stage(files, [live.token for live in held.values() if live.token], verify=False)
    head, live = releaser.bucket.look()
    assert head.staging
    seq, production = head.staging.seq, live["production"].token
    starts = release.Opened(True, "starts")
    releaser.bucket.append(head, live, lambda now, _: release.prove(now, releaser.who(), seq, production, starts))


def base_release(releaser: Releaser) -> str:
    return releaser.bucket.head().history[-1].release


def load_page(site: Site, allowed: set[str]) -> str:
    """As a browser does: the page and all it needs; fails on anything missing, mixed or wrongly typed."""
    page = site.get("/")
    assert page.status == 200
    text = page.data.decode()
    name = re.findall(r"build (\w+)", text)[0]
    assert name in allowed
    tag = f"{name:0>8}"[-8:]
    wave, seen = {f"assets/index-{tag}.js"} | references("index.html", page.data), set()
    while wave:
        path = wave.pop()
        seen.add(path)
        answer = site.get(f"/{path}")
        assert answer.status == 200, path
        assert answer.headers["Content-Type"] == CONTENT_TYPES[Path(path).suffix], path
        assert "doctype" not in answer.data.decode(errors="replace"), path
        assert not path.startswith("assets/") or tag in path, f"{path} is of another release"
        wave |= references(path, answer.data) - seen
    assert len(seen) >= 6
    return name


def test_a_viewer_never_gets_a_missing_mixed_or_wrongly_typed_file(site: Site, tmp_path: Path) -> None:
    ana = release_build(site, tmp_path, "v0")
    stop, loads = threading.Event(), []
    problems: list[BaseException] = []
    names = {f"v{number}" for number in range(21)}

    def view() -> None:
        try:
            while not stop.is_set():
                loads.append(load_page(site, names))
        except BaseException as problem:
            problems.append(problem)

    watcher = threading.Thread(target=view)
    watcher.start()
    try:
        for number in range(1, 21):
            stage_unseen(ana, read_build(write_build(tmp_path / f"v{number}", f"v{number}")))
            ana.promote()
            if number % 2:
                ana.roll_back()
            shown = len(loads)
            while len(loads) <= shown + 1 and not problems:
                time.sleep(0.01)
    finally:
        stop.set()
        watcher.join()
    assert not problems, problems
    assert len(loads) > 20
    assert len(set(loads)) > 5


def test_status_and_promote_need_as_few_calls_for_5000_files_as_for_20(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "base")
    needed = {}
    for files in (20, 5000):
        name = f"f{files}"
        ana = site.releaser("ana")
        build = read_build(write_build(tmp_path / name, name, files=files - 3, named=10))
        assert len(build) == files
        stage_unseen(ana, build)
        with watched_calls() as status:
            ana.bucket.look()
        with watched_calls() as unchanged:
            assert not ana.stage(build).changed
        with watched_calls() as promote:
            ana.promote()
        needed[files] = (status, unchanged, promote)
        assert site.shown() == name
    for status, unchanged, promote in needed.values():
        assert len(status) <= 3, status
        assert len(unchanged) <= 3, unchanged
        # One of them reads the proof: the journal's entry that staging was verified.
        assert sum(call.startswith("GET /_releases/") for call in promote) == 1, promote
        assert len(promote) <= 4 + 1, promote
    assert [len(calls) for calls in needed[20]] == [len(calls) for calls in needed[5000]]


@pytest.mark.parametrize("by", ["ana", "ben"])
def test_a_rollback_takes_four_calls_from_any_copy(site: Site, tmp_path: Path, by: str) -> None:
    """Also from one that has seen nothing of the promotion."""
    for name in ("one", "two"):
        release_build(site, tmp_path, name, files=40)
    other = site.releaser(by)
    with watched_calls() as calls:
        other.roll_back()
    assert site.shown() == "one"
    assert [call.partition(" ")[0] for call in calls] == ["GET", "PUT", "PUT", "POST"], calls
    assert other.bucket.look()[1]["production"].kind == "recorded"


def test_a_rollback_after_notes_on_the_promotion_goes_on_from_the_last_of_them(site: Site, tmp_path: Path) -> None:
    for name in ("one", "two"):
        ana = release_build(site, tmp_path, name)
    head, live = ana.bucket.look()
    assert head.production
    seq = head.production.seq
    for act in ("watching", "watched"):
        head = ana.bucket.append(head, live, lambda now, _, act=act: release.watch(now, ana.who(), seq, act, "well"))
    with watched_calls() as calls:
        site.releaser("ben").roll_back()
    assert site.shown() == "one"
    assert [act.act for act in ana.bucket.head().history][:4] == ["rolled back", "watched", "watching", "promoted"]
    # Each note is one that is met, and one that is read.
    assert len(calls) == 4 + 2 * 2, calls


def test_a_rollback_over_a_promotion_that_wrote_no_page_yet_does_not_go_by_the_page(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal says that production holds `three`; viewers still get `two`."""
    for name in ("one", "two"):
        ana = release_build(site, tmp_path, name)
    stage_unseen(ana, read_build(write_build(tmp_path / "three", "three")))
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "settle", lambda *_: [])
        patch.setattr(Viewer, "verify_pointers", lambda *_: [])
        ana.promote()
    assert site.shown() == "two"
    site.releaser("ben").roll_back()
    assert site.shown() == "two"
    head, live = ana.bucket.look()
    assert live["production"].kind == "recorded"
    assert [act.act for act in head.history][:2] == ["rolled back", "promoted"]
    site.releaser("ben").roll_back()
    assert site.shown() == "one"


def test_a_promotion_takes_four_calls_and_the_proof_from_any_copy(site: Site, tmp_path: Path) -> None:
    release_build(site, tmp_path, "one")
    site.releaser("ana").stage(read_build(write_build(tmp_path / "two", "two")))
    with watched_calls() as calls:
        site.releaser("ben").promote()
    assert site.shown() == "two"
    assert sum(call.startswith("GET /_releases/") for call in calls) == 1, calls
    assert len(calls) <= 4 + 1, calls


def test_a_rollback_decides_on_the_last_entry_whoever_made_it(site: Site, tmp_path: Path) -> None:
    for name in ("one", "two"):
        ana = release_build(site, tmp_path, name)
    # What viewers see has not changed since; the journal has.
    stage_unseen(site.releaser("ben"), read_build(write_build(tmp_path / "three", "three")))
    ana.roll_back()
    assert site.shown() == "one"
    site.releaser("ben").verify("staging")
    site.releaser("ben").promote()
    ana.roll_back()
    assert site.shown() == "one"
    acts = [act.act for act in ana.bucket.head().history]
    assert acts[:4] == ["rolled back", "promoted", "verified", "rolled back"]


def test_of_two_who_roll_back_at_once_one_wins_and_production_goes_back_once(site: Site, tmp_path: Path) -> None:
    for name in ("zero", "one"):
        release_build(site, tmp_path, name)
    for number in range(6):
        name = f"t{number}"
        last = site.releaser("ana" if number % 2 else "ben")
        stage_unseen(last, read_build(write_build(tmp_path / name, name)))
        last.promote()
        planned = threading.Barrier(2)
        both = [site.releaser(by, ask=lambda _, planned=planned: planned.wait(20)) for by in ("ana", "ben")]
        results = at_once(2, lambda which, both=both: both[which].roll_back())
        assert [type(got) for got in results if isinstance(got, Outcome)] == [Outcome], results
        (refused,) = [str(got) for got in results if isinstance(got, Refused)]
        assert "production moved meanwhile" in refused
        assert site.shown() == "one"


@pytest.mark.parametrize("number", [0, 1])
def test_a_large_build_is_uploaded_whole_or_refused_at_the_asset_that_has_other_bytes(
    site: Site, tmp_path: Path, number: int
) -> None:
    build = write_build(tmp_path / "many", "many", files=400, named=10)
    s3, clash = site.aws.client("s3"), f"assets/chunk{number}-0000many.js"
    assert site.sync("stage", "--build", str(build), "--no-verify", "--yes").returncode == 0
    assert len(site.releaser().bucket.pool()) == 400
    for one in site.releaser().bucket.pool():
        s3.delete_object(Bucket=site.bucket, Key=one.key)
    s3.put_object(Bucket=site.bucket, Key=clash, Body=b"other")
    with pytest.raises(Refused, match=rf"{clash} is in the pool with other bytes"):
        site.releaser().bucket.fill_pool([file for file in read_build(build) if file.pooled], lambda _: None)


def test_a_status_of_the_tool_itself_makes_three_calls(site: Site, tmp_path: Path, monkeypatch: Any) -> None:
    from tools.sync import __main__ as sync

    release_build(site, tmp_path, "one")
    monkeypatch.setattr("sys.argv", ["sync", "status", "--stage", "local", "--home", str(site.folder), "--json"])
    with watched_calls() as calls:
        assert sync.main() == 0
    assert len(calls) == 3, calls


def test_a_local_stage_needs_nothing_of_the_users_own_aws_and_proxy(site: Site, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[[[ no configuration")
    build = write_build(tmp_path / "one", "one")
    environment = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_PROFILE": "none-such",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "http_proxy": "http://127.0.0.1:1",
        "no_proxy": "",
    }
    staged = site.sync("stage", "--build", str(build), "--yes", **environment)
    assert staged.returncode == 0, staged.stderr


def test_prune_deletes_only_what_no_retained_release_names(site: Site, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        ana = release_build(site, tmp_path, name)
    ana.stage(read_build(write_build(tmp_path / "four", "four")))
    assert prune(ana, grace_s=3600, keep=1) == []
    before = ana.bucket.slots()
    deleted = [name for name in prune(ana, grace_s=-60, keep=2) if name.startswith("assets/")]
    assert {re.search(r"-0*([a-z]+)\.", name).group(1) for name in deleted} == {"one"}  # type: ignore[union-attr]
    assert ana.bucket.slots() == before
    assert len(ana.bucket.record_ages()) == 4, "records stay"
    assert load_page(site, {"three"}) == "three"
    ana.promote()
    ana.roll_back()
    assert load_page(site, {"three"}) == "three"
    with pytest.raises(Refused, match="cannot come back"):
        ana.roll_back(base_release(ana))


def test_prune_deletes_nothing_after_any_error(site: Site, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        ana = release_build(site, tmp_path, name)
    with watched_calls():
        pool = ana.bucket.pool()
    at, finished = 0, False
    while not finished:
        at += 1
        with watched_calls(breaks(at, "refused")) as made:
            try:
                prune(site.releaser("ana", attempts=1), grace_s=-60, keep=1)
                finished = True
            except Exception:
                assert not [call for call in made[: at - 1] if "delete" in call]
        if not finished:
            assert ana.bucket.pool() == pool
    assert len(ana.bucket.pool()) < len(pool)


def test_the_edge_that_does_not_answer_is_told_in_one_line(site: Site, tmp_path: Path) -> None:
    build = write_build(tmp_path / "one", "one")
    refused = site.sync("stage", "--build", str(build), "--yes", "--base-url", "http://127.0.0.1:9")
    assert refused.returncode == 1
    assert "does not answer" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert Viewer(site.base_url).get("/_staging/").status == 200, "staged, not yet verified: a rerun verifies"
    assert site.sync("stage", "--build", str(build), "--yes").returncode == 0


def test_the_buckets_policy_refuses_what_a_plain_copy_does(site: Site) -> None:
    policy = json.loads(site.aws.client("s3").get_bucket_policy(Bucket=site.bucket)["Policy"])

    def refused(key: str, *conditions: str) -> bool:
        """A deny of PutObject holds when each key in its `Null` is there or absent as it says (AWS's rule)."""
        for statement in policy["Statement"]:
            covers = any(resource.endswith(f"/{key.partition('/')[0]}/*") for resource in statement["Resource"])
            if statement["Effect"] == "Deny" and statement["Action"] == "s3:PutObject" and covers:
                assert statement["Principal"] == "*"
                assert set(statement["Condition"]) == {"Null"}
                null = statement["Condition"]["Null"]
                if all(
                    (name.removeprefix("s3:") not in conditions) == (absent == "true") for name, absent in null.items()
                ):
                    return True
        return False

    for key in ("production/index.html", "staging/sw.js", "preview/x/index.html", "assets/a.js", "_releases/1.json"):
        assert refused(key)
        assert not refused(key, "if-none-match")
    assert not refused("production/index.html", "if-match")
    assert refused("assets/app.js", "if-match")
    assert not refused("_deployed/prod.json")
