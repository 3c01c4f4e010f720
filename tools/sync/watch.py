"""After a promotion: is production well? If not, it goes back by itself.

The same looks are made at staging before: what they find wrong there is no fault of the promotion, but of the release,
of the API, or of this checkout, and nothing is promoted. So a checkout takes nothing back that it only does not know.

A watch that ends well, or took production back, is noted in the journal. One that was killed leaves its beginning
there, with the time until which it meant to look, and no end.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from tools.common.cloud import ROOT
from tools.common.console import Refused, first_few, one_line
from tools.common.website import Hangs, NoAnswer, Website
from tools.sync import release
from tools.sync.releaser import Outcome, Releaser, now_text, occupied

# With what two looks and the way back take, a release that fails is gone within a minute.
LOOK_EVERY_S = 10.0
SMOKE_TIMEOUT_S = 12
ANSWER_TIMEOUT_S = 4

Probe = Callable[[str], str]
"""What is wrong with what a slot holds, empty when nothing is. Raises Refused when it could not look."""


def probes_of(releaser: Releaser, release_id: str) -> list[Probe]:
    """The app in a browser, unless there is none, and the smoke checks."""
    names = list(releaser.bucket.record(release_id).files)

    def boot(slot: str) -> str:
        seen = releaser.open_slot(slot, names) if releaser.open_slot else None
        return seen.describe() if seen and seen.problems else ""

    return [boot, lambda slot: smoke(releaser.viewer.website.base_url, slot)]


def smoke(base_url: str, slot: str) -> str:
    """In a process of its own: its checks stand above releases, and import what is here."""
    command = [sys.executable, "-m", "tools.smoke", base_url, "--slot", slot, "--timeout", str(ANSWER_TIMEOUT_S)]
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SMOKE_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        if hangs := hanging_path(base_url):
            return hangs
        raise Refused("the smoke checks take too long on this machine; the site answers") from error
    except OSError as error:
        raise Refused(f"the smoke checks did not run: {error}") from error
    if done.returncode == 0:
        return ""
    failed = [line.removeprefix("FAIL").strip() for line in done.stdout.splitlines() if line.startswith("FAIL")]
    if not failed:
        raise Refused(f"the smoke checks did not run: {done.stderr.strip()[-300:]}")
    return f"fails smoke checks: {first_few([' '.join(line.split()) for line in failed], 3)}"


def hanging_path(base_url: str) -> str:
    """Of the API and the page, what is reached and does not answer, as the end of a sentence; empty when both answer.

    Refused when the site cannot be reached from here: then it is not known whether it hangs.
    """
    website = Website(base_url, timeout_s=ANSWER_TIMEOUT_S)
    for path in ("/api/health", "/"):
        try:
            website.ask(path)
        except Hangs:
            return f"hangs: {path} says nothing within {ANSWER_TIMEOUT_S} s"
    return ""


class Watcher(NamedTuple):
    releaser: Releaser
    probes: Sequence[Probe]
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def require_well_before(self) -> None:
        """Refused when something is wrong with staging as these probes see it, whatever it comes from.

        Also when they cannot look.
        """
        for probe in self.probes:
            try:
                problem = probe("staging")
            except Refused as refusal:
                raise Refused(f"nothing was promoted, because a watch could not look: {refusal}") from refusal
            if problem:
                raise Refused(
                    f"nothing was promoted, because a watch would take it back: staging {problem}. Repair that, or "
                    "update this checkout if it is older than the release; `promote` without --watch does not look"
                )

    def watch(self, release_id: str, duration_s: float) -> Outcome:
        """Looks for so long at this release in production. Refused, with the reason, when production had to go back.

        Also refused when it could not see production at all, or could not go back yet.
        """
        held = occupied(self.releaser.bucket.head(), "production")
        if held.release != release_id:
            raise Refused(f"the watch of {release_id} ends: production holds {held.describe()}")
        until = now_text(duration_s)
        self._note(held, "watching", f"until {until}")
        deadline, looks, blind, wrong = self.now() + duration_s, 0, 0, ""
        while True:
            # What was found to fail is not asked again: it only has to go back yet.
            problem = wrong or self._problem()
            wrong = problem or ""
            if problem and self._go_back(held, problem):
                raise Refused(f"production is back at the release before: {held.release} {problem}")
            looks += 1
            blind += problem is None
            left_s = deadline - self.now()
            if left_s <= 0:
                break
            self.sleep(min(LOOK_EVERY_S, left_s))
            if not wrong:
                self._require_unmoved(held)
        if wrong:
            raise Refused(f"production {wrong}, and is not back yet: `rollback` when AWS can be reached")
        return self._end(held, until, looks, blind)

    def _end(self, held: release.Slot, until: str, looks: int, blind: int) -> Outcome:
        how = "" if self.releaser.open_slot else " without a browser"
        seen = f"well at {looks - blind} of {looks} looks{how}" + (", the others saw nothing" if blind else "")
        self._note(held, "watched", seen)
        if blind == looks:
            raise Refused(f"production holds {held.describe()}, and no look of the watch could see it")
        return Outcome(held.release, True, f"production holds {held.describe()}; watched until {until}, {seen}")

    def _problem(self) -> str | None:
        """What a probe found twice in a row; None when this machine could not see production."""
        for probe in self.probes:
            found = self._found_twice(probe)
            if found is None or found:
                return found
        return ""

    def _found_twice(self, probe: Probe) -> str | None:
        found = ""
        for _ in range(2):
            try:
                found = probe("production")
            except Refused as refusal:
                self.releaser.say(f"could not look: {refusal}")
                return None
            if not found:
                return ""
            self.releaser.say(f"production {found}")
            if not self._has_network():
                return None
        return found

    def _has_network(self) -> bool:
        """Whether AWS answers, and production is reached: else it is not the release that fails."""
        try:
            self.releaser.bucket.head()
            hanging_path(self.releaser.viewer.website.base_url)
        except (BotoCoreError, ClientError, NoAnswer) as error:
            self.releaser.say(f"no network: {one_line(error)}")
            return False
        return True

    def _go_back(self, held: release.Slot, problem: str) -> bool:
        """Whether production is back; False when the network went away meanwhile: then it is tried again."""
        quiet = self.releaser._replace(ask=lambda plan: self.releaser.say("\n".join(plan)))
        try:
            quiet.roll_back(over=held.release, note=f"watched, and it {problem}")
        except (BotoCoreError, ClientError, NoAnswer) as error:
            self.releaser.say(f"not back yet: {one_line(error)}")
            return False
        except Refused as refusal:
            self._require_unmoved(held)
            self._note(held, "watched", f"{problem}; it stays: {refusal}")
            raise Refused(f"production {problem}, and it stays: {refusal}") from refusal
        return True

    def _require_unmoved(self, held: release.Slot) -> None:
        try:
            now = self.releaser.bucket.head().production
        except (BotoCoreError, ClientError):
            # Without a network nothing is known, and nothing is done.
            return
        if now is None or now.seq != held.seq:
            what = now.describe() if now else "nothing"
            raise Refused(f"the watch of {held.release} ends: production holds {what}")

    def _note(self, held: release.Slot, act: str, note: str) -> None:
        releaser = self.releaser
        head, live, who = *releaser.bucket.look(), releaser.who()
        releaser.bucket.append(head, live, lambda now, _: release.watch(now, who, held.seq, act, note))
