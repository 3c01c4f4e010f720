"""What one deployment may use at most: `limits` in .chalice/config.json, and what of it the account allows."""

import json
from typing import NamedTuple

from tools.common.cloud import ROOT, Cloud

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html: so many cannot be reserved.
MIN_UNRESERVED = 100


class Limits(NamedTuple):
    requests_per_second: int
    """Of each method of each path, at API Gateway."""
    burst: int
    """How many of them at once, before they are counted by the second."""
    concurrency: int
    """How many calls the API's function works on at once; so many are reserved for it, too."""


class Concurrency(NamedTuple):
    """Of Lambda: calls that are worked on at the same time."""

    account: int
    """For all functions of the account in this region."""
    reserved: int | None
    """For the API's function now."""
    reservable: int | None
    """What the limits say, where the account is large enough to reserve that; else None."""


def configured_limits() -> Limits:
    return Limits(**json.loads((ROOT / ".chalice/config.json").read_text())["limits"])


def read_concurrency(cloud: Cloud) -> Concurrency:
    client, function = cloud.client("lambda"), cloud.function_names()[0]
    account = client.get_account_settings()["AccountLimit"]
    try:
        reserved = client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions")
    except client.exceptions.ResourceNotFoundException:
        reserved = None
    wanted = configured_limits().concurrency
    left = account["UnreservedConcurrentExecutions"] + (reserved or 0) - wanted
    return Concurrency(account["ConcurrentExecutions"], reserved, wanted if left >= MIN_UNRESERVED else None)
