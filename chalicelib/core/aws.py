"""The one place that makes AWS clients, so that every outside call has a timeout and counted attempts."""

import contextlib
import json
import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
MAX_PARAMETERS = 10


@cache
def client(service: str, *, attempts: int = 3) -> Any:
    """A low-level client of the service; `attempts` counts the first try too."""
    # Imported here: a request that needs no AWS, and the offline tools, do not wait for it.
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
            # It takes a fifth of a call's CPU time, and AWS checks requests itself.
            parameter_validation=False,
            user_agent="ship-captain-crew",
        ),
    )
    if service == "dynamodb":
        for operation in ("GetItem", "BatchGetItem", "Query"):
            made.meta.events.register(f"before-parse.dynamodb.{operation}", _parse_items)
    return made


@cache
def _session() -> Any:
    """boto3 makes its clients of one, too; a cold start without boto3 is a tenth shorter. A second one takes 60 ms."""
    from botocore.session import get_session

    return get_session()


def _parse_items(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Takes DynamoDB's JSON as it is: botocore would build the same value by value, as no item here has bytes.

    A list of 50 charters needs 1.7 ms of CPU time with it and 2.7 ms without.
    """
    if response_dict["status_code"] != 200:
        return
    # A damaged answer is left to botocore, which sees it by its checksum and asks again.
    with contextlib.suppress(ValueError):
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b"{}"


def read_parameters(ssm: Any, names: Sequence[str]) -> dict[str, str]:
    """(Decrypted) values of the Parameter Store by their names, without those that it does not have.

    One call for all: its quota of calls a second is the whole account's.
    """
    found = dict[str, str]()
    for first in range(0, len(names), MAX_PARAMETERS):
        answer = ssm.get_parameters(Names=names[first : first + MAX_PARAMETERS], WithDecryption=True)
        found |= {parameter["Name"]: str(parameter["Value"]) for parameter in answer["Parameters"]}
    return found
