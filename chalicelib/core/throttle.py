"""Counters of tries that expire by themselves, and what counts as one visitor."""

import ipaddress

from chalicelib.core.dynamo import db, item_key, n, update


def client_network(address: str) -> str:
    """What one visitor may own: an IPv4 address, or the 2^64 addresses of an IPv6 network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def count_try(throttle: str, change: int, expires_s: int) -> int:
    """Adds to a throttle's count and returns it. DynamoDB deletes it some time after `expires_s` (Unix time)."""
    key = item_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}")
    values = {":change": n(change), ":ttl": n(expires_s)}
    count = update(key, "ADD tries :change SET #ttl = :ttl", values)
    return int(db().update_item(**count, ReturnValues="UPDATED_NEW")["Attributes"]["tries"]["N"])
