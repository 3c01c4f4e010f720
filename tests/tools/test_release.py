"""The pure half of releases: three-way state, plan, closure, history; no I/O anywhere."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.common.console import Refused
from tools.sync import records, release
from tools.sync.differences import Pair, pair, plain_name, unified
from tools.sync.layout import FileInfo, SpaFile
from tools.sync.plan import changed_names, plan, viewer_paths
from tools.sync.references import missing_references, references
from tools.sync.release import Act, Head, Live, Who, compare, observe

WHO = Who("ana", "2026-06-01T10:00:00Z", "c0ffee", "n1")
STARTS = release.Opened(True, "starts")
NOTHING = {name: Live("empty", None, {}) for name in ("staging", "production")}

ids = st.sampled_from("abcdef")
names = st.text(string.ascii_lowercase, min_size=1, max_size=3)
etags = st.dictionaries(names.map(lambda name: f"{name}.js"), ids)


def build(page: str, *more: SpaFile) -> list[SpaFile]:
    return [*more, SpaFile("index.html", page.encode())]


def record(page: str, *more: SpaFile) -> release.Release:
    return release.release_of(build(page, *more), WHO, {})


# Three-way state


@given(ids, st.sets(ids), st.none() | ids)
def test_local_may_replace_only_what_it_contains(local: str, known: set[str], live: str | None) -> None:
    state = compare(local, known, live)
    assert (state == "empty") == (live is None)
    assert (state == "same") == (local == live)
    if state == "ahead":
        assert live in known
    if state in ("behind", "diverged"):
        assert live not in known
        assert (state == "behind") == (local in known)


@given(ids, st.sets(ids), ids)
def test_knowing_what_is_live_is_enough_and_needed(local: str, known: set[str], live: str) -> None:
    allowed = compare(local, known, live) in ("same", "ahead")
    assert allowed == (live in known or live == local)
    assert compare(local, known | {live}, live) in ("same", "ahead")


def test_a_copy_that_remembers_nothing_is_stopped() -> None:
    assert compare("a", (), "b") == "diverged"


@given(etags)
def test_a_slot_that_nobody_recorded_is_empty_or_foreign(found: dict[str, str]) -> None:
    live = observe(None, found)
    assert live.kind == ("foreign" if found else "empty")
    assert (live.token is None) == (not found)


@given(st.data())
def test_an_interrupted_write_is_told_from_a_foreign_one(data: st.DataObject) -> None:
    before = {"index.html": '"0"', "sw.js": '"1"'}
    new = record("<p>new", SpaFile("sw.js", b"new"))
    live = {**NOTHING, "staging": Live("recorded", "old", before)}
    slot = release.stage(Head(), WHO, new, live, {"old"}).staging
    assert slot
    written = data.draw(st.sets(st.sampled_from(sorted(slot.etags))))
    seen = {**before, **{name: slot.etags[name] for name in written}}
    assert observe(slot, seen).kind == ("recorded" if len(written) == 2 else "unsettled")
    assert observe(slot, {**seen, "index.html": '"somebody"'}).kind == "foreign"
    assert observe(slot, {**seen, "other.js": '"x"'}).kind == "foreign"


# The plan


pooled = st.builds(lambda name, body: SpaFile(f"assets/{name}.js", body), names, st.binary(max_size=3))


@given(st.lists(pooled, unique_by=lambda file: file.name), etags, etags)
def test_the_plan_is_a_function_of_listings(files: list[SpaFile], pool: dict[str, str], live: dict[str, str]) -> None:
    files = build("<p>", *files)
    pool = {f"assets/{name}": f'"{etag}"' for name, etag in pool.items()}
    pool |= {file.name: file.info.etag for file in files[:1] if file.pooled}
    steps = plan(files, pool, "staging", live)
    assert steps == plan(files, pool, "staging", live)
    assert all(step.reason for step in steps)
    assert [step.key for step in steps[: len(files)]] == [file.key("staging") for file in files]
    by_key = {step.key: step.action for step in steps}
    for file in files:
        found = pool.get(file.name) if file.pooled else live.get(file.name)
        wanted = (
            "upload" if found is None else "keep" if found == file.info.etag else "clash" if file.pooled else "replace"
        )
        assert by_key[file.key("staging")] == wanted
    assert {step.key for step in steps if step.action == "delete"} == {f"staging/{name}" for name in live}


@given(etags, etags)
def test_pointers_change_page_last_and_reach_what_is_wanted(before: dict[str, str], after: dict[str, str]) -> None:
    before, after = before | {"index.html": '"a"'}, after | {"index.html": '"b"'}
    changed = changed_names(before, after)
    assert changed[-1] == "index.html"
    result = dict(before)
    for name in changed:
        if name in after:
            result[name] = after[name]
        else:
            del result[name]
    assert result == after
    assert changed_names(after, after) == []


def test_exact_paths_are_invalidated_as_asked_and_as_rewritten() -> None:
    assert viewer_paths("production", ["index.html"]) == ["/", "/index.html", "/production/index.html"]
    assert viewer_paths("staging", ["sw.js"]) == ["/_staging/sw.js", "/staging/sw.js"]


@given(st.lists(st.tuples(names, st.binary(max_size=4)), unique_by=lambda pair: pair[0]))
def test_a_release_is_named_by_its_content_alone(parts: list[tuple[str, bytes]]) -> None:
    files = [SpaFile(f"assets/{name}.js", body) for name, body in parts]
    one = release.release_of(build("<p>", *files), WHO, {})
    other = release.release_of(build("<p>", *reversed(files)), Who("ben", "later", "", "n2"), {"staging": "x"})
    assert one.release == other.release
    assert record("<p>else", *files).release != one.release


def test_records_and_journal_survive_their_json() -> None:
    one = record("<p>", SpaFile("assets/a.js", b"x"), SpaFile("sw.js", b"\xff"))
    assert records.decode_release(records.encode_release(one)) == one
    head = release.stage(Head(), WHO, one, NOTHING, ())
    head = release.prove(head, WHO, head.seq, None)
    assert records.decode_head(records.encode_head(head)) == head
    newer = json.dumps({**json.loads(records.encode_head(head)), "format": records.FORMAT + 1}).encode()
    with pytest.raises(Refused, match="update this checkout"):
        records.decode_head(newer)


def test_what_an_earlier_tool_wrote_is_read_as_never_opened_in_a_browser() -> None:
    """Format 1: an act had no note, a proof nothing of a browser."""
    head = release.stage(Head(), WHO, record("<p>"), NOTHING, ())
    head = release.prove(head, WHO, head.seq, None, STARTS)
    written = json.loads(records.encode_head(head)) | {"format": 1}
    written["history"] = [{key: act[key] for key in act if key != "note"} for act in written["history"]]
    written["proof"] = {key: written["proof"][key] for key in ("release", "staging_seq", "production", "by", "at")}
    read = records.decode_head(json.dumps(written).encode())
    assert (read.proven, read.starts) == (True, False)
    with pytest.raises(Refused, match="was not opened in a browser"):
        release.promote(read, WHO, NOTHING["production"], (), None)


# Closure


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("index.html", '<script type="module" crossorigin src="/assets/a.js"></script>', {"assets/a.js"}),
        ("index.html", '<link rel="manifest" href="/manifest.webmanifest">', {"manifest.webmanifest"}),
        ("index.html", '<link href="assets/a.css?x#y"><a href="/events/1.html">', {"assets/a.css"}),
        ("index.html", '<script src="https://elsewhere.example/a.js"></script><img src="data:,x">', set()),
        ("assets/a.js", 'import{x}from"./b-1.js";import"./c-2.js"', {"assets/b-1.js", "assets/c-2.js"}),
        ("assets/a.js", "const l=()=>import(`./d-3.js`)", {"assets/d-3.js"}),
        ("assets/a.js", 'm.f||(m.f=["assets/e-4.js","assets/f-5.css"])', {"assets/e-4.js", "assets/f-5.css"}),
        ("assets/a.js", 'new URL("g-6.png",import.meta.url),"/assets/h-7.svg"', {"assets/g-6.png", "assets/h-7.svg"}),
        ("assets/a.js", 'location="/assets/";x="./not.js";y="assets"', set()),
        ("sw.js", "const shell=['/assets/a.js']", {"assets/a.js"}),
        ("assets/a.css", "a{src:url(/assets/f.woff2)}b{background:url('./i.png')}", {"assets/f.woff2", "assets/i.png"}),
        ("assets/a.css", "a{fill:url(#g)}b{background:url(data:image/png;base64,x.y)}", set()),
        ("manifest.webmanifest", '{"icons":[{"src":"/assets/i.png"}],"start_url":"./"}', {"assets/i.png"}),
        ("assets/i.png", "/assets/a.js", set()),
    ],
)
def test_references_are_found_as_vite_writes_them(name: str, text: str, named: set[str]) -> None:
    assert references(name, text.encode()) == named


def test_each_name_without_a_file_is_told() -> None:
    files = {"index.html": b'<script src="/assets/a.js"></script>', "assets/a.js": b'import "./b.js"'}
    assert missing_references(files) == ["assets/a.js names assets/b.js, which is not in the build"]


# Acts


def staged(head: Head, one: release.Release, live: str | None = None) -> Head:
    production = Live("recorded", live, {}) if live else NOTHING["production"]
    head = release.stage(head, WHO, one, {**NOTHING, "production": production}, {live or ""})
    return release.prove(head, WHO, head.seq, live, STARTS)


def test_staging_anew_needs_a_new_proof() -> None:
    head = staged(Head(), record("<p>1"))
    assert head.proven
    again = release.stage(head, WHO, record("<p>2"), NOTHING, ())
    assert not again.proven
    with pytest.raises(Refused, match="was not verified"):
        release.promote(again, WHO, NOTHING["production"], (), None)
    with pytest.raises(Refused, match="staging moved"):
        release.prove(again, WHO, head.seq - 1, None)


def test_promote_refuses_other_bytes_than_the_plan_showed() -> None:
    head = staged(Head(), record("<p>1"))
    moved = staged(head, record("<p>2"))
    with pytest.raises(Refused, match="staging moved meanwhile"):
        release.promote(moved, WHO, NOTHING["production"], (), head.staging)


def test_promote_refuses_a_production_that_moved() -> None:
    head = staged(Head(), record("<p>2"), live="a")
    with pytest.raises(Refused, match="production moved"):
        release.promote(head, WHO, Live("recorded", "b", {}), (), None)
    assert release.promote(head, WHO, Live("recorded", "b", {}), ["b"], None).production
    promoted = release.promote(head, WHO, Live("recorded", "a", {}), (), None)
    assert promoted.production
    assert promoted.staging
    assert promoted.production.pointers == promoted.staging.pointers
    with pytest.raises(Refused, match=r"already holds .* promoted by ana at 2026"):
        release.promote(promoted, WHO, Live("recorded", "a", {}), (), None)


@given(st.lists(st.integers(0, 2), max_size=30))
def test_going_back_walks_down_what_was_promoted(acts: list[int]) -> None:
    """Against a plain stack: 0 goes back when it can, anything else promotes a new release."""
    stack: list[str] = []
    history: list[Act] = []
    for number, act in enumerate(acts):
        back = release.previous_release(history)
        assert back == (stack[-2] if len(stack) > 1 else None)
        replaces = stack[-1] if stack else None
        if act == 0 and back:
            stack.pop()
            history.insert(0, Act(number, "rolled back", back, replaces, "", "", ""))
        else:
            stack.append(f"r{number}")
            history.insert(0, Act(number, "promoted", f"r{number}", replaces, "", "", ""))


# Differences


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("assets/index-C7tlzI37.js", "assets/index.js"),
        ("assets/index-6-J_sZC9.css", "assets/index.css"),
        ("assets/icon-192-OEfBrzas.png", "assets/icon-192.png"),
        ("index.html", "index.html"),
        ("sw.js", "sw.js"),
    ],
)
def test_a_plain_name_leaves_the_hash_out(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def info(text: str) -> FileInfo:
    return SpaFile("a.js", text.encode()).info


def test_files_are_paired_by_name_and_then_by_plain_name() -> None:
    a = {"index.html": info("1"), "assets/x-AAAAAAAA.js": info("2"), "assets/gone-AAAAAAAA.js": info("3")}
    b = {"index.html": info("1"), "assets/x-BBBBBBBB.js": info("4"), "assets/new-BBBBBBBB.js": info("5")}
    found = {(one.before, one.after): one.state for one in pair(a, b)}
    assert found == {
        ("index.html", "index.html"): "same",
        ("assets/x-AAAAAAAA.js", "assets/x-BBBBBBBB.js"): "changed",
        ("assets/gone-AAAAAAAA.js", None): "removed",
        (None, "assets/new-BBBBBBBB.js"): "added",
    }


def test_a_minified_line_is_cut() -> None:
    lines = unified(Pair("changed", "a.js", "a.js"), b"x" * 5000, b"y" * 5000)
    assert all(len(line) < 500 for line in lines)
    assert "(5001 characters)" in lines[-1]
