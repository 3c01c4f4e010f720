"""Lighthouse's mobile audits of what guests and admins open first, through the local edge.

Lighthouse is no part of the project: npm fetches it into a folder of its own, and where that fails it is left out.
Each run has a browser profile of its own, so nothing is in a cache; throttling is Lighthouse's own, simulated.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

from tests.support.programs import found_programs
from tests.support.running import ROOT, Product, running_product
from tools.common.browser import start_playwright
from tools.local import demo

LIGHTHOUSE = "lighthouse@12.8.2"
RUNS = 5
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TARGETS = {"guest page": (100, 100, 100, 100), "waiver": (100, 100, 100, 100), "board": (98, 100, 100, 100)}
TIMES = {"first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "total-blocking-time": "TBT"}
# Private links and the desk are kept out of search engines on purpose; this audit asks for the opposite.
ON_PURPOSE = "is-crawlable"
# Times are a curve that reaches 1 only in the end; less than this costs a point of a category.
FULL = 0.9
TIMEOUT_S = 120
CHROMIUM = ("--headless=new", "--no-sandbox", "--disable-background-networking")


class Report(NamedTuple):
    scores: tuple[int, ...]
    """By category, 0 to 100, without the audit that fails on purpose."""
    seo_with_all: int
    times_ms: dict[str, float]
    failed: set[str]
    """Audits that count and are not passed in full."""


def main(product: Product, runs: int = RUNS) -> None:
    command = find_lighthouse()
    browser = found_programs()["tools"].get("browser")
    if not command or not browser:
        print(f"Lighthouse: left out, {'no browser was found' if command else f'{LIGHTHOUSE} could not be installed'}")
        return
    print(f"Lighthouse mobile, medians of {runs} (lowest to highest); SEO without {ON_PURPOSE}, then with it")
    print(f"{'':12}{'performance':>16}{'accessib.':>11}{'practices':>11}{'SEO':>9}   times in ms")
    for page, path, token in pages(product):
        reports = [run(command, browser, product.base_url + path, token) for _ in range(runs)]
        print(row(page, reports), flush=True)


def find_lighthouse() -> list[str]:
    folder = ROOT / ".cache/bench-peers/lighthouse"
    found = folder / "node_modules/lighthouse/cli/index.js"
    if not found.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "install", *quiet, "--prefix", str(folder), LIGHTHOUSE], check=False)
    return ["node", str(found)] if found.is_file() else []


def pages(product: Product) -> list[tuple[str, str, str]]:
    """Name, path and the token to open it with, of a copy with the sample charters."""
    if demo.is_empty(product.base_url, product.password):
        demo.add(product.base_url, product.password, datetime.now(UTC))
    client = demo.Client(product.base_url)
    client.log_in(product.password)
    events = client.call("GET", "/api/events")["events"]
    event = next(event for event in events if event["status"] == "scheduled")
    guest = f"/g/{event['event_id']}"
    return [("guest page", guest, ""), ("waiver", f"{guest}/waiver", ""), ("board", "/", client.token)]


def run(command: list[str], browser: str, url: str, token: str) -> Report:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        if token:
            keep_signed_in(browser, profile, url, token)
        options = [
            "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}",
            # The session lies in the storage of the new profile.
            "--disable-storage-reset", f"--chrome-flags={' '.join([*CHROMIUM, f'--user-data-dir={profile}'])}",
        ]  # fmt: skip
        done = subprocess.run(
            [*command, url, *options],
            check=True,
            capture_output=True,
            timeout=TIMEOUT_S,
            env=os.environ | {"CHROME_PATH": browser},
        )
    return read(json.loads(done.stdout))


def keep_signed_in(browser: str, profile: str, url: str, token: str) -> None:
    with start_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=browser, args=[*CHROMIUM], headless=True
        )
        page = context.new_page()
        # Of the same origin, and no page of the app: that would fill the caches.
        page.goto(urljoin(url, "/api/health"))
        page.evaluate("(token) => localStorage.setItem('scc.token', token)", token)
        context.close()


def read(found: dict[str, Any]) -> Report:
    if found.get("runtimeError"):
        raise RuntimeError(found["runtimeError"]["message"])
    audits = found["audits"]

    def score(category: str, without: str = "") -> int:
        refs = [ref for ref in found["categories"][category]["auditRefs"] if ref["id"] != without]
        known = [(ref["weight"], audits[ref["id"]]["score"]) for ref in refs if audits[ref["id"]]["score"] is not None]
        return round(100 * sum(weight * score for weight, score in known) / sum(weight for weight, _ in known))

    counted = {
        ref["id"] for category in CATEGORIES for ref in found["categories"][category]["auditRefs"] if ref["weight"]
    }
    failed = {name for name in counted if audits[name]["score"] is not None and audits[name]["score"] < FULL}
    return Report(
        scores=tuple(score(category, ON_PURPOSE) for category in CATEGORIES),
        seo_with_all=score("seo"),
        times_ms={name: audits[audit]["numericValue"] for audit, name in TIMES.items()},
        failed=failed,
    )


def row(page: str, reports: list[Report]) -> str:
    widths = (16, 11, 11, 6)
    by_category = list(zip(*(report.scores for report in reports), strict=True))
    cells = "".join(f"{spread(scores):>{width}}" for scores, width in zip(by_category, widths, strict=True))
    seo = statistics.median(report.seo_with_all for report in reports)
    times = "  ".join(f"{name} {spread([report.times_ms[name] for report in reports])}" for name in TIMES.values())
    missed = [
        f"{category} is below its {target}"
        for category, scores, target in zip(CATEGORIES, by_category, TARGETS[page], strict=True)
        if statistics.median(scores) < target
    ]
    failed = sorted(set().union(*(report.failed for report in reports)))
    notes = [*missed, *([f"not passed in full: {', '.join(failed)}"] if failed else [])]
    return f"{page:12}{cells}{seo:>3.0f}   {times}" + "".join(f"\n{'':12}  {note}" for note in notes)


def spread(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{statistics.median(values):.0f}" + ("" if round(low) == round(high) else f" ({low:.0f}-{high:.0f})")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as alone:
        main(alone, int(sys.argv[1]) if sys.argv[1:] else RUNS)
