"""Counters of tries that expire by themselves, and what counts as one visitor."""

import ipaddress

from chalicelib.core.dynamo import Item, db, item_key, n, update


def client_network(address: str) -> str:
    """What one visitor may own: an IPv4 address, or the 2^64 addresses of an IPv6 network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def throttle_write(throttle: str, most: int, expires_s: int) -> Item:
    """One more on a throttle's count, as a part of a transaction that fails once there are `most`."""
    condition = "attribute_not_exists(tries) OR tries < :most"
    return {"Update": _count(throttle, 1, expires_s, {":most": n(most)}, condition)}


def count_try(throttle: str, change: int, expires_s: int) -> int:
    """Adds to a throttle's count and returns it. DynamoDB deletes it some time after `expires_s` (Unix time)."""
    answer = db().update_item(**_count(throttle, change, expires_s, {}), ReturnValues="UPDATED_NEW")
    return int(answer["Attributes"]["tries"]["N"])


def _count(throttle: str, change: int, expires_s: int, more: Item, condition: str = "") -> Item:
    key = item_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}")
    values = {":change": n(change), ":ttl": n(expires_s), **more}
    return update(key, "ADD tries :change SET #ttl = :ttl", values, condition)
