"""Counted tries, which are forgotten by themselves, and what counts as one visitor."""

import ipaddress

from chalicelib.core.dynamo import Item, db, item_key, n, table_name


def client_network(address: str) -> str:
    """What one visitor commands: an IPv4 address, or the 2^64 addresses of an IPv6 network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


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
