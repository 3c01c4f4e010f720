"""The directory of charters: what is searched, and who chartered; one short entry of every charter there ever was."""

import json
from typing import NamedTuple

from chalicelib.charters.fields import Contact, Status
from chalicelib.core.dynamo import Item, item_key, query_items, s

DIRECTORY = "DIRECTORY"


class Listed(NamedTuple):
    """A charter in the directory."""

    event_id: str
    starts_at: str
    status: Status
    patron: Contact
    text: str
    """All names and titles of it, folded."""

    @property
    def board_key(self) -> str:
        return f"{self.starts_at}#{self.event_id}"


def list_directory() -> list[Listed]:
    """Every charter there ever was, in any order: one Query."""
    items = query_items(KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": s(DIRECTORY)})
    return [
        Listed(
            event_id=item["SK"]["S"].partition("#")[2],
            starts_at=item["starts_at"]["S"],
            status=item["status"]["S"],
            patron=json.loads(item["patron"]["S"]),
            text="\n".join(item[name]["S"] for name in ("text", "signed") if name in item),
        )
        for item in items
        # One that has only been signed was made before there was a directory.
        if "text" in item
    ]


def directory_key(event_id: str) -> Item:
    return item_key(DIRECTORY, f"EVENT#{event_id}")
