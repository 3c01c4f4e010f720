"""CloudFormation stacks: create or update, wait, read the outputs."""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tools.common.cloud import APP, ROOT
from tools.common.console import Refused

TIMEOUT_S = 1800
# Of a resource that AWS stopped because another one failed: "Resource creation cancelled".
CANCELLED = re.compile(r"\bcancell?ed\b", re.IGNORECASE)
USABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def template(which: str) -> str:
    """resources, budget or edge."""
    return (ROOT / f".chalice/{which}.yaml").read_text()


def edge_parameters(stage: str, resources: Mapping[str, str], origin_secret: str) -> dict[str, str | None]:
    """What edge.yaml needs beside the API's address; `resources` are the outputs of resources.yaml."""
    return {
        "Stage": stage,
        "SpaBucketName": resources["SpaBucketName"],
        "SpaBucketDomain": resources["SpaBucketDomain"],
        "OriginSecret": origin_secret,
        "ViewerRequestCode": (ROOT / ".chalice/viewer-request.js").read_text(),
    }


def stack_name(stage: str, which: str) -> str:
    """Of the stack that .chalice/WHICH.yaml describes."""
    return f"{APP}-{stage}-{which}"


def find_stack(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return dict(stacks[0]) if stacks and stacks[0]["StackStatus"] != "DELETE_COMPLETE" else None


def outputs(cloudformation: Any, name: str) -> dict[str, str]:
    stack = find_stack(cloudformation, name)
    if stack is None:
        raise Refused(f"stack {name} does not exist: deploy first")
    return _outputs_of(stack)


def find_outputs(cloudformation: Any, name: str) -> dict[str, str]:
    """Empty when there is no stack."""
    return _outputs_of(find_stack(cloudformation, name) or {})


def _outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def find_parameters(cloudformation: Any, name: str) -> dict[str, str]:
    """Empty when there is no stack."""
    stack = find_stack(cloudformation, name) or {}
    return {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}


def revision(cloudformation: Any, name: str) -> tuple[str, str] | None:
    """Another one after each change of the stack; None when there is no stack."""
    stack = find_stack(cloudformation, name)
    return (stack["StackId"], str(stack.get("LastUpdatedTime", ""))) if stack else None


def has_template(cloudformation: Any, name: str, template: str) -> bool:
    return str(cloudformation.get_template(StackName=name)["TemplateBody"]).strip() == template.strip()


def apply_stack(
    cloudformation: Any,
    name: str,
    template: str,
    parameters: dict[str, str | None],
    *,
    poll_s: float = 5,
) -> dict[str, str]:
    """Bring the stack to the template and return its outputs; a parameter None keeps its previous value.

    `template` is its text, or the address of one in S3 that is too long for a request.
    """
    stack = find_stack(cloudformation, name)
    known = {parameter["ParameterKey"] for parameter in (stack or {}).get("Parameters", [])}
    request = {
        "StackName": name,
        "TemplateURL" if template.startswith("http") else "TemplateBody": template,
        # Nothing to keep of a parameter that the stack does not have yet: its default counts.
        "Parameters": [
            _parameter(key, value) for key, value in parameters.items() if value is not None or key in known
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    if stack is None:
        cloudformation.create_stack(**request)
    elif stack["StackStatus"].endswith("_IN_PROGRESS"):
        # Of a run that broke off: what it began is waited for, then brought to the template.
        _wait(cloudformation, name, poll_s, settled=USABLE)
        return apply_stack(cloudformation, name, template, parameters, poll_s=poll_s)
    elif stack["StackStatus"] not in USABLE:
        reason = _first_failure(cloudformation, name)
        raise Refused(f"stack {name} is {stack['StackStatus']}: repair or delete it first; it failed at {reason}")
    else:
        try:
            cloudformation.update_stack(**request)
        except ClientError as error:
            if not re.search("No updates are to be performed", str(error)):
                raise
            return outputs(cloudformation, name)
    _wait(cloudformation, name, poll_s)
    return outputs(cloudformation, name)


def _parameter(key: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"ParameterKey": key, "UsePreviousValue": True}
    return {"ParameterKey": key, "ParameterValue": value}


def _wait(
    cloudformation: Any, name: str, poll_s: float, settled: tuple[str, ...] = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        stack = find_stack(cloudformation, name) or {"StackStatus": "GONE"}
        status = stack["StackStatus"]
        if status in settled:
            return
        if not status.endswith("_IN_PROGRESS"):
            raise Refused(f"stack {name} is {status}: {_first_failure(cloudformation, name)}")
        time.sleep(poll_s)
    raise Refused(f"stack {name} is not ready after {TIMEOUT_S} s")


def _first_failure(cloudformation: Any, name: str) -> str:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
    return cause_of(event for page in pages for event in page["StackEvents"])


def cause_of(events: Iterable[Mapping[str, str]]) -> str:
    """Why the last act on a stack failed: of its failures the earliest that is not the cancellation of another's.

    AWS gives events newest first. Reads no further back than the act's begin.
    """
    cause = "no resource named a reason"
    for event in events:
        reason = event.get("ResourceStatusReason", "no reason given")
        if event["ResourceStatus"].endswith("_FAILED") and not CANCELLED.search(reason):
            cause = f"{event['LogicalResourceId']}: {reason}"
        is_stack = event.get("PhysicalResourceId") == event["StackId"]
        if is_stack and reason == "User Initiated":
            break
    return cause
