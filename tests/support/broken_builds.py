"""Builds of the SPA that are broken, each in one way: as data, made of the good one."""

import base64
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.sync.layout import TEXT_SUFFIXES
from tools.sync.references import WORKER_FILE

Change = Callable[[Path], None]


@dataclass(frozen=True)
class BrokenBuild:
    name: str
    change: Change
    """Breaks the build in this folder."""
    reason: str
    """A pattern of what is said of it."""


def before(file: str, code: str) -> Change:
    """This code stands first in the one file of this pattern."""

    def change(build: Path) -> None:
        path = only(build, file)
        path.write_text(code + path.read_text())

    return change


def instead(file: str, pattern: str, text: str) -> Change:
    """In the files of this pattern, what fits is replaced."""

    def change(build: Path) -> None:
        changed = 0
        for path in build.glob(file):
            new, count = re.subn(pattern, text, path.read_text())
            path.write_text(new)
            changed += count
        assert changed, f"nothing in {file} is like {pattern}"

    return change


def after(file: str, text: str) -> Change:
    """This stands last in the one file of this pattern."""

    def change(build: Path) -> None:
        path = only(build, file)
        path.write_text(path.read_text() + text)

    return change


def as_plain_text(build: Path) -> None:
    """The page names its script under a name that is served as text."""
    script = only(build, ENTRY)
    shutil.copy(script, script.with_suffix(".txt"))
    page = build / "index.html"
    page.write_text(re.sub(rf'(src="[^"]*){script.name}"', rf'\g<1>{script.stem}.txt"', page.read_text()))


def only(build: Path, pattern: str) -> Path:
    (found,) = build.glob(pattern)
    return found


ENTRY, BOARD, STYLE = "assets/index-*.js", "assets/board-*.js", "assets/style-*.css"
COVER = '\nbody::before { content: ""; position: fixed; inset: 0; background: #fff; z-index: 99999; }'
FETCH = "const ask = fetch; self.fetch = (to, how) => ask(to, %s);"
OTHER_BODY = FETCH % "how?.body ? { ...how, body: how.body.replace('password', 'passwd') } : how"
NO_TOKEN = FETCH % "{ ...how, headers: { 'Content-Type': 'application/json' } }"
LOOP = "navigator.serviceWorker.ready.then(() => location.reload());"

BROKEN_BUILDS = [
    BrokenBuild("syntax error", before(ENTRY, "const = 1;"), "SyntaxError"),
    BrokenBuild("syntax error in a later part", before("assets/week-*.js", "}"), r"/assets/week-\S+ is no script"),
    BrokenBuild(
        "missing chunk",
        instead(ENTRY, r"import\(.\./board-[^)]+\)", "import(`./gone-${1}.js`)"),
        "gone-1.js answers 40[34]",
    ),
    BrokenBuild(
        "page of another path",
        before(ENTRY, "if (location.pathname !== '/') location.replace('/');"),
        "leads out of /_staging/, to /(?!_)",
    ),
    BrokenBuild("wrong type", as_plain_text, 'MIME type of "text/plain"'),
    BrokenBuild(
        "CSP violation", instead("index.html", "</body>", "<script>start()</script></body>"), "Content Security Policy"
    ),
    BrokenBuild(
        "evaluated text, and its error is caught",
        before(ENTRY, "try { eval('1'); } catch {}"),
        "eval is refused by the Content Security Policy: script-src",
    ),
    BrokenBuild("thrown text", before(ENTRY, "setTimeout(() => { throw 'no wind'; });"), "/_staging/: throws no wind"),
    BrokenBuild("exception at start", before(ENTRY, "throw new Error('no harbour');"), "Error: no harbour"),
    BrokenBuild("blank page", instead(ENTRY, r"(?s).*", ""), "shows .*, and never a login"),
    BrokenBuild("really blank page", instead("index.html", r"(?s)<body>.*</body>", "<body></body>"), "shows nothing"),
    BrokenBuild(
        "hidden page", after(STYLE, "\n#app { display: none !important; }"), "shows nothing, and never a login"
    ),
    BrokenBuild(
        "transparent page", after(STYLE, "\nbody { opacity: 0 !important; }"), "has a login where nobody sees it"
    ),
    BrokenBuild("covered page", after(STYLE, COVER), "has a login where nobody sees it"),
    BrokenBuild(
        "page beside the screen",
        after(STYLE, "\n#app { transform: translateX(-9999px); }"),
        "has a login where nobody sees it",
    ),
    BrokenBuild("endless loading", before(BOARD, "await new Promise(() => {});"), "and never the board's charter"),
    BrokenBuild("script without an end", before(ENTRY, "for (;;);"), "a script of it never ends"),
    BrokenBuild("part without an end", before(BOARD, "for (;;);"), "a script of it never ends"),
    BrokenBuild("service worker loop", before(ENTRY, LOOP), "loads again and again"),
    BrokenBuild(
        "wrong base path", instead("assets/*.js", r"_\(staging", "_(stage"), "shows .Off the chart.* never a login"
    ),
    BrokenBuild(
        "worker of another path",
        instead("assets/*.js", r"(serviceWorker\.register\()[^,]+,", r'\1"/sw.js",'),
        r"no service worker for /_staging/|sw\.js answers",
    ),
    BrokenBuild("API shape", instead("assets/*.js", r"\.events\b", ".charters"), "says: |TypeError"),
    BrokenBuild(
        "unknown API call",
        instead("assets/*.js", "/api/events([`\"'])", r"/api/charters\1"),
        "asks for GET /api/charters",
    ),
    BrokenBuild(
        "content that the API refuses",
        before(ENTRY, OTHER_BODY),
        "asks for POST /api/login with a content that the API refuses: .*passw",
    ),
    BrokenBuild("calls without the token", before(ENTRY, NO_TOKEN), "asks for GET /api/events without a token"),
]


def write_changed(good: Path, folder: Path, change: Change, tag: str) -> Path:
    """A copy of a build with a change; its assets have names of their own, and its worker knows the new bytes."""
    shutil.copytree(good, folder)
    change(folder)
    names = {path.name: f"{path.stem}_{tag}{path.suffix}" for path in (folder / "assets").iterdir()}
    for path in [path for path in folder.rglob("*") if path.suffix in TEXT_SUFFIXES]:
        path.write_text(re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], path.read_text()))
    for old, new in names.items():
        (folder / "assets" / old).rename(folder / "assets" / new)
    worker = folder / "sw.js"
    worker.write_text(
        WORKER_FILE.sub(lambda found: f'["{found[1]}","{integrity(folder, found[1])}"]', worker.read_text())
    )
    return folder


def integrity(folder: Path, path: str) -> str:
    name = "index.html" if path == "./" else path.lstrip("/")
    return f"sha256-{base64.b64encode(hashlib.sha256((folder / name).read_bytes()).digest()).decode()}"
