"""Password hashes: scrypt, as the OWASP Password Storage Cheat Sheet has it."""

import base64
import hashlib
import hmac

from chalicelib.core import system
from chalicelib.core.errors import BadInput

# OWASP Password Storage Cheat Sheet: scrypt N=2^17, r=8, p=1 (128 MB for about half a second).
LOG2_N, BLOCK_SIZE, PARALLELISM = 17, 8, 1
MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS = 15, 256
_SALT_BYTES, _HASH_BYTES = 16, 32


def hash_password(password: str) -> str:
    """`scrypt$ln=17,r=8,p=1$<salt>$<hash>`. Raises BadInput if it is too short or too long."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise BadInput({"password": f"must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters"})
    return hash_any_password(password)


def hash_any_password(password: str) -> str:
    """The same, however short: for the local product, which only one machine reaches."""
    salt = system.random_bytes(_SALT_BYTES)
    digest = _scrypt(password, salt, LOG2_N, BLOCK_SIZE, PARALLELISM, _HASH_BYTES)
    return f"scrypt$ln={LOG2_N},r={BLOCK_SIZE},p={PARALLELISM}${_encode(salt)}${_encode(digest)}"


def verify_password(password: str, password_hash: str) -> bool:
    _, parameters, salt, expected = password_hash.split("$")
    cost = dict(part.split("=") for part in parameters.split(","))
    wanted = _decode(expected)
    digest = _scrypt(password, _decode(salt), int(cost["ln"]), int(cost["r"]), int(cost["p"]), len(wanted))
    return hmac.compare_digest(digest, wanted)


def _scrypt(password: str, salt: bytes, log2_n: int, block_size: int, parallelism: int, length: int) -> bytes:
    memory = 128 * block_size * (2**log2_n + parallelism + 2)
    return hashlib.scrypt(
        password.encode(), salt=salt, n=2**log2_n, r=block_size, p=parallelism, maxmem=memory, dklen=length
    )


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
