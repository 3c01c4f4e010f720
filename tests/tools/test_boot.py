"""Only what starts in a browser is promoted: the real SPA, and builds of it that are broken in one way each."""

import copy
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib import openapi
from tests.support.answering import Reply, answering, reply
from tests.support.broken_builds import BROKEN_BUILDS, BrokenBuild, instead, write_changed
from tests.support.clock import waiting_for_a_processor
from tests.support.contract import document, find_fault, validator
from tests.support.releases import Site, new_site, write_build
from tools.common.browser import use_own_node
from tools.common.build import SPA_BUILD, build_spa
from tools.common.console import Refused
from tools.edge.routing import route_of
from tools.local import front_door
from tools.local.embedded import EmbeddedAws
from tools.sync import __main__ as sync
from tools.sync.built_spa import read_build
from tools.sync.proof.answers import Api, NoSuchCall
from tools.sync.proof.boot import Boot, browser_opener
from tools.sync.proof.running_api import JsonObject
from tools.sync.releaser import Releaser

MOST_S = 20
PATIENCE_S = 6


@pytest.fixture(scope="module")
def good() -> Path:
    build_spa()
    return SPA_BUILD


@pytest.fixture(scope="module")
def site(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Its production holds a release of its own."""
    folder = tmp_path_factory.mktemp("boot")
    with new_site(embedded_aws, folder / "home") as site:
        ana = site.releaser()
        ana.stage(read_build(write_build(folder / "before", "before")))
        ana.promote()
        yield site


@pytest.fixture
def ana(site: Site, browser_path: str) -> Releaser:
    return site.releaser(open_slot=browser_opener(site.base_url, document, PATIENCE_S))


def stage_unseen(ana: Releaser, build: Path) -> None:
    """Whatever the slots hold."""
    known = [live.token for live in ana.bucket.look()[1].values() if live.token]
    ana.stage(read_build(build), known, verify=False)


def another_document(change: Callable[[JsonObject], None]) -> Callable[[], JsonObject]:
    """That of an API which is not the one of this checkout."""
    changed = copy.deepcopy(document())
    change(changed)
    return lambda: changed


@pytest.mark.parametrize("broken", BROKEN_BUILDS, ids=lambda broken: broken.name)
def test_a_build_that_does_not_start_is_refused_with_the_reason(
    site: Site, ana: Releaser, good: Path, tmp_path: Path, broken: BrokenBuild
) -> None:
    number = BROKEN_BUILDS.index(broken)
    stage_unseen(ana, write_changed(good, tmp_path / "build", broken.change, f"bad{number}"))
    with pytest.raises(Refused, match=f"does not start: .*({broken.reason})") as refused:
        ana.verify("staging")
    assert len(str(refused.value).splitlines()) == 1
    with pytest.raises(Refused, match=f"does not start: .*({broken.reason}).*--force-unbooted"):
        ana.promote()
    assert site.shown() == "before"


def test_a_newer_release_on_its_own_api_starts_whatever_this_checkout_knows_of_it(
    site: Site, browser_path: str, good: Path, tmp_path: Path
) -> None:
    """Its API has another path for boats than this checkout's."""

    def rename(newer: JsonObject) -> None:
        paths = newer["paths"]
        newer["paths"] = {re.sub("^/api/boats", "/api/vessels", path): calls for path, calls in paths.items()}

    change = instead("assets/*.js*", "/api/boats", "/api/vessels")
    opener = browser_opener(site.base_url, another_document(rename))
    ana = site.releaser(open_slot=opener)
    stage_unseen(ana, write_changed(good, tmp_path / "build", change, "newer"))
    assert "it starts, seen by Chromium" in ana.verify("staging").message


def test_a_release_that_calls_what_the_running_api_does_not_serve_is_refused_although_no_page_calls_it(
    site: Site, browser_path: str, good: Path, tmp_path: Path
) -> None:
    """This checkout's API serves it; the one that runs is older."""
    path, without = "/api/events/{event_id}/payment-batches/{batch_id}", another_document(lambda _: None)
    assert without()["paths"].pop(path)
    ana = site.releaser(open_slot=browser_opener(site.base_url, without))
    stage_unseen(ana, write_changed(good, tmp_path / "build", lambda _: None, "early"))
    with pytest.raises(Refused, match=f"calls what the running API does not serve: .* {re.escape(path)}: there is no"):
        ana.verify("staging")
    assert not ana.bucket.head().starts


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (reply(503), "answers 503"),
        (reply(200, "<!doctype html>"), "is no JSON"),
        (lambda _: time.sleep(2), "is not answered within 1 s"),
    ],
    ids=["refused", "another file", "hanging"],
)
def test_a_site_that_does_not_give_the_record_of_its_calls_does_not_start(
    browser_path: str, answer: Reply, problem: str
) -> None:
    """A watch takes production back for it, and neither ends nor goes on without having looked."""
    with answering(answer) as (address, _):
        boot = browser_opener(address, document, 1)("production", ["assets/calls-abc.json"])
    assert boot.problems == (f"/assets/calls-abc.json: {problem}",)


