"""What a charter and its ledger were at each moment, made anew from audit events, rows and acts. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from chalicelib.charters.fields import CharterDetails, Status
from chalicelib.charters.store import Charter
from chalicelib.money import ledger
from chalicelib.money.ledger import Balance, Sums
from chalicelib.payments import store as payment_store
from chalicelib.payments.fields import Payment
from chalicelib.payments.rows import apply_act, fold
from tools.audit.records import Data, Entry


@dataclass
class History:
    """A charter's versions, by number."""

    versions: dict[int, dict[str, object]] = field(default_factory=dict)
    """What an admin edits, and the status, from each version on."""
    faults: list[str] = field(default_factory=list)

    def at(self, version: int, charter: Charter, sums: Sums) -> Charter | None:
        """The charter as it was; None if there was no such version, or it lacks a field."""
        known = dict(self.versions.get(version, {}))
        if not known.keys() >= {*CharterDetails.__annotations__, "status"}:
            return None
        status = cast(Status, known.pop("status"))
        return charter._replace(details=cast(CharterDetails, known), status=status, version=version, sums=sums)

    def all(self, charter: Charter, sums: Sums) -> Iterator[Charter]:
        """The charter in each of its versions."""
        return (found for version in self.versions if (found := self.at(version, charter, sums)))


def replay_history(events: Iterable[Data]) -> History:
    found, known = History(), dict[str, object]()
    numbered = [event for event in events if isinstance(event.get("version"), int)]
    for position, event in enumerate(sorted(numbered, key=lambda one: int(one["version"])), 1):
        version, changed = int(event["version"]), event.get("changed", {})
        if version != position and not found.faults:
            found.faults.append(f"no audit event tells how it came to version {position}")
        for name, (before, after) in _pairs(changed):
            if known.get(name) != before:
                found.faults.append(f"what version {version} changed of {name} is not what was there before")
            known[name] = after
        found.versions[version] = dict(known)
    return found


def _pairs(changed: object) -> Iterator[tuple[str, tuple[object, object]]]:
    for name, values in changed.items() if isinstance(changed, Mapping) else ():
        if isinstance(values, list) and len(values) == 2:
            yield name, (values[0], values[1])


class State(NamedTuple):
    """A payment from some place in its charter's ledger on."""

    ledger_seq: int
    payment: Payment


@dataclass
class Ledger:
    """A charter's ledger at each of its places."""

    sums: list[Sums] = field(default_factory=lambda: [Sums()])
    """Before the first entry, and after each."""
    states: dict[str, list[State]] = field(default_factory=dict)
    """Of each payment."""
    is_whole: bool = True
    """Whether its entries are numbered 1, 2, 3 …; else there is nothing to replay."""


def replay_ledger(entries: Iterable[Entry]) -> Ledger:
    found = Ledger()
    numbered = sorted((entry for entry in entries if entry.is_whole), key=place_of)
    found.is_whole = [place_of(entry) for entry in numbered] == list(range(1, len(numbered) + 1))
    now: dict[str, Payment] = {}
    for entry in numbered if found.is_whole else ():
        if not entry.act:
            [payment] = fold([entry.item])
            now[entry.payment_id] = payment
            found.sums.append(ledger.add(found.sums[-1], payment))
        elif entry.payment_id in now:
            now[entry.payment_id] = apply_act(now[entry.payment_id], payment_store.to_act(entry.item)[1])
            found.sums.append(ledger.fold(now.values()))
        else:
            found.is_whole = False
            break
        found.states.setdefault(entry.payment_id, []).append(State(place_of(entry), now[entry.payment_id]))
    return found


def place_of(entry: Entry) -> int:
    """Its place in the charter's ledger; 0, which is none, when it tells no number."""
    place = entry.data.get("ledger_seq")
    return place if isinstance(place, int) else 0


def could_be(balance: object, charters: Iterable[Charter]) -> bool:
    """Whether it is the balance of one of these states of a charter."""
    return any(_is_same(balance, charter.balance) for charter in charters)


def _is_same(found: object, expected: Balance) -> bool:
    return isinstance(found, Mapping) and dict[Any, Any](found) == {**expected}
