"""Records as an attacker, or a slip of the hand, would leave them: found by what they hold, changed in one place."""

import json
from collections.abc import Callable
from typing import Any

from tools.audit.checks import find_differences
from tools.audit.records import gather
from tools.common.table import kind_of

Items = dict[str, Any]
Change = Callable[[Items], None]


def differences(items: list[Items]) -> list[str]:
    return [str(each) for each in find_differences(gather(items))]


def of_kind(items: list[Items], kind: str, part: str = "") -> Items:
    """The first record of the kind whose keys or content have the part."""
    return next(
        item
        for item in sorted(items, key=lambda each: (each["PK"]["S"], each["SK"]["S"]))
        if kind_of(item["PK"]["S"], item["SK"]["S"]) == kind
        and part in " ".join((item["PK"]["S"], item["SK"]["S"], item.get("data", {}).get("S", "")))
    )


def without(items: list[Items], *missing: Items) -> list[Items]:
    return [item for item in items if item not in missing]


def data(**changes: Any) -> Change:
    """Changes fields of a record; None takes one away."""

    def change(item: Items) -> None:
        fields = {**json.loads(item["data"]["S"]), **changes}
        gone = [name for name, value in changes.items() if value is None]
        item["data"] = {"S": json.dumps({name: value for name, value in fields.items() if name not in gone})}

    return change


def attribute(name: str, value: Items | None) -> Change:
    """Changes an attribute; None takes it away."""

    def change(item: Items) -> None:
        item.pop(name, None)
        if value is not None:
            item[name] = value

    return change


def under(sort_key: str, owner: str = "") -> Change:
    def change(item: Items) -> None:
        item["SK"] = {"S": sort_key}
        if owner:
            item["PK"] = {"S": owner}

    return change
