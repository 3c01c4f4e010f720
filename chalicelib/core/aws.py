"""The one place that makes AWS clients, so that every outside call has a timeout and counted attempts."""

import contextlib
import json
import logging
from functools import cache
from typing import Any


@cache
def client(service: str, *, attempts: int = 3) -> Any:
    """A low-level client of the service; `attempts` counts the first try too."""
    # Imported late: a request that needs no AWS, and the offline tools, do not pay for it.
    from botocore.config import Config

    # At debug level these write whole requests into the log: tokens' hashes, names, addresses.
    for name in ("boto3", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    made = _session().create_client(
        service,
        config=Config(
            connect_timeout=1,
            read_timeout=3 if service == "dynamodb" else 5,
            retries={"mode": "standard", "total_max_attempts": attempts},
            # A fifth of a call's work, and AWS checks what it is asked for itself.
            parameter_validation=False,
            user_agent="ship-captain-crew",
        ),
    )
    if service == "dynamodb":
        for operation in ("GetItem", "BatchGetItem", "Query"):
            made.meta.events.register(f"before-parse.dynamodb.{operation}", _take_items_as_they_came)
    return made


@cache
def _session() -> Any:
    # What boto3 makes its low-level clients with; its own part is a tenth of a cold start.
    from botocore.session import get_session

    return get_session()


def _take_items_as_they_came(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """DynamoDB's JSON is what botocore makes of it, value by value, but for binary ones, which no item here has."""
    if response_dict["status_code"] != 200:
        return
    # An answer that broke on its way is botocore's to tell, by its checksum; it asks again.
    with contextlib.suppress(ValueError):
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b"{}"


def read_parameter(name: str) -> str:
    """A (decrypted) value of the Parameter Store."""
    answer = client("ssm").get_parameter(Name=name, WithDecryption=True)
    return str(answer["Parameter"]["Value"])
