"""A promotion that is watched: what fails goes back within a minute and says why; without a network nothing does."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from tests.support.releases import Site, breaks, new_site, watched_calls, write_build
from tools.common.console import Refused
from tools.local import front_door
from tools.local.embedded import EmbeddedAws
from tools.sync import release
from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.proof.boot import Boot
from tools.sync.releaser import Releaser
from tools.sync.verify import Viewer
from tools.sync.watch import Watcher, probes_of

TEN_MINUTES_S = 600
# What a look may take: a browser that waits for a page in vain, and smoke checks.
LOOK_S = 14


@pytest.fixture
def site(embedded_aws: EmbeddedAws, tmp_path: Path) -> Iterator[Site]:
    """Production holds `two`, after `one`."""
    with new_site(embedded_aws, tmp_path / "home") as site:
        for name in ("one", "two"):
            promote(site, tmp_path / name)
        yield site


def promote(site: Site, folder: Path, by: str = "ana") -> Releaser:
    releaser = site.releaser(by)
    known = [live.token for live in releaser.bucket.look()[1].values() if live.token]
    releaser.stage(read_build(write_build(folder, folder.name)), known)
    releaser.promote()
    return releaser


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def watch(site: Site, probe: Callable[[], str], clock: Clock, by: str = "ana") -> Any:
    def look(slot: str) -> str:
        assert slot == "production"
        clock.sleep(LOOK_S)
        return probe()

    releaser = site.releaser(by)
    return Watcher(releaser, [look], clock.now, clock.sleep).watch(in_production(releaser), TEN_MINUTES_S)


def in_production(releaser: Releaser) -> str:
    held = releaser.bucket.head().production
    assert held
    return held.release


def acts(site: Site) -> list[tuple[str, str]]:
    """The newest first, with their notes."""
    return [(act.act, act.note) for act in site.releaser().bucket.head().history]


def test_a_release_that_stays_well_is_looked_at_for_the_whole_time(site: Site) -> None:
    clock = Clock()
    outcome = watch(site, lambda: "", clock)
    assert site.shown() == "two"
    assert clock.now() >= TEN_MINUTES_S
    (end, note), (begin, until), *_ = acts(site)
    assert (end, begin) == ("watched", "watching")
    assert re.fullmatch(r"well at (\d\d) of \1 looks", note)
    assert until.startswith("until 2")
    assert note in outcome.message
    assert f"watched by ana: {note}" in site.sync("status").stdout


@pytest.mark.parametrize("well_for_s", [0, 100, 590])
def test_one_that_fails_is_back_within_a_minute_and_the_record_says_why(site: Site, well_for_s: int) -> None:
    clock = Clock()
    broke_at: list[float] = []

    def probe() -> str:
        if clock.now() < well_for_s + LOOK_S:
            return ""
        broke_at.append(clock.now())
        return "does not start: /: Error: no harbour"

    with pytest.raises(Refused, match=r"is back at the release before: .* does not start: /: Error: no harbour"):
        watch(site, probe, clock)
    assert site.shown() == "one"
    assert clock.now() - max(0, well_for_s) < 60 + LOOK_S
    assert acts(site)[0] == ("rolled back", "watched, and it does not start: /: Error: no harbour")
    assert len(broke_at) == 2


def test_one_look_that_fails_is_not_enough(site: Site) -> None:
    looks = iter([*[""] * 3, "answers slowly", *[""] * 100])
    watch(site, lambda: next(looks), Clock())
    assert site.shown() == "two"


def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> AWSResponse:
        raise EndpointConnectionError(endpoint_url="here")

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", refuse)
    # What tries again, tries at once.
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.parametrize("returns", [True, False])
def test_without_a_network_nothing_is_changed(site: Site, monkeypatch: pytest.MonkeyPatch, returns: bool) -> None:
    """The network of the machine that watches goes away in the third look, and may come back."""
    clock, looks = Clock(), [0]

    def probe() -> str:
        looks[0] += 1
        if looks[0] == 3:
            no_network(monkeypatch)
        if looks[0] == 12 and returns:
            monkeypatch.undo()
        return "" if looks[0] < 3 or (returns and looks[0] >= 12) else "does not start: /: ERR_INTERNET_DISCONNECTED"

    if returns:
        outcome = watch(site, probe, clock)
        assert "the others saw nothing" in outcome.message
    else:
        with pytest.raises(EndpointConnectionError):
            watch(site, probe, clock)
        monkeypatch.undo()
    assert site.shown() == "two"
    assert [act for act, _ in acts(site)][:2] == (["watched", "watching"] if returns else ["watching", "promoted"])


def test_a_site_that_nobody_reaches_is_not_the_releases_fault(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.common.website.RETRIES", False)
    watcher = site.releaser()._replace(viewer=Viewer("http://127.0.0.1:9"))
    clock = Clock()
    with pytest.raises(Refused, match="no look of the watch could see it"):
        Watcher(watcher, [lambda _: "does not start"], clock.now, clock.sleep).watch(in_production(watcher), 60)
    assert acts(site)[0][1].startswith("well at 0 of")
    assert site.shown() == "two"


def test_a_browser_that_does_not_start_changes_nothing(site: Site) -> None:
    def probe() -> str:
        raise Refused("chromium does not start")

    with pytest.raises(Refused, match="no look of the watch could see it"):
        watch(site, probe, Clock())
    assert re.fullmatch(r"well at 0 of \d+ looks, the others saw nothing", acts(site)[0][1])
    assert site.shown() == "two"


def test_a_watch_without_a_browser_says_so_in_the_record(site: Site) -> None:
    releaser, clock = site.releaser(open_slot=None), Clock()
    Watcher(releaser, [lambda _: ""], clock.now, clock.sleep).watch(in_production(releaser), 20)
    assert acts(site)[0] == ("watched", "well at 3 of 3 looks without a browser")


def test_a_watch_ends_when_somebody_else_releases(site: Site, tmp_path: Path) -> None:
    looks = iter([lambda: "", lambda: promote(site, tmp_path / "three", "ben") and ""])
    with pytest.raises(Refused, match=r"the watch of .* ends: production holds .* promoted by ben"):
        watch(site, lambda: str(next(looks)()), Clock())
    assert site.shown() == "three"


def test_a_watch_never_takes_back_what_somebody_else_promoted_meanwhile(site: Site, tmp_path: Path) -> None:
    looks = iter([lambda: "fails", lambda: promote(site, tmp_path / "three", "ben") and "fails"])
    with pytest.raises(Refused, match=r"ends: production holds .* promoted by ben"):
        watch(site, lambda: str(next(looks)()), Clock())
    assert site.shown() == "three"


def test_what_somebody_else_promoted_before_the_first_look_is_not_watched(site: Site, tmp_path: Path) -> None:
    ours = in_production(site.releaser())
    promote(site, tmp_path / "three", "ben")
    with pytest.raises(Refused, match=f"the watch of {ours} ends: production holds .* promoted by ben"):
        Watcher(site.releaser(), [lambda _: "fails"]).watch(ours, TEN_MINUTES_S)
    assert site.shown() == "three"


@pytest.mark.parametrize("step", ["append", "settle", "invalidate"])
def test_a_way_back_that_the_network_cuts_off_is_finished_by_the_same_watch(
    site: Site, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    cut_off: list[Any] = []

    def without_network(*_: Any) -> Any:
        cut_off.append(monkeypatch.undo())
        raise EndpointConnectionError(endpoint_url="here")

    def probe() -> str:
        if not cut_off:
            monkeypatch.setattr(Bucket, step, without_network)
        return "fails"

    with pytest.raises(Refused, match=r"is back at the release before: \w+ fails"):
        Watcher(site.releaser(), [lambda _: probe()], Clock().now, lambda _: None).watch(
            in_production(site.releaser()), TEN_MINUTES_S
        )
    assert len(cut_off) == 1
    assert site.shown() == "one"
    assert site.releaser().bucket.look()[1]["production"].kind == "recorded"


def test_a_way_back_that_never_gets_through_is_not_called_well(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_network(*_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="here")

    def probe() -> str:
        monkeypatch.setattr(Bucket, "append", without_network)
        return "fails"

    with pytest.raises(Refused, match="production fails, and is not back yet"):
        watch(site, probe, Clock())
    assert acts(site)[0][0] == "watching"


def test_a_first_release_has_nothing_to_go_back_to_and_the_record_says_so(
    embedded_aws: EmbeddedAws, tmp_path: Path
) -> None:
    with new_site(embedded_aws, tmp_path / "home") as site:
        promote(site, tmp_path / "one")
        with pytest.raises(Refused, match="production fails, and it stays: production held nothing before"):
            watch(site, lambda: "fails", Clock())
        assert site.shown() == "one"
        assert acts(site)[0][1].startswith("fails; it stays: production held nothing before")


def test_a_watcher_that_is_killed_leaves_its_beginning_and_no_end(site: Site) -> None:
    class Killed(BaseException):
        pass

    def probe() -> str:
        raise Killed

    with pytest.raises(Killed):
        watch(site, probe, Clock())
    assert [act for act, _ in acts(site)][:2] == ["watching", "promoted"]
    assert re.search(r"production .*; watched until 2\S+ by ana", site.sync("status").stdout)
    head = site.releaser().bucket.head()
    assert re.fullmatch(
        r"a watch by ana until 2\S+Z never told its end", release.watch_of(head, "2999-01-01T00:00:00Z")
    )
    assert site.shown() == "two"


@pytest.mark.parametrize("how", ["refused", "throttled", "failed", "lost", "failed once"])
def test_a_fault_at_every_call_of_the_way_back_leaves_one_whole_release(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The watch then ends by that, or tries again; a rollback by hand finishes what is left."""
    monkeypatch.setattr("tools.sync.releaser.FRESH_TIMEOUT_S", 0)
    at, reached = 0, True
    while reached:
        at += 1
        site.releaser("cap").place(read_build(tmp_path / "two"))
        if site.shown() != "two":
            site.releaser("cap").roll_back(release_named(site, "two"))
        clock = Clock()
        with watched_calls(breaks(at, how)) as made:
            try:
                releaser = site.releaser(attempts=1)
                Watcher(releaser, [lambda _: "fails"], clock.now, clock.sleep).watch(in_production(releaser), 40)
            except Exception:
                assert site.shown() in ("one", "two")
        reached = len(made) >= at
        assert site.shown() in ("one", "two")
        if site.releaser().bucket.look()[1]["production"].kind == "unsettled":
            site.releaser().roll_back()
        assert site.releaser().bucket.look()[1]["production"].kind == "recorded"
    assert site.shown() == "one"
    assert at > 8


