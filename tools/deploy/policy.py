"""What the functions may do in AWS, with the sender of this stage: the files in git name the setting in its place."""

import json
from collections.abc import Mapping
from typing import Any

from tools.common.cloud import ROOT, Cloud
from tools.common.functions import api_environment
from tools.common.sender import identities

SENDER = "SCC_MAIL_FROM"
SENDING = "SendMail"


def write_policy(stage: str, variables: Mapping[str, str]) -> str:
    """Where it lies, as Chalice takes it: from the folder .chalice."""
    name = f"deployed/policy-{stage}.json"
    path = ROOT / ".chalice" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(make_policy(stage, variables))
    return name


def make_policy(stage: str, variables: Mapping[str, str]) -> str:
    """The stage's policy in JSON."""
    return with_sender(policy_file(stage), variables)


def policy_file(stage: str) -> str:
    """As it stands in git."""
    return (ROOT / f".chalice/policy-{stage}.json").read_text()


def with_sender(text: str, variables: Mapping[str, str]) -> str:
    """A policy file with the sender of these variables. No mail may be sent by SES while none is set."""
    document: dict[str, Any] = json.loads(text)
    sender = variables.get(SENDER, "") if variables.get("SCC_MAIL_TRANSPORT") == "ses" else ""
    if not sender:
        document["Statement"] = [one for one in document["Statement"] if one["Sid"] != SENDING]
        return json.dumps(document)
    (sending,) = (one for one in document["Statement"] if one["Sid"] == SENDING)
    # SES also asks for the right on a receiver's address that the account has verified, as the operator's may be. The
    # condition on the sender holds for all of them.
    names = dict.fromkeys(filter(None, (*identities(sender), variables.get("SCC_OPERATOR_EMAIL"))))
    identity, *others = sending["Resource"]
    sending["Resource"] = [*(identity.replace(SENDER, name) for name in names), *others]
    sending["Condition"] = {"StringEquals": {"ses:FromAddress": sender}}
    return json.dumps(document)


def set_policy(cloud: Cloud, text: str) -> None:
    """What the functions' role may do, by an earlier policy file; nothing is written when it is so already."""
    iam, lambdas = cloud.client("iam"), cloud.client("lambda")
    wanted = with_sender(text, api_environment(cloud))
    function = cloud.function_names()[0]
    role = lambdas.get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    # Chalice calls its policy as the role. Others are somebody else's, and so is a role without one of its name.
    if role not in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        return
    if iam.get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"] != json.loads(wanted):
        iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=wanted)
