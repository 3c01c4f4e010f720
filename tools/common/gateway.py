"""What Chalice does not set up at API Gateway: answers in the API's own kind of error, and how much is let through."""

import json
import time
from typing import Any

from tools.common.cloud import APP, Cloud
from tools.common.console import Refused
from tools.common.limits import Limits

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
DEPLOYMENT_PAUSE_S = 5.0
MAX_TRIES = 24


def _answer(status: int, code: str, message: str, **headers: str) -> dict[str, Any]:
    return {
        "statusCode": str(status),
        "responseParameters": {
            f"gatewayresponse.header.{name.replace('_', '-')}": f"'{value}'"
            for name, value in {"Cache_Control": "no-store", **headers}.items()
        },
        "responseTemplates": {"application/json": json.dumps({"Code": code, "Message": message})},
    }


# By the gateway's names: a path or a method that it does not know; more calls than it lets through.
ANSWERS = {
    "MISSING_AUTHENTICATION_TOKEN": _answer(404, "NotFound", "There is no such call."),
    "THROTTLED": _answer(
        429, "TooManyTries", "Too many calls at the same time. Please try again in a moment.", Retry_After="1"
    ),
}
# Of the deployment that took the answers along: each one freezes what the API had then.
DESCRIPTION = "with its own answers"


def find_api(cloud: Cloud) -> str | None:
    """The id of the API that calls the stage's function."""
    apigateway, target = cloud.client("apigateway"), f":function:{cloud.function_names()[0]}/"
    for page in apigateway.get_paginator("get_rest_apis").paginate():
        for api in (item for item in page["items"] if item["name"] == APP):
            if target in json.dumps(_resources(apigateway, api["id"]), default=str):
                return str(api["id"])
    return None


def routes(cloud: Cloud, api_id: str) -> set[tuple[str, str]]:
    """Method and path of each call that the API takes."""
    found = _resources(cloud.client("apigateway"), api_id)
    return {(method, resource["path"]) for resource in found for method in resource.get("resourceMethods", {})}


def _resources(apigateway: Any, api_id: str) -> list[dict[str, Any]]:
    pages = apigateway.get_paginator("get_resources").paginate(restApiId=api_id, embed=["methods"])
    return [resource for page in pages for resource in page["items"]]


def set_answers(apigateway: Any, api_id: str, stage: str) -> bool:
    """Put them there and deploy them. Returns whether that was needed."""
    deployment = apigateway.get_stage(restApiId=api_id, stageName=stage)["deploymentId"]
    deployed = apigateway.get_deployment(restApiId=api_id, deploymentId=deployment).get("description") == DESCRIPTION
    missing = [kind for kind in ANSWERS if not _has_answer(apigateway, api_id, kind)]
    if deployed and not missing:
        return False
    for kind in missing:
        apigateway.put_gateway_response(restApiId=api_id, responseType=kind, **ANSWERS[kind])
    _create_deployment(apigateway, api_id, stage)
    return True


def _has_answer(apigateway: Any, api_id: str, kind: str) -> bool:
    found = apigateway.get_gateway_response(restApiId=api_id, responseType=kind)
    return all(found.get(name) == value for name, value in ANSWERS[kind].items())


def _create_deployment(apigateway: Any, api_id: str, stage: str) -> None:
    """AWS takes one in five seconds of a whole account, and Chalice has just made one."""
    for _ in range(MAX_TRIES):
        try:
            apigateway.create_deployment(restApiId=api_id, stageName=stage, description=DESCRIPTION)
        except apigateway.exceptions.TooManyRequestsException:
            time.sleep(DEPLOYMENT_PAUSE_S)
        else:
            return
    raise Refused("API Gateway takes no deployment: others of this account deploy all the time")


def set_throttle(apigateway: Any, api_id: str, stage: str, limits: Limits) -> bool:
    """Whether it had to be set."""
    if has_throttle(apigateway, api_id, stage, limits):
        return False
    wanted = {"rateLimit": limits.requests_per_second, "burstLimit": limits.burst}
    apigateway.update_stage(
        restApiId=api_id,
        stageName=stage,
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": str(value)} for name, value in wanted.items()
        ],
    )
    return True


def has_throttle(apigateway: Any, api_id: str, stage: str, limits: Limits) -> bool:
    found = apigateway.get_stage(restApiId=api_id, stageName=stage).get("methodSettings", {}).get("*/*", {})
    set_to = (found.get("throttlingRateLimit"), found.get("throttlingBurstLimit"))
    return set_to == (limits.requests_per_second, limits.burst)