def release_named(site: Site, name: str) -> str:
    history = site.releaser().bucket.history(site.releaser().bucket.head())
    records = (site.releaser().bucket.record(act.release) for act in history)
    return next(one.release for one in records if f"build {name} ".encode() in one.pointers["index.html"])


def test_the_probes_are_the_app_in_a_browser_and_the_smoke_checks(site: Site) -> None:
    """The site of this test has no API behind it, which the smoke checks say."""
    seen: list[tuple[str, int]] = []

    def open_slot(slot: str, names: Any) -> Boot:
        seen.append((slot, len(names)))
        return Boot("a test", 1, ("/: Error",))

    boot, smoke = probes_of(site.releaser(open_slot=open_slot), in_production(site.releaser()))
    assert boot("production") == "does not start: /: Error"
    assert boot("staging") == "does not start: /: Error"
    assert seen == [("production", 9), ("staging", 9)]
    assert smoke("production").startswith("fails smoke checks: payment endpoint ")


def run_tool_itself(site: Site, monkeypatch: pytest.MonkeyPatch, smoke: Callable[[str], str]) -> int:
    """`promote --watch 1m`, with these smoke checks; the site of this test has no API behind it."""
    from tools.sync import __main__ as sync

    monkeypatch.setattr("tools.sync.watch.smoke", lambda _base_url, slot: smoke(slot))
    monkeypatch.setattr("tools.sync.watch.time.sleep", lambda _: None)
    options = ["--yes", "--watch", "1m", "--no-browser", "--force-unbooted", "it is a test's"]
    common = ["--stage", "local", "--home", str(site.folder), "--memory", str(site.folder / "memory/ana")]
    monkeypatch.setattr("sys.argv", ["sync", "promote", *common, *options])
    return sync.main()