def test_an_answer_that_this_checkout_cannot_make_up_is_no_fault_of_the_release(
    site: Site, browser_path: str, good: Path, tmp_path: Path
) -> None:
    def write_otherwise(newer: JsonObject) -> None:
        newer["components"]["schemas"]["Event"]["properties"]["title"] = {"type": "string", "pattern": "^[0-9]{7}$"}

    ana = site.releaser(open_slot=browser_opener(site.base_url, another_document(write_otherwise)))
    stage_unseen(ana, write_changed(good, tmp_path / "build", lambda _: None, "unknown"))
    with pytest.raises(Refused, match=r"texts like \^\[0-9\]\{7\}\$, which this checkout does not know .* update it"):
        ana.verify("staging")
    assert not ana.bucket.head().proven


def test_the_real_one_starts_in_time_and_can_be_promoted(
    embedded_aws: EmbeddedAws,
    browser_path: str,
    chromium: Any,
    good: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the API is asked for nothing."""
    asked: list[str] = []
    forward = front_door.Viewer._forward

    def note_path(viewer: front_door.Viewer, path: str, body: bytes) -> None:
        asked.append(path)
        forward(viewer, path, body)

    monkeypatch.setattr(front_door.Viewer, "_forward", note_path)
    with new_site(embedded_aws, tmp_path / "home") as site:
        ana = site.releaser(open_slot=browser_opener(site.base_url, document))
        ana.stage(read_build(good), verify=False)
        began = time.monotonic()
        verified = ana.verify("staging")
        assert time.monotonic() - began < MOST_S * waiting_for_a_processor()
        assert "it starts, seen by Chromium" in verified.message
        assert "/_staging/" in asked
        assert [path for path in asked if route_of(path).origin == "api"] == []
        require_nothing_installed(chromium, f"{site.base_url}/_preview/{verified.release}/")
        assert ana.promote().changed
        assert "it starts" in ana.verify("production").message
        listed = json.loads(site.sync("releases", "--json").stdout)
        assert [(act["act"], act["note"].partition(",")[0]) for act in listed] == [
            ("promoted", "starts"),
            ("verified", "starts"),
            ("staged", ""),
        ]


def require_nothing_installed(chromium: Any, preview: str) -> None:
    """Of a release at its own address."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(preview, wait_until="networkidle")
    assert page.locator("input[type=password]").is_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(({ length }) => length)") == 0
    assert page.locator('link[rel="manifest"]').count() == 0
    context.close()


def test_what_no_browser_has_seen_is_promoted_with_a_reason_that_stands_in_the_record(
    embedded_aws: EmbeddedAws, tmp_path: Path
) -> None:
    with new_site(embedded_aws, tmp_path / "home") as site:
        ana = site.releaser(open_slot=None)
        ana.stage(read_build(write_build(tmp_path / "one", "one")))
        with pytest.raises(Refused, match="was not opened in a browser"):
            ana.promote()
        assert "verified; it was not opened in a browser" in site.sync("status").stdout
        ana.promote(although="the harbour has no browser")
        listed = site.sync("releases").stdout.splitlines()
        assert listed[0].endswith("although it was not opened in a browser: the harbour has no browser")
        assert "was not opened in a browser" in listed[1]


def test_a_later_look_with_a_browser_replaces_one_without_and_never_the_other_way(site: Site, tmp_path: Path) -> None:
    with_browser, without = site.releaser(), site.releaser(open_slot=None)
    known = [live.token for live in with_browser.bucket.look()[1].values() if live.token]
    without.stage(read_build(write_build(tmp_path / "later", "later")), known)
    assert not without.bucket.head().starts
    with_browser.verify("staging")
    assert with_browser.bucket.head().starts
    without.verify("staging")
    assert without.bucket.head().starts


def test_what_a_browser_saw_stands_in_the_record_also_when_none_had_looked_before(site: Site, tmp_path: Path) -> None:
    without = site.releaser(open_slot=None)
    known = [live.token for live in without.bucket.look()[1].values() if live.token]
    without.stage(read_build(write_build(tmp_path / "blank", "blank")), known)
    seen = ["/_staging/: shows nothing"]
    failing = site.releaser(open_slot=lambda _slot, _names: Boot("a test", 0, tuple(seen)))
    for problem in (seen[0], "/_staging/: Error"):
        seen[0] = problem
        with pytest.raises(Refused, match=problem):
            failing.verify("staging")
        proof = failing.bucket.head().proof
        assert proof
        assert proof.seen == f"does not start: {problem}"


def test_a_machine_without_a_browser_is_told_so_before_anything_is_done(site: Site, tmp_path: Path) -> None:
    build = write_build(tmp_path / "none", "none")
    before = site.releaser().bucket.head().seq
    for command in (["stage", "--build", str(build), "--yes"], ["verify"]):
        refused = site.start(command[0], *command[1:], with_browser=True, PATH=str(tmp_path)).done()
        assert refused.returncode == 1
        assert "no Chromium or Chrome on this machine" in refused.stderr
        assert "--no-browser" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert site.releaser().bucket.head().seq == before


def test_a_browser_that_does_not_run_is_told_with_the_way_around(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the command that some systems have in place of a browser, which says how to install one."""
    fake = tmp_path / "bin/chromium-headless-shell"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    # The site of this test has no API behind it.
    monkeypatch.setattr(sync, "find_document", lambda _: document())
    ana = site.releaser(open_slot=sync.find_opener(site.base_url, site.releaser().bucket))
    stage_unseen(ana, write_build(tmp_path / "one", "one"))
    with pytest.raises(Refused, match=f"{fake} fails: .*--no-browser") as refused:
        ana.verify("staging")
    assert len(str(refused.value).splitlines()) == 1


def test_where_there_is_no_node_of_ones_own_playwright_takes_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PLAYWRIGHT_NODEJS_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tools.common.browser.VENV", tmp_path)
    use_own_node()
    assert "PLAYWRIGHT_NODEJS_PATH" not in os.environ


def test_an_api_that_this_checkout_cannot_walk_by_is_no_fault_of_the_release(api: Api) -> None:
    newer = api._replace(document={**api.document, "paths": {}})
    with pytest.raises(Refused, match="does not know the running API's /api/events: update it"):
        newer.example("/api/events", "events", 0)
    with pytest.raises(Refused, match="does not know the running API's /api/events: update it"):
        api.example("/api/events", "charters", 0)


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(json.loads(json.dumps(openapi.document())), datetime(2026, 6, 1, tzinfo=UTC))


def test_every_answer_that_is_made_up_is_one_of_the_apis(api: Api) -> None:
    judged = 0
    for path, calls in api.document["paths"].items():
        for method in sorted({"get", "post", "put", "patch"} & set(calls)):
            reply = api.answer(method.upper(), path.replace("{", "").replace("}", ""))
            if reply.content_type == "application/json":
                place = ("responses", str(reply.status), "content", reply.content_type, "schema")
                assert not find_fault(validator(method, path, *place), reply.body), (method, path)
                judged += 1
    assert judged > 60


@pytest.mark.parametrize(
    ("method", "url", "reason"),
    [
        ("GET", "/api/charters", "GET /api/charters, which the API does not have"),
        ("PATCH", "/api/health", "PATCH /api/health, which the API does not have"),
        ("GET", "/api/events?colour=red", r"GET /api/events with \?colour=, which the API does not know"),
    ],
)
def test_a_call_that_the_api_does_not_know_is_named(api: Api, method: str, url: str, reason: str) -> None:
    with pytest.raises(NoSuchCall, match=reason):
        api.answer(method, url)
