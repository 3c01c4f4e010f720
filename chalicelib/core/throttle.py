"""Counters of tries that expire by themselves, and what counts as one visitor."""

import ipaddress
from datetime import datetime

from chalicelib.core.dynamo import db, item_key, n, read_item, update

# What a provider's customer may do, in visitors: fewer than there are addresses, more than one family or boat.
VISITORS_PER_WIDE_NETWORK = 5


def address_limits(address: str, most: int) -> dict[str, int]:
    """The networks that count a try from this address, and how many each allows when one visitor may make `most`.

    To be counted in this order: whom the first one stops uses up nothing of what its neighbours have. What is no
    address is in no wider network.
    """
    limits = {client_network(address): most}
    limits.setdefault(wide_network(address), most * VISITORS_PER_WIDE_NETWORK)
    return limits


def client_network(address: str) -> str:
    """What one visitor may own: an IPv4 address, or the 2^64 addresses of an IPv6 network."""
    return _network(address, 32, 64)


def wide_network(address: str) -> str:
    """What one customer of a provider may own: 256 IPv4 addresses, or the 65 536 networks of an IPv6 /48."""
    return _network(address, 24, 48)


def _network(address: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6:
        # An IPv4 address in the notation of IPv6 is that one address, not one of a network that all of them share.
        ip = ip.ipv4_mapped or ip
    bits = ipv4_bits if ip.version == 4 else ipv6_bits
    return str(ip) if bits == ip.max_prefixlen else str(ipaddress.ip_network((ip.packed, bits), strict=False))


def count_try(throttle: str, change: int, expires_s: int) -> int:
    """Adds to a throttle's count and returns it. DynamoDB deletes it some time after `expires_s` (Unix time)."""
    key = item_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}")
    values = {":change": n(change), ":ttl": n(expires_s)}
    count = update(key, "ADD tries :change SET #ttl = :ttl", values)
    return int(db().update_item(**count, ReturnValues="UPDATED_NEW")["Attributes"]["tries"]["N"])


def count_in_window(name: str, window_s: int, now: datetime) -> int:
    """One more under this name, in this window of time; how many there are."""
    return count_try(_window(name, window_s, now), +1, int(now.timestamp()) + 2 * window_s)


def read_window(name: str, window_s: int, now: datetime) -> int:
    """How many there are, without one more."""
    throttle = _window(name, window_s, now)
    item = read_item(item_key(f"THROTTLE#{throttle}", f"THROTTLE#{throttle}"))
    return int(item["tries"]["N"]) if item else 0


def _window(name: str, window_s: int, now: datetime) -> str:
    return f"{name}#{int(now.timestamp()) // window_s}"
