"""Sessions and throttles, which pass by themselves."""

from typing import Any

from chalicelib.core.dynamo import db, is_written, item_key, json_s, load_data, n, table_name


def put_session(token_hash: str, session: dict[str, Any], idle_until_s: int, ttl_s: int) -> None:
    key = item_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}")
    item = {**key, "data": json_s(session), "idle_until_s": n(idle_until_s), "ttl": n(ttl_s)}
    db().put_item(TableName=table_name(), Item=item)


def read_session(token_hash: str) -> tuple[dict[str, Any], int] | None:
    """The session and the second it goes idle."""
    key = item_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}")
    item = db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")
    return (load_data(item), int(item["idle_until_s"]["N"])) if item else None


def extend_session(token_hash: str, idle_until_s: int) -> None:
    """Moves the idle end, unless the session has been revoked meanwhile."""
    is_written(
        db().update_item,
        Key=item_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}"),
        UpdateExpression="SET idle_until_s = :until",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":until": n(idle_until_s)},
    )


def delete_session(token_hash: str) -> None:
    db().delete_item(TableName=table_name(), Key=item_key(f"SESSION#{token_hash}", f"SESSION#{token_hash}"))


def use_code(admin: str, step: int, ttl_s: int) -> bool:
    """Marks this time step of an admin's one-time codes as used; False if it, or a later one, was used before."""
    return is_written(
        db().update_item,
        Key=item_key(f"THROTTLE#used-code#{admin}", f"THROTTLE#used-code#{admin}"),
        UpdateExpression="SET step = :step, #ttl = :ttl",
        ConditionExpression="attribute_not_exists(step) OR step < :step",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":step": n(step), ":ttl": n(ttl_s)},
    )
