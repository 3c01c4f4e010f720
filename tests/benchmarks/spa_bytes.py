"""What a browser fetches before a page shows, by kind: as it is, by gzip and by brotli, beside what the tests hold."""

import gzip
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import Response

from tests.benchmarks.lighthouse import pages
from tests.support.programs import found_programs
from tests.support.running import Product, running_product
from tools.common.browser import start_playwright

# Held by spa/size.mjs (brotli, scripts) and by tests/browser/test_waiver_page.py (gzip, all but the waiver's text).
LIMITS = {"guest page": "scripts at most 16 KB", "board": "scripts at most 40 KB", "waiver": "30 KB besides its text"}
KINDS = {"document": "page", "script": "scripts", "stylesheet": "styles", "fetch": "answers"}
# The gateway and CloudFront compress nothing smaller.
LEAST_BYTES = 1000
BROTLI = "process.stdout.write(String(require('zlib').brotliCompressSync(require('fs').readFileSync(0)).length))"


def main(product: Product) -> None:
    browser = found_programs()["tools"].get("browser")
    if not browser:
        print("bytes of a page: left out, no browser was found")
        return
    print(f"{'first view, bytes':24}{'as it is':>10}{'gzip':>10}{'brotli':>10}")
    for page, path, token in pages(product):
        fetched = first_view(browser, product.base_url, path, token)
        sizes = {kind: sizes_of(bodies) for kind, bodies in fetched.items()}
        for kind, (plain, gzipped, brotli) in sizes.items():
            print(f"{f'{page}, {kind}':24}{plain:>10}{gzipped:>10}{brotli:>10}")
        total = [sum(column) for column in zip(*sizes.values(), strict=True)]
        print(f"{page:24}{total[0]:>10}{total[1]:>10}{total[2]:>10}   {LIMITS[page]}", flush=True)


def first_view(browser: str, base_url: str, path: str, token: str) -> dict[str, list[bytes]]:
    """The bodies that are fetched until the network is calm, by kind; icons and the worker come later."""
    found: dict[str, list[bytes]] = {kind: [] for kind in KINDS.values()}
    with start_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_context(base_url=base_url, service_workers="block").new_page()
        page.add_init_script(f"sessionStorage.setItem('scc.token', '{token}')")
        responses: list[Response] = []

        def note(response: Response) -> None:
            responses.append(response)

        page.on("response", note)
        page.goto(path, wait_until="networkidle")
        for response in responses:
            kind = KINDS.get(response.request.resource_type)
            if kind and not response.url.startswith("data:"):
                found[kind].append(response.body())
        chromium.close()
    return {kind: bodies for kind, bodies in found.items() if bodies}


def sizes_of(bodies: list[bytes]) -> tuple[int, int, int]:
    total: Counter[str] = Counter()
    for body in bodies:
        small = len(body) < LEAST_BYTES
        total["plain"] += len(body)
        total["gzip"] += len(body) if small else len(gzip.compress(body))
        total["brotli"] += len(body) if small else brotli_bytes(body)
    return total["plain"], total["gzip"], total["brotli"]


def brotli_bytes(body: bytes) -> int:
    return int(subprocess.run(["node", "-e", BROTLI], input=body, check=True, capture_output=True).stdout)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as alone:
        main(alone)