def test_the_tool_itself_watches_and_goes_back(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.releaser().stage(read_build(write_build(tmp_path / "three", "three")))
    with pytest.raises(Refused, match=r"is back at the release before: .* fails smoke checks: health"):
        run_tool_itself(site, monkeypatch, lambda slot: "fails smoke checks: health" if slot == "production" else "")
    assert site.shown() == "two"


def test_what_the_looks_of_this_checkout_find_wrong_before_is_not_promoted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older checkout may check what is not there any more: a good release is not taken back for that."""
    site.releaser().stage(read_build(write_build(tmp_path / "three", "three")))
    before = acts(site)
    with pytest.raises(Refused, match=r"nothing was promoted, .*: staging fails smoke checks: an old one"):
        run_tool_itself(site, monkeypatch, lambda _: "fails smoke checks: an old one")
    assert site.shown() == "two"
    assert acts(site) == before


def test_where_the_watch_could_not_look_before_nothing_is_promoted_and_it_says_so(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(_: str) -> str:
        raise Refused("the smoke checks did not run")

    site.releaser().stage(read_build(write_build(tmp_path / "three", "three")))
    with pytest.raises(Refused, match=r"^nothing was promoted, because a watch could not look: the smoke checks did"):
        run_tool_itself(site, monkeypatch, blind)
    assert site.shown() == "two"


def test_what_was_staged_since_the_looks_is_not_promoted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = site.releaser(), site.releaser("ben")
    ana.stage(read_build(write_build(tmp_path / "three", "three")))
    four = read_build(write_build(tmp_path / "four", "four"))

    def stage_another(slot: str) -> str:
        known = [live.token for live in ben.bucket.look()[1].values() if live.token]
        assert ben.stage(four, known).changed
        return ""

    with pytest.raises(Refused, match=r"staging moved meanwhile: it holds .* staged by ben"):
        run_tool_itself(site, monkeypatch, stage_another)
    assert site.shown() == "two"


def test_an_api_that_hangs_is_taken_back_within_a_minute(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reached, and says nothing: that is no fault of this machine's network."""
    ended = threading.Event()
    forward = front_door.Viewer._forward

    def hang(viewer: front_door.Viewer, path: str, body: bytes) -> None:
        if path.startswith(("/api/", "/g/", "/c/")):
            # The front door has few turns; at the real edge the pages do not wait for the API.
            viewer.server.turns.release()
            ended.wait(60)
            viewer.server.turns.acquire()
        else:
            forward(viewer, path, body)

    monkeypatch.setattr(front_door.Viewer, "_forward", hang)
    monkeypatch.setattr("tools.sync.watch.SMOKE_TIMEOUT_S", 4)
    monkeypatch.setattr("tools.sync.watch.ANSWER_TIMEOUT_S", 2)
    releaser, began = site.releaser(), time.monotonic()
    try:
        with pytest.raises(Refused, match=r"is back at the release before: .* hangs: /api/health says nothing within"):
            Watcher(releaser, probes_of(releaser, in_production(releaser))).watch(in_production(releaser), 60)
    finally:
        ended.set()
    assert site.shown() == "one"
    assert time.monotonic() - began < 60


def test_smoke_checks_that_are_slow_on_this_machine_say_nothing_of_the_release(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.sync.watch.SMOKE_TIMEOUT_S", 0.01)
    _, smoke = probes_of(site.releaser(), in_production(site.releaser()))
    with pytest.raises(Refused, match="take too long on this machine; the site answers"):
        smoke("production")


@pytest.mark.parametrize("wrong", ["10", "0m", "m", "-1m", "1d", "1.5m", ""])
def test_a_duration_that_is_none_is_wrong_usage(site: Site, wrong: str) -> None:
    assert site.sync("promote", "--yes", f"--watch={wrong}").returncode == 2
