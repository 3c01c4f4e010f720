"""Whether a charter may sail, in words for its captain and crew: never an amount, nor that it is about money. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from chalicelib.charters.fields import Check, CheckCode, CheckState, Readiness
from chalicelib.charters.service import missing_guests
from chalicelib.charters.store import Charter

MOST_NAMES = 5
Tone = Literal["go", "open", "stop"]


class Words(NamedTuple):
    tone: Tone
    text: str


# Written here and not taken from the checks, whose messages are for the desk: they tell amounts and papers by name.
_REASONS: Mapping[CheckCode, str] = {
    "captain": "no captain has accepted",
    "crew": "a place in the crew is open",
    "people_papers": "a paper of captain or crew is missing or ends too soon",
    "boat_papers": "a paper of the boat is missing or ends too soon",
    "heads": "there are more people than the boat may carry",
    "waivers": "not everybody has signed",
    "money": "wait for the desk’s go",
    "conflicts": "boat or people are booked twice",
    "briefing": "the safety briefing is not ticked off",
}


def in_words(charter: Charter, readiness: Readiness, *, is_near: bool) -> Words:
    """`is_near` from when the captain may have it depart."""
    if charter.status == "cancelled":
        return Words("stop", "Called off.")
    if charter.status != "scheduled":
        return Words("go", "Departed.")
    if stopping := _reasons(charter, readiness, ("blocks",)):
        return Words("stop", f"{'Do not depart' if is_near else 'Not ready'}: {stopping}.")
    waiting = _reasons(charter, readiness, ("open", "unknown"))
    ready = "May sail." if is_near else "Ready to sail."
    if not waiting:
        return Words("go", ready)
    return Words("open", f"{ready} Still open: {waiting}." if is_near else f"Still open: {waiting}.")


def _reasons(charter: Charter, readiness: Readiness, states: Sequence[CheckState]) -> str:
    found = [_reason(charter, check) for check in readiness["checks"] if check["state"] in states]
    return "; ".join(found)


def _reason(charter: Charter, check: Check) -> str:
    if check["code"] != "waivers":
        return _REASONS[check["code"]]
    names = [guest["name"] for guest in missing_guests(charter)]
    missing = max(charter.details["party_size"] - charter.signed_count, len(names))
    if names and missing == len(names) <= MOST_NAMES:
        last = names.pop()
        listed = f"{', '.join(names)} and {last}" if names else last
        return f"{listed} {'have' if names else 'has'} not signed"
    return f"{missing} {'has' if missing == 1 else 'have'} not signed" if missing else _REASONS["waivers"]
