"""Whom SES may let the functions send as."""


def identities(address: str) -> list[str]:
    """Each name by which SES may know an address: itself, or the domain that is verified for it, or one above that."""
    labels = address.rpartition("@")[2].lower().split(".")
    return [address, *(".".join(labels[start:]) for start in range(len(labels) - 1))]
