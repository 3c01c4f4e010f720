"""A distribution's configuration as CloudFront gives it: what serves a path, and what differs between two. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.edge.routing import SECRET_HEADER, matches

Config = dict[str, Any]
"""Of a distribution, an origin or a behaviour, in CloudFront's own shape."""


def behaviours(config: Config) -> list[Config]:
    """Those with a pattern, in their order."""
    return items_of(config.get("CacheBehaviors"))


def serving(config: Config, path: str) -> tuple[int | None, Config]:
    """The behaviour that answers a path and its position, None for the default one."""
    for position, behaviour in enumerate(behaviours(config)):
        if matches(behaviour["PathPattern"], path):
            return position, behaviour
    return None, config["DefaultCacheBehavior"]


def find_behaviour(config: Config, pattern: str | None) -> Config:
    """None is the default one."""
    if pattern is None:
        default: Config = config["DefaultCacheBehavior"]
        return default
    return next(each for each in behaviours(config) if each["PathPattern"] == pattern)


def viewer_request_function(behaviour: Config) -> str | None:
    """Its ARN."""
    functions = items_of(behaviour.get("FunctionAssociations"))
    return next((each["FunctionARN"] for each in functions if each["EventType"] == "viewer-request"), None)


def origins(config: Config, kind: str) -> list[Config]:
    return [origin for origin in config["Origins"]["Items"] if kind_of(origin) == kind]


def find_origin(config: Config, origin_id: str) -> Config:
    return next(origin for origin in items_of(config["Origins"]) if origin["Id"] == origin_id)


def kind_of(origin: Config) -> str:
    """`spa`: a bucket; `api`: an API Gateway, or an origin that gets our secret header."""
    if "S3OriginConfig" in origin or re.search(r"\.s3[.-]", origin["DomainName"]):
        return "spa"
    address = f"{origin['DomainName']}{origin.get('OriginPath', '')}"
    is_api = origin["Id"] == "api" or "execute-api" in address or secret_header(origin)
    return "api" if is_api else "other"


def secret_header(origin: Config) -> Config | None:
    """What the origin is sent to prove that a request came by the edge: a name and a value."""
    headers = items_of(origin.get("CustomHeaders"))
    return next((header for header in headers if header["HeaderName"].lower() == SECRET_HEADER.lower()), None)


def error_pages(config: Config) -> list[Config]:
    """Those that put a page in place of an error. They hold for the whole distribution, whatever the behaviour."""
    return [page for page in items_of(config.get("CustomErrorResponses")) if page.get("ResponsePagePath")]


def items_of(listed: Config | None) -> list[Any]:
    return list((listed or {}).get("Items") or [])


def listed(items: list[Any]) -> Config:
    """AWS's way to write a list."""
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


# --- what differs ---------------------------------------------------------------------------------


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """One line a change, list entries by their names; secrets are not shown."""
    return list(_differences(before, after, path))


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        entries_before, entries_after = _entries(before), _entries(after)
        if entries_before is not None and entries_after is not None:
            yield from _entry_differences(entries_before, entries_after, path)
            return
        for key in {**before, **after}:
            if key != "Quantity":
                yield from _differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif path.endswith(".HeaderValue"):
        yield f"{path}: another value"
    else:
        yield f"{path}: {_shown(before)} -> {_shown(after)}"


def _entries(value: Mapping[str, Any]) -> Config | None:
    """A list of AWS's by the names of its entries; None when it is no such list."""
    if "Quantity" not in value or set(value) - {"Quantity", "Items"}:
        return None
    items = value.get("Items") or []
    for key in ("PathPattern", "Id", "ErrorCode", "HeaderName", "EventType"):
        if items and all(isinstance(item, dict) and key in item for item in items):
            return {str(item[key]): item for item in items}
    return {str(item): item for item in items} if all(isinstance(item, str) for item in items) else None


def _entry_differences(before: Config, after: Config, path: str) -> Iterator[str]:
    for name in before:
        if name not in after:
            yield f"{path}[{name}]: removed"
    for position, name in enumerate(after, 1):
        if name in before:
            yield from _differences(before[name], after[name], f"{path}[{name}]")
        else:
            origin = f", to {after[name]['TargetOriginId']}" if "TargetOriginId" in after[name] else ""
            yield f"{path}[{name}]: added at place {position}{origin}"
    kept_before, kept_after = [name for name in before if name in after], [name for name in after if name in before]
    if kept_before != kept_after:
        yield f"{path}: order {', '.join(kept_before)} -> {', '.join(kept_after)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "Items" in value:
        value = value["Items"]
    return "nothing" if value in (None, "", {}, []) else str(value)
