"""A phone or tablet of its own, whose browser can be killed and opened again without a network."""

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.visitors import PHONE, Site

# As on an iPhone: nothing wakes the app up to send.
NO_SYNC = "delete window.SyncManager; delete ServiceWorkerRegistration.prototype.sync"
OUTBOX = ["scc.outbox", "payments"]
SNAPSHOTS = ["scc.board", "snapshots"]
READ_STORE = """async ([name, store]) => {
  // Asking for one that is not there would make it, without its store.
  if (!(await indexedDB.databases()).some((known) => known.name === name)) return [];
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction(store).objectStore(store).getAll();
      reading.onsuccess = () => { opening.result.close(); resolve(reading.result); };
    };
  });
}"""


@dataclass
class Device:
    """A phone with storage of its own, whose browser can be killed and opened again."""

    browser_type: BrowserType
    executable: str
    base_url: str
    folder: Path
    opened: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "/", *, offline: bool = False, unreachable: bool = False) -> Page:
        """`unreachable` holds for as long as the browser is open, and for its workers, too: one that starts just now
        may miss that the browser is `offline`.
        """
        cut_off = ["--host-resolver-rules=MAP localhost 127.0.0.1:9"] if unreachable else []
        context = self.browser_type.launch_persistent_context(
            self.folder,
            executable_path=self.executable,
            args=["--no-sandbox", "--disable-background-networking", *cut_off],
            base_url=self.base_url,
            viewport=PHONE,
            locale="en-US",
            timezone_id="America/Los_Angeles",
        )
        self.opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(NO_SYNC)
        context.set_offline(offline)
        page = context.pages[0]
        page.goto(path)
        return page

    def close(self) -> None:
        self.opened.pop().close()

    def wait_until_stored(self, key: str) -> None:
        """Until this key of local storage is on the disk: Chromium writes it down with a delay of seconds or more."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            files = self.folder.rglob("Local Storage/leveldb/*")
            if any(key.encode() in file.read_bytes() for file in files if file.is_file()):
                return
            time.sleep(0.1)
        raise AssertionError(f"{key} was not written down")

    def kill(self) -> None:
        """The battery is empty: no page and no browser gets to say goodbye."""
        context = self.opened.pop()
        browser = context.browser
        assert browser
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        with context.expect_event("close"):
            for process in processes:
                os.kill(process["id"], signal.SIGKILL)
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()


def log_in(page: Page, site: Site, *, keep: bool = False) -> None:
    page.get_by_label("Password").fill(site.product.password)
    page.get_by_label("Keep me signed in on this device").set_checked(keep)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()


def log_payment(page: Page, event: dict[str, Any], amount: str, method: str = "Cash") -> None:
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    dialog.get_by_label("Amount").fill(amount)
    dialog.get_by_role("radio", name=method).click()
    dialog.get_by_role("button", name="Log $").click()
    expect(dialog).to_be_hidden()


def wait_until(page: Page, condition: str) -> None:
    """The pages' policy forbids what Playwright's own waiting does."""
    page.evaluate(
        f"""async () => {{
          for (let tries = 0; tries < 400; tries++) {{
            if ({condition}) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }}
          throw new Error("it never came to that");
        }}"""
    )


def wait_for_worker(page: Page) -> None:
    """Until the worker answers for the next page, and the board is written down."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    expect(page.get_by_role("heading", name="Coming")).to_be_visible()
    wait_for_snapshot(page, "found.length === 1")


def wait_for_snapshot(page: Page, condition: str) -> None:
    """Until what is kept of the board is so; the app writes it down a moment after each change."""
    page.evaluate(
        f"""async (names) => {{
          for (let tries = 0; tries < 200; tries++) {{
            const found = await ({READ_STORE})(names);
            if ({condition}) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }}
          throw new Error("the board was not written down so: {condition}");
        }}""",
        SNAPSHOTS,
    )
