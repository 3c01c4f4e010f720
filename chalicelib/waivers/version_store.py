"""The texts that guests sign, and which of them is the current one of its language."""

from collections.abc import Iterable
from typing import cast

from chalicelib.core.audit import AuditEvent
from chalicelib.core.dynamo import (
    Item,
    db,
    is_written,
    item_key,
    json_s,
    load_data,
    put_write,
    query_items,
    read_item,
    read_items,
    s,
    update,
    write_all,
)
from chalicelib.waivers.fields import LANGUAGES, Language, WaiverVersion

_CURRENT = "WAIVER_VERSION#CURRENT"


def publish_version(version: WaiverVersion, audit: AuditEvent) -> None:
    """Stores the version if its text is new, and makes it the current one of its language; with who did it.

    A stored version is never rewritten. Raises WriteConflict.
    """
    name, data = version["waiver_version"], json_s(version)
    values = {":data": data, ":pk": s("WAIVER_VERSIONS"), ":sk": _sort_key(version)}
    kept = ("#data = if_not_exists(#data, :data)", "by_date_pk = :pk", "by_date_sk = if_not_exists(by_date_sk, :sk)")
    store = update(_version_key(name), f"SET {', '.join(kept)}", values)
    write_all([{"Update": store}, put_write(_current(version)), put_write(_audit(name, audit))])


def publish_first(version: WaiverVersion, audit: AuditEvent) -> None:
    """The same for the first text of a language, where many may do it at once: whoever comes later changes nothing.

    Each write stands by itself, and the text comes first: nobody waits for anybody, and what is broken off is
    finished by the next.
    """
    name = version["waiver_version"]
    item = {**_version_key(name), "data": json_s(version), "by_date_pk": s("WAIVER_VERSIONS")}
    if not _put_first({**item, "by_date_sk": _sort_key(version)}):
        # Somebody else has begun, maybe at another moment.
        version = read_version(name) or version
    for new in (_audit(name, audit, "FIRST"), _current(version)):
        _put_first(new)


def _put_first(item: Item) -> bool:
    """False if there is such an item, or it is being written now."""
    return is_written(db().put_item, or_busy=True, Item=item, ConditionExpression="attribute_not_exists(PK)")


def _sort_key(version: WaiverVersion) -> Item:
    return s(f"{version['published_at']}#{version['waiver_version']}")


def _current(version: WaiverVersion) -> Item:
    name = s(version["waiver_version"])
    return {**current_key(version["language"]), "data": json_s(version), "waiver_version": name}


def _audit(name: str, audit: AuditEvent, sort_key: str = "") -> Item:
    key = item_key(f"WAIVER_VERSION#{name}", f"AUDIT#{sort_key or audit['at'] + '#' + audit['audit_id']}")
    return {**key, "data": json_s(audit)}


def read_version(waiver_version: str) -> WaiverVersion | None:
    item = read_item(_version_key(waiver_version))
    return _to_version(item) if item else None


def read_current_versions() -> dict[Language, WaiverVersion]:
    """The published current version of each language that has one."""
    return to_current_versions(read_items(current_keys()))


def list_versions() -> list[WaiverVersion]:
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": s("WAIVER_VERSIONS")},
        ScanIndexForward=False,
    )
    return list(map(_to_version, items))


def _version_key(waiver_version: str) -> Item:
    return item_key(f"WAIVER_VERSION#{waiver_version}", "VERSION")


def current_keys() -> list[Item]:
    return list(map(current_key, LANGUAGES))


def current_key(language: Language) -> Item:
    return item_key(_CURRENT, f"CURRENT#{language}")


def to_current_versions(items: Iterable[Item]) -> dict[Language, WaiverVersion]:
    """Of items that were read together, those that are current versions."""
    current = [_to_version(item) for item in items if item["PK"]["S"] == _CURRENT]
    return {version["language"]: version for version in current}


def _to_version(item: Item) -> WaiverVersion:
    return cast(WaiverVersion, load_data(item))
