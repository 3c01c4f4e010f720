"""Functions and API by `chalice deploy`, which forgets live variables, and what another machine deployed."""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from chalice import __version__ as CHALICE_VERSION  # noqa: N812
from chalice.cli.factory import CLIFactory
from chalice.utils import UI

from tools.common import build, gateway
from tools.common.cloud import BACKGROUND, ROOT, Cloud
from tools.common.console import progress
from tools.common.functions import Variables, api_environment, live_environments, verify
from tools.common.limits import read_concurrency
from tools.deploy.policy import make_policy, write_policy

# Chalice remembers what it made in a local file; a copy in the private bucket lets any machine deploy next.
DEPLOYED_KEY = "_deployed/{stage}.json"
# Chalice's name for the API's function.
API_HANDLER = "api_handler"
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class LiveEnvironmentFactory(CLIFactory):  # type: ignore[misc]
    """Chalice's factory, with what only a live account knows laid over its config in memory.

    That is the stage's own policy, each function's live variables, and what may be reserved for the API's function.
    `chalice deploy` replaces the whole environment by its config: this way no moment is without them,
    and no secret is written to disk.
    """

    def __init__(self, stage: str, policy: str, live: Mapping[str, Variables], reserved: int | None) -> None:
        super().__init__(str(ROOT), environ=os.environ)
        self.stage = stage
        self.policy = policy
        self.live = live
        self.reserved = reserved

    def load_project_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().load_project_config()
        config["stages"][self.stage]["iam_policy_file"] = self.policy
        functions = config["stages"][self.stage].setdefault("lambda_functions", {})
        for name, variables in self.live.items():
            functions.setdefault(name, {}).setdefault("environment_variables", {}).update(variables)
        if self.reserved is not None:
            functions[API_HANDLER]["reserved_concurrency"] = self.reserved
        return config


def deploy_function(cloud: Cloud, bucket: str, begin: Callable[[], None]) -> tuple[str, bool]:
    """The id of the API, and whether anything had to be deployed; `begin` is called before that."""
    fetch_deployed(cloud, bucket)
    if is_current(cloud, bucket) and (api_id := deployed_api(cloud)):
        return api_id, False
    adopt_api(cloud)
    before = live_environments(cloud)
    # A function that a new version brings starts with what the API's has: they are meant to be alike.
    known = before.get(cloud.function_names()[0], {})
    names = zip(cloud.function_names(), (API_HANDLER, *BACKGROUND), strict=True)
    live = {name: before.get(function, known) for function, name in names}
    reserved = read_concurrency(cloud).reservable
    factory = LiveEnvironmentFactory(cloud.stage, write_policy(cloud.stage, known), live, reserved)
    config = factory.create_config_obj(cloud.stage)
    session = factory.create_botocore_session()
    # API Gateway takes few changes a minute of one account: Chalice's own calls wait and try again.
    session.set_default_client_config(Config(retries={"mode": "standard", "total_max_attempts": 12}))
    deployer = factory.create_default_deployer(session=session, config=config, ui=UI(out=sys.stderr, err=sys.stderr))
    begin()
    try:
        deployer.deploy(config, chalice_stage_name=cloud.stage)
    finally:
        keep_deployed(cloud, bucket)
    for function, variables in before.items():
        verify(cloud, function, variables)
    # Only a whole deployment has a fingerprint, so that one that broke off is done again.
    keep_deployed(cloud, bucket, fingerprint_of(cloud))
    return str(deployed_api(cloud)), True


def is_current(cloud: Cloud, bucket: str) -> bool:
    """Whether the last deployment was whole, of these sources, and nothing has changed the functions since."""
    if not bucket or len(live_environments(cloud)) < len(cloud.function_names()):
        return False
    try:
        kept = cloud.client("s3").head_object(Bucket=bucket, Key=DEPLOYED_KEY.format(stage=cloud.stage))
    except ClientError:
        return False
    return bool(kept["Metadata"].get("fingerprint") == fingerprint_of(cloud))


def fingerprint_of(cloud: Cloud) -> str:
    """Of what the functions were made from, of the code that they run, and of what they may do and use."""
    parts = [build.fingerprint_of(build.function_sources(cloud.stage)), PYTHON_VERSION, CHALICE_VERSION]
    parts.append(str(read_concurrency(cloud)))
    parts.append(make_policy(cloud.stage, api_environment(cloud)))
    for function in cloud.function_names():
        found = cloud.client("lambda").get_function_configuration(FunctionName=function)
        parts += [found["CodeSha256"], found["Runtime"], str(found["MemorySize"]), str(found["Timeout"])]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def deployed_api(cloud: Cloud) -> str | None:
    """The API of the last deployment, if it is still there."""
    try:
        resources = json.loads(deployed_file(cloud).read_text())["resources"]
    except (OSError, ValueError):
        return None
    apigateway = cloud.client("apigateway")
    for resource in resources:
        if resource["resource_type"] == "rest_api":
            with contextlib.suppress(apigateway.exceptions.NotFoundException):
                return str(apigateway.get_rest_api(restApiId=resource["rest_api_id"])["id"])
    return None


def adopt_api(cloud: Cloud) -> None:
    """Chalice notes its API when it has done all; one of a run that broke off is found by the function it calls."""
    if deployed_api(cloud):
        return
    if api_id := gateway.find_api(cloud):
        found = {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api_id, "rest_api_url": ""}
        write_deployed(cloud, json.dumps({"resources": [found], "schema_version": "2.0", "backend": "api"}))
        progress(f"  going on with API {api_id} of a deployment that broke off")


def fetch_deployed(cloud: Cloud, bucket: str) -> None:
    s3 = cloud.client("s3")
    with contextlib.suppress(s3.exceptions.NoSuchKey):
        stored = s3.get_object(Bucket=bucket, Key=DEPLOYED_KEY.format(stage=cloud.stage))
        write_deployed(cloud, stored["Body"].read().decode())


def write_deployed(cloud: Cloud, content: str) -> None:
    deployed_file(cloud).parent.mkdir(exist_ok=True)
    deployed_file(cloud).write_text(content)


def keep_deployed(cloud: Cloud, bucket: str, fingerprint: str = "") -> None:
    if deployed_file(cloud).is_file():
        cloud.client("s3").put_object(
            Bucket=bucket,
            Key=DEPLOYED_KEY.format(stage=cloud.stage),
            Body=deployed_file(cloud).read_bytes(),
            ContentType="application/json",
            Metadata={"fingerprint": fingerprint},
        )


def deployed_file(cloud: Cloud) -> Path:
    return ROOT / f".chalice/deployed/{cloud.stage}.json"
