"""The one place that makes AWS clients, so that every outside call has a timeout and counted attempts."""

import logging
from functools import cache
from typing import Any


@cache
def client(service: str, *, attempts: int = 3) -> Any:
    """A low-level client of the service; `attempts` counts the first try too."""
    # Imported late: a request that needs no AWS, and the offline tools, do not pay for it.
    import boto3
    from botocore.config import Config

    # At debug level these write whole requests into the log: tokens' hashes, names, addresses.
    for name in ("boto3", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return boto3.client(
        service,
        config=Config(
            connect_timeout=1,
            read_timeout=3 if service == "dynamodb" else 5,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )


def read_parameter(name: str) -> str:
    """A (decrypted) value of the Parameter Store."""
    answer = client("ssm").get_parameter(Name=name, WithDecryption=True)
    return str(answer["Parameter"]["Value"])
