"""What a stage's functions have run, act by act, and what may come back. Pure: no I/O.

As for releases of the SPA, the record decides: each act is the next numbered, create-only entry, and holds those before
it; anybody can carry out what the last one says.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from tools.common.console import Refused

# What is written; 1 had no beginnings of deployments.
FORMAT = 2
DEPLOYING, DEPLOYED, ROLLED_BACK = "deploying", "deployed", "rolled back"
# How far an entry looks back, and of how many the package is kept: the present one, and two to go back to.
KEEP_ACTS = 50
KEEP_PACKAGES = 3


class Who(NamedTuple):
    by: str
    at: str
    commit: str


class Deployment(NamedTuple):
    """What the functions run since this act, and what it goes with.

    One that begins, `deploying`, has no package yet. While it is the last act, the deployment broke off or is under
    way, and the functions may run what is on no record.
    """

    number: int
    act: str
    who: Who
    restores: int
    """The deployment whose package it is; its own number when it was deployed."""
    code: str
    """SHA-256 of the package, in hexadecimal digits."""
    runtime: str
    functions: tuple[str, ...]
    api: str
    """The id of API Gateway's deployment: which paths lead to the functions."""
    spa: str
    """The SPA's release that was built from the same sources."""
    reason: str
    """Why it was done although an open tab breaks; empty otherwise."""

    def describe(self) -> str:
        return f"{self.number}, {self.act} by {self.who.by} at {self.who.at} from {self.who.commit}"


class Entry(NamedTuple):
    nonce: str
    """Tells our own entry, whose answer was lost, from somebody else's."""
    acts: tuple[Deployment, ...]
    """The newest first."""

    @property
    def last(self) -> Deployment:
        return self.acts[0]

    @property
    def is_open(self) -> bool:
        """Whether a deployment has begun, and not ended."""
        return self.last.act == DEPLOYING

    @property
    def deployed(self) -> Deployment | None:
        """The last act that came to its end; None when there is none yet."""
        return next((act for act in self.acts if act.act != DEPLOYING), None)


def beginning(entry: Entry | None, who: Who, spa: str, reason: str) -> Deployment:
    number = next_number(entry)
    return Deployment(number, DEPLOYING, who, number, "", "", (), "", spa, reason)


def next_number(entry: Entry | None) -> int:
    return entry.last.number + 1 if entry else 1


def add(entry: Entry | None, act: Deployment, nonce: str) -> Entry:
    return Entry(nonce, (act, *(entry.acts if entry else ()))[:KEEP_ACTS])


def line_of(acts: Sequence[Deployment]) -> list[Deployment]:
    """The deployments that led to what runs, the last one last: going back takes those off that it goes back over."""
    line: list[Deployment] = []
    for act in reversed(acts):
        if act.act == ROLLED_BACK:
            line = [one for one in line if one.number < act.restores]
        if act.act != DEPLOYING:
            line.append(act)
    return line


def codes_to_keep(acts: Sequence[Deployment]) -> list[str]:
    """Of the packages that are kept when something new is deployed, the newest first."""
    return list(dict.fromkeys(act.code for act in reversed(line_of(acts))))[:KEEP_PACKAGES]


def version_before(acts: Sequence[Deployment]) -> Deployment:
    """The last deployment of another package than the one that runs; going back twice goes back two."""
    line = line_of(acts)
    found = next((act for act in reversed(line[:-1]) if act.code != line[-1].code), None)
    if found is None:
        raise Refused("no version before this one is recorded: nothing to go back to")
    return found


def encode(entry: Entry) -> bytes:
    return json.dumps({"format": FORMAT, "nonce": entry.nonce, "acts": plain(entry.acts)}).encode()


def plain(acts: Sequence[Deployment]) -> list[dict[str, Any]]:
    """As JSON has them."""
    return [{**act._asdict(), "who": act.who._asdict()} for act in acts]


def decode(text: bytes) -> Entry:
    try:
        data = json.loads(text)
        if data["format"] not in range(1, FORMAT + 1):
            raise Refused("the record of deployments was written by a newer tools.deploy: update this checkout")
        return Entry(data["nonce"], tuple(_deployment(act) for act in data["acts"]))
    except (ValueError, LookupError, TypeError) as error:
        raise Refused("the record of deployments is damaged: it cannot be read") from error


def _deployment(data: dict[str, Any]) -> Deployment:
    return Deployment(**{**data, "who": Who(**data["who"]), "functions": tuple(data["functions"])})
