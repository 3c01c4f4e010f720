"""Sessions and used one-time codes; DynamoDB deletes both when they are over."""

from typing import TypedDict, cast

from chalicelib.core.dynamo import Item, db, is_written, item_key, json_s, load_data, n, read_item, table_name, update


class StoredSession(TypedDict):
    admin: str
    kept: bool
    """Signed in for long, without an idle end of its own."""
    absolute_end: str
    fingerprint: str
    """Of the password hash and the second factor that it was opened with."""


def put_session(token_hash: str, session: StoredSession, idle_until_s: int, ttl_s: int) -> None:
    item = {**_key(token_hash), "data": json_s(session), "idle_until_s": n(idle_until_s), "ttl": n(ttl_s)}
    db().put_item(TableName=table_name(), Item=item)


def read_session(token_hash: str) -> tuple[StoredSession, int] | None:
    """The session and when it goes idle, in Unix time."""
    item = read_item(_key(token_hash))
    return (cast(StoredSession, load_data(item)), int(item["idle_until_s"]["N"])) if item else None


def extend_session(token_hash: str, idle_until_s: int) -> None:
    """Moves the idle end, unless the session has been revoked meanwhile."""
    change = update(_key(token_hash), "SET idle_until_s = :until", {":until": n(idle_until_s)}, "attribute_exists(PK)")
    is_written(db().update_item, **change)


def delete_session(token_hash: str) -> None:
    db().delete_item(TableName=table_name(), Key=_key(token_hash))


def _key(token_hash: str) -> Item:
    return item_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}")


def use_code(admin: str, step: int, ttl_s: int) -> bool:
    """Notes that an admin used the one-time code of this time step; False if it, or a later one, was used before."""
    key, values = item_key(f"THROTTLE#used-code#{admin}", f"THROTTLE#used-code#{admin}"), {":step": n(step)}
    condition = "attribute_not_exists(step) OR step < :step"
    change = update(key, "SET step = :step, #ttl = :ttl", {**values, ":ttl": n(ttl_s)}, condition)
    return is_written(db().update_item, **change)
