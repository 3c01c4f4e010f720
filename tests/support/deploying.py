"""`tools.deploy` as it stands, in a process of its own, on the embedded AWS; not to be imported.

What the emulator lacks is laid under it here: API Gateway takes no OpenAPI document, a distribution has no public
address, stacks leave a table's backups off, the policy simulator knows no conditions, its buckets let everybody read,
it knows no budgets, and nothing in it is worth waiting for. DIE_AFTER=service:Operation:n kills the process right after
that call.
"""

import os
import signal
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from botocore.client import BaseClient
from chalice.awsclient import TypedAWSClient

from tools.common import stacks
from tools.common.cloud import api_stage
from tools.deploy import __main__ as deploy
from tools.local.embedded import free_port
from tools.local.front_door import FrontDoor
from tools.smoke import account

PORT = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port or 0
sleep, call, template = time.sleep, BaseClient._make_api_call, stacks.template
to_go = int(os.environ.get("DIE_AFTER", "::1").split(":")[2])


def die_after(done: str) -> None:
    global to_go  # noqa: PLW0603
    if done == os.environ.get("DIE_AFTER", "").rpartition(":")[0]:
        to_go -= 1
        if to_go == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def call_and_die(client: Any, operation: str, arguments: Any) -> Any:
    answer = call(client, operation, arguments)
    if operation == "DescribeContinuousBackups":
        answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] = (
            "ENABLED"
        )
    elif operation == "SimulatePrincipalPolicy":
        ((partition,),) = (entry["ContextKeyValues"] for entry in arguments["ContextEntries"])
        deletable = account.may_delete_in("test")
        for result in answer["EvaluationResults"]:
            if result["EvalActionName"] == "dynamodb:DeleteItem" and partition in deletable:
                result["EvalDecision"] = "allowed"
    die_after(f"{client.meta.service_model.service_name}:{operation}")
    return answer


def import_rest_api(self: Any, swagger_document: dict[str, Any], endpoint_type: str) -> str:
    api_id = str(self._client("apigateway").create_rest_api(name=swagger_document["info"]["title"])["id"])
    put_rest_api(self, api_id, swagger_document)
    return api_id


def put_rest_api(self: Any, rest_api_id: str, swagger_document: dict[str, Any]) -> None:
    gateway = self._client("apigateway")
    known = {item["path"]: item for item in gateway.get_resources(restApiId=rest_api_id, limit=500)["items"]}
    for path, methods in swagger_document["paths"].items():
        parent = known["/"]
        so_far = ""
        for part in path.strip("/").split("/") if path != "/" else []:
            so_far += f"/{part}"
            if so_far not in known:
                known[so_far] = gateway.create_resource(restApiId=rest_api_id, parentId=parent["id"], pathPart=part)
            parent = known[so_far]
        for method, options in methods.items():
            if method.startswith("x-") or method.upper() in parent.get("resourceMethods", {}):
                continue
            where = {"restApiId": rest_api_id, "resourceId": parent["id"], "httpMethod": method.upper()}
            gateway.put_method(**where, authorizationType="NONE")
            integration = options["x-amazon-apigateway-integration"]
            if integration["type"] == "aws_proxy":
                gateway.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=integration["uri"])


def open_front_door(domain: str) -> str:
    door = FrontDoor(free_port())
    door.claim()
    door.open(PORT, domain)
    return f"http://localhost:{door.server_address[1]}"


time.sleep = lambda seconds: sleep(min(seconds, 0.1))
BaseClient._make_api_call = call_and_die
TypedAWSClient.import_rest_api = import_rest_api
TypedAWSClient.update_api_from_swagger = put_rest_api
deploy.SMOKE_TIMEOUT_S = 0
stacks.template = lambda which: template(which).replace(
    "AWS::Budgets::Budget", "AWS::CloudFormation::WaitConditionHandle"
)
account.private_bucket = lambda *_: "not asked"
deploy.viewer_address = open_front_door
deploy.api_origin = lambda api_id, stage, _: {
    "ApiDomain": "localhost",
    "ApiPath": f"/_aws/execute-api/{api_id}/{api_stage(stage)}",
    "ApiProtocol": "http-only",
    "ApiHttpPort": str(PORT),
}
sys.argv = ["deploy", "--stage", "test", *sys.argv[1:]]
if __name__ == "__main__":
    deploy.run_tool(deploy.main)
