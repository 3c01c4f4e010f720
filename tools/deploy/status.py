"""Which SPA goes with which version of the functions, and whether those in the slots work with what runs."""

import json
from typing import Any, NamedTuple

from tools.deploy import open_tabs, record
from tools.deploy.kept import Running, running
from tools.deploy.record import DEPLOYING, Entry
from tools.deploy.versions import Place
from tools.sync import release
from tools.sync.proof.skew import broken_calls


class SlotState(NamedTuple):
    """What a slot of the SPA holds."""

    release: str | None
    deployment: int | None
    """The one that was made from the same sources; None when none is on record."""
    breaks: list[str]
    """Its calls that the running API does not serve."""
    text: str


def show_status(place: Place, *, as_json: bool) -> None:
    entry, live = place.kept.last(), running(place.cloud)
    head = place.bucket.head()
    deployed = entry.deployed if entry else None
    document = place.kept.package(deployed.code).document if deployed else None
    slots = {name: slot_state(place, entry, document, head.slot(name)) for name in ("production", "staging")}
    if as_json:
        acts = record.plain(entry.acts if entry else ())
        codes = {name: one.code for name, one in live.items()}
        states = {name: state._asdict() for name, state in slots.items()}
        print(json.dumps({"deployments": acts, "running": codes, **states}, indent=1))
        return
    print("\n".join(lines(entry, live, place.kept.codes())))
    for name, state in slots.items():
        print(f"{name:11} {state.text}")


def lines(entry: Entry | None, live: dict[str, Running], kept: set[str]) -> list[str]:
    """`kept`: whose packages could come back."""
    if entry is None:
        return ["no deployment is recorded"]
    found = []
    for act in entry.acts[:5]:
        line = f"{act.number:<5} {act.act:11} {act.code[:12]}  with SPA {act.spa}  {act.who.at}  {act.who.by}"
        line += f"  {act.who.commit}{', kept' if act.code in kept else ''}"
        line += ", never told its end" if act.act == DEPLOYING and act is entry.last else ""
        found.append(f"{line}, forced: {act.reason}" if act.reason else line)
    for function, one in live.items():
        is_known = entry.deployed is not None and one.code == entry.deployed.code
        found.append(f"{function} runs {one.code[:12]}{'' if is_known else ', which is not what the record says'}")
    return found


def slot_state(
    place: Place, entry: Entry | None, document: dict[str, Any] | None, held: release.Slot | None
) -> SlotState:
    """`document`: of the API that runs, as far as the record knows."""
    if held is None:
        return SlotState(None, None, [], "empty")
    acts = entry.acts if entry else ()
    made = next((act.restores for act in acts if act.spa == held.release and act.act != DEPLOYING), None)
    text = f"{held.describe()}; made with {f'deployment {made}' if made else 'no deployment on record'}"
    used = open_tabs.recorded_calls(place.bucket, place.bucket.record(held.release))
    if document is None or used is None:
        return SlotState(held.release, made, [], text)
    broken = broken_calls(used, document)
    text += f"; breaks on what runs: {'; '.join(broken[:3])}" if broken else "; works with what runs"
    return SlotState(held.release, made, broken, text)
