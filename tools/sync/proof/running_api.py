"""The OpenAPI document of the API that runs: each deployment keeps it in the bucket, by the package that it belongs to.

The checkout that looks at a release may have another API than the one that the release meets.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from tools.common.cloud import Cloud

JsonObject = dict[str, Any]
"""A part of the OpenAPI document."""


def running_document(cloud: Cloud, bucket: str) -> JsonObject | None:
    """None when it was not kept: the function is not there yet, or something else than `make deploy` put it there."""
    lambdas, s3 = cloud.client("lambda"), cloud.client("s3")
    try:
        key = package_key(cloud.stage, running_code(cloud), ".json")
        found: JsonObject = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())["document"]
    except (lambdas.exceptions.ResourceNotFoundException, s3.exceptions.NoSuchKey):
        return None
    return found


def keep_document(cloud: Cloud, bucket: str, document: str) -> None:
    """As JSON, for what the API's function runs now."""
    body = f'{{"document": {document}}}'.encode()
    cloud.client("s3").put_object(Bucket=bucket, Key=package_key(cloud.stage, running_code(cloud), ".json"), Body=body)


def package_key(stage: str, code: str, suffix: str) -> str:
    """Where what belongs to a package lies; `code` is its SHA-256 in hexadecimal digits."""
    return f"_deployed/{stage}/packages/{code}{suffix}"


def running_code(cloud: Cloud) -> str:
    """Which package the API's function runs."""
    function = cloud.function_names()[0]
    return code_of(cloud.client("lambda").get_function_configuration(FunctionName=function))


def code_of(configuration: Mapping[str, Any]) -> str:
    """As Lambda tells it of a function."""
    return base64.b64decode(configuration["CodeSha256"]).hex()
