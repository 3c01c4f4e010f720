"""Sessions and throttles, which pass by themselves."""

from typing import Any

from chalicelib.store.table import Item, db, is_written, item_key, json_s, load_data, n, table_name


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


def throttle_write(throttle: str, most: int, ttl_s: int) -> Item:
    """One more on a throttle's count, as a part of a transaction that fails once there are `most`."""
    return {
        "Update": {
            "TableName": table_name(),
            "Key": item_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}"),
            "UpdateExpression": "ADD tries :one SET #ttl = :ttl",
            "ConditionExpression": "attribute_not_exists(tries) OR tries < :most",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {":one": n(1), ":most": n(most), ":ttl": n(ttl_s)},
        }
    }


def count_try(throttle: str, change: int, ttl_s: int) -> int:
    """Adds to a throttle's count and returns it. The count dies with its item, some time after `ttl_s`."""
    answer = db().update_item(
        TableName=table_name(),
        Key=item_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}"),
        UpdateExpression="ADD tries :change SET #ttl = :ttl",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":change": n(change), ":ttl": n(ttl_s)},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["tries"]["N"])
