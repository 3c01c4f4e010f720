"""The desk's settings and the number of its private link, in the table."""

from typing import Any

from chalicelib.core.audit import AuditEvent, audit_item
from chalicelib.core.dynamo import Item, item_key, json_s, load_data, n, put_write, read_item, write_all
from chalicelib.operator.fields import SettingsDetails, SettingsJson

_PK = "SETTINGS"
SETTINGS_KEY = item_key(_PK, "SETTINGS")
_DESK_LINK = item_key(_PK, "DESK_LINK")


def read_settings(defaults: SettingsDetails) -> SettingsJson:
    """What was saved last; what it does not say, or before anything was saved, the defaults with version 0."""
    return settings_of(read_item(SETTINGS_KEY), defaults)


def settings_of(item: Item | None, defaults: SettingsDetails) -> SettingsJson:
    """The same of an item that was read with others."""
    return {**defaults, "version": 0, **(to_settings(item) if item else {})}  # type: ignore[typeddict-item]


def put_settings(details: SettingsDetails, version: int, audit: AuditEvent) -> None:
    """Saves them as this version. Raises WriteConflict if the version before is not the stored one."""
    put: Item = {**SETTINGS_KEY, "data": json_s(details), "version": n(version)}
    first = version == 1
    condition = "attribute_not_exists(PK)" if first else "version = :seen"
    values = {} if first else {":seen": n(version - 1)}
    write_all([put_write(put, condition=condition, values=values), _audit_write(audit)])


def read_desk_link() -> int:
    """How often the link to the desk's calendar was renewed."""
    item = read_item(_DESK_LINK)
    return to_link_number(item) if item else 0


def put_desk_link(link_number: int, audit: AuditEvent) -> None:
    """Raises WriteConflict if the number before is not the stored one."""
    first = link_number == 1
    condition = "attribute_not_exists(PK)" if first else "link_number = :seen"
    values = {} if first else {":seen": n(link_number - 1)}
    put = put_write({**_DESK_LINK, "link_number": n(link_number)}, condition=condition, values=values)
    write_all([put, _audit_write(audit)])


def to_settings(item: Item) -> dict[str, Any]:
    return {**load_data(item), "version": int(item["version"]["N"])}


def to_link_number(item: Item) -> int:
    return int(item["link_number"]["N"])


def _audit_write(audit: AuditEvent) -> Item:
    return put_write(audit_item(_PK, audit))
