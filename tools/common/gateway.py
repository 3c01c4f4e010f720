"""What API Gateway answers where the API has no route: the API's own kind of error, instead of its 403."""

import time
from typing import Any

from tools.common.console import Refused

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
DEPLOYMENT_PAUSE_S = 5.0
MAX_TRIES = 24
# The gateway's name for a path or a method that it does not know.
UNROUTED = "MISSING_AUTHENTICATION_TOKEN"
ANSWER = {
    "statusCode": "404",
    "responseParameters": {"gatewayresponse.header.Cache-Control": "'no-store'"},
    "responseTemplates": {"application/json": '{"Code": "NotFound", "Message": "There is no such call."}'},
}
# Of the deployment that took the answer along: each one freezes what the API had then.
DESCRIPTION = "with the answer to unknown calls"


def answer_unrouted(apigateway: Any, api_id: str, stage: str) -> bool:
    """Put it there and deploy it; Chalice has no setting for it. Returns whether that was needed."""
    found = apigateway.get_gateway_response(restApiId=api_id, responseType=UNROUTED)
    deployment = apigateway.get_stage(restApiId=api_id, stageName=stage)["deploymentId"]
    deployed = apigateway.get_deployment(restApiId=api_id, deploymentId=deployment).get("description") == DESCRIPTION
    if deployed and all(found.get(name) == value for name, value in ANSWER.items()):
        return False
    apigateway.put_gateway_response(restApiId=api_id, responseType=UNROUTED, **ANSWER)
    _create_deployment(apigateway, api_id, stage)
    return True


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
