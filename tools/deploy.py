"""The full deployment to AWS, first or next: `make deploy STAGE=prod`. It never promotes the SPA."""

import argparse
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.cli.factory import CLIFactory
from chalice.utils import UI

from chalicelib import settings
from chalicelib.errors import SettingsError
from tools import env, local, stacks
from tools.cloud import APP, ROOT, SCHEDULED, Cloud, find_cloud
from tools.console import Refused, confirm, note, progress, run_tool
from tools.depot import Depot
from tools.releaser import Memory, Releaser, own_commit, own_name
from tools.slots import read_build
from tools.viewer import Viewer

# Chalice remembers what it made in a local file; a copy in the private bucket lets any machine deploy next.
DEPLOYED_KEY = "_deployed/{stage}.json"
SMOKE_TIMEOUT_S = 300


class LiveEnvironmentFactory(CLIFactory):  # type: ignore[misc]
    """Chalice's factory, with each function's live variables laid over its config in memory.

    `chalice deploy` replaces the whole environment by its config: this way no moment is without them,
    and no secret is written to disk.
    """

    def __init__(self, project_dir: str, stage: str, live: dict[str, dict[str, str]]) -> None:
        super().__init__(project_dir, environ=os.environ)
        self.stage = stage
        self.live = live

    def load_project_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().load_project_config()
        functions = config["stages"][self.stage].setdefault("lambda_functions", {})
        for name, variables in self.live.items():
            merged = functions.setdefault(name, {}).setdefault("environment_variables", {})
            merged.update(variables)
        return config


def configured_stages() -> list[str]:
    return list(json.loads((ROOT / ".chalice/config.json").read_text())["stages"])


def deploy(cloud: Cloud, mail_identity: str | None, yes: bool, smoke_url: str | None = None) -> None:
    show_plan(cloud)
    confirm("Deploy this?", yes)

    progress("data resources")
    cloudformation = cloud.client("cloudformation")
    resources = deploy_resources(cloud, mail_identity)
    progress("origin secret")
    secret = ensure_origin_secret(cloud)
    progress("function and API (chalice deploy)")
    api_id = deploy_function(cloud, resources["SpaBucketName"])
    progress("edge; the first time this takes some minutes")
    edge = stacks.apply_stack(
        cloudformation,
        f"{APP}-{cloud.stage}-edge",
        (ROOT / ".chalice/edge.yaml").read_text(),
        {
            "Stage": cloud.stage,
            "SpaBucketName": resources["SpaBucketName"],
            "SpaBucketDomain": resources["SpaBucketDomain"],
            "ApiDomain": f"{api_id}.execute-api.{cloudformation.meta.region_name}.amazonaws.com",
            "ApiPath": f"/{api_stage(cloud.stage)}",
            "OriginSecret": secret,
            "ViewerRequestCode": (ROOT / ".chalice/viewer-request.js").read_text(),
        },
    )
    base_url = f"https://{edge['DistributionDomain']}"
    progress("environment check")
    check_environment(cloud, base_url)
    progress("SPA to the staging slot")
    releaser = stage_spa(cloud, resources["SpaBucketName"], edge["DistributionId"], smoke_url or base_url)
    progress("smoke")
    smoke(smoke_url or base_url)
    verify_spa(releaser)
    progress(f"deployed; look at {base_url}/_staging/ before you promote it")


def show_plan(cloud: Cloud) -> None:
    identity = cloud.client("sts").get_caller_identity()
    region = cloud.client("cloudformation").meta.region_name
    cloudformation = cloud.client("cloudformation")
    print(f"stage {cloud.stage}, account {identity['Account']}, region {region}")
    for stack in (f"{APP}-{cloud.stage}-resources", f"{APP}-{cloud.stage}-edge"):
        print(f"  {'update' if stacks.find_stack(cloudformation, stack) else 'create'} stack {stack}")
    live = env.existing_functions(cloud)
    for function in cloud.function_names():
        kept = f", keeping its {len(env.live_environment(cloud, function)[0])} variables" if function in live else ""
        print(f"  {'update' if function in live else 'create'} function {function} (python{python_version()}){kept}")
    print("  build the SPA and put it into the staging slot; production is not touched")


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def deploy_resources(cloud: Cloud, mail_identity: str | None) -> dict[str, str]:
    name = f"{APP}-{cloud.stage}-resources"
    first = stacks.find_stack(cloud.client("cloudformation"), name) is None
    identity = mail_identity if mail_identity is not None else ("" if first else None)
    template = (ROOT / ".chalice/resources.yaml").read_text()
    return stacks.apply_stack(
        cloud.client("cloudformation"), name, template, {"Stage": cloud.stage, "MailIdentity": identity}
    )


def ensure_origin_secret(cloud: Cloud) -> str:
    """The newest origin secret in the Parameter Store, made when there is none."""
    ssm = cloud.client("ssm")
    name = cloud.parameter_name("SCC_ORIGIN_SECRETS")
    try:
        found = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        found = secrets.token_urlsafe(32)
        ssm.put_parameter(Name=name, Value=found, Type="SecureString")
    return str(found).split(",")[0].strip()


def deploy_function(cloud: Cloud, bucket: str) -> str:
    """`chalice deploy`, the live variables kept; returns the id of the API."""
    names = dict(zip(cloud.function_names(), ("api_handler", *SCHEDULED), strict=True))
    before = {function: env.live_environment(cloud, function)[0] for function in env.existing_functions(cloud)}
    factory = LiveEnvironmentFactory(
        str(ROOT), cloud.stage, {names[function]: variables for function, variables in before.items()}
    )
    fetch_deployed(cloud, bucket)
    config = factory.create_config_obj(cloud.stage)
    session = factory.create_botocore_session()
    deployer = factory.create_default_deployer(session=session, config=config, ui=UI(out=sys.stderr, err=sys.stderr))
    try:
        deployed = deployer.deploy(config, chalice_stage_name=cloud.stage)
    finally:
        keep_deployed(cloud, bucket)
    for function, variables in before.items():
        env.verify(cloud, function, variables)
    resources = deployed["resources"]
    return str(next(resource["rest_api_id"] for resource in resources if resource["resource_type"] == "rest_api"))


def deployed_file(stage: str) -> Path:
    return ROOT / f".chalice/deployed/{stage}.json"


def fetch_deployed(cloud: Cloud, bucket: str) -> None:
    s3 = cloud.client("s3")
    try:
        stored = s3.get_object(Bucket=bucket, Key=DEPLOYED_KEY.format(stage=cloud.stage))["Body"].read()
    except s3.exceptions.NoSuchKey:
        return
    file = deployed_file(cloud.stage)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(stored)


def keep_deployed(cloud: Cloud, bucket: str) -> None:
    file = deployed_file(cloud.stage)
    if file.is_file():
        key = DEPLOYED_KEY.format(stage=cloud.stage)
        cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), ContentType="application/json")


def api_stage(stage: str) -> str:
    return str(json.loads((ROOT / ".chalice/config.json").read_text())["stages"][stage]["api_gateway_stage"])


def check_environment(cloud: Cloud, base_url: str) -> None:
    """Fills in the address on the first deployment, then names the first setting that is missing or wrong."""
    api = cloud.function_names()[0]
    if "SCC_BASE_URL" not in env.live_environment(cloud, api)[0]:
        env.merge(cloud, {"SCC_BASE_URL": base_url})
    ssm = cloud.client("ssm")

    def read_parameter(name: str) -> str:
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    for function in cloud.function_names():
        try:
            settings.load(env.live_environment(cloud, function)[0], read_parameter)
        except SettingsError as error:
            remedy = f"set it with `python -m tools.env merge --stage {cloud.stage}`"
            if "ADMIN_PASS_HASH" in str(error):
                remedy = f"make it with `python -m tools.password --stage {cloud.stage}`"
            raise Refused(f"{function}: {error} To go on, {remedy} and deploy again.") from error


def stage_spa(cloud: Cloud, bucket: str, distribution_id: str, base_url: str) -> Releaser:
    """The built SPA as a release in the staging slot; verified later, when the edge answers."""
    local.build_spa()
    depot = Depot(cloud.client("s3"), cloud.client("cloudfront"), bucket, distribution_id)
    memory = Memory(ROOT / ".releases" / cloud.stage)

    def show(plan: list[str]) -> None:
        print("\n".join(plan), flush=True)

    releaser = Releaser(depot, Viewer(base_url), memory, own_name(), own_commit(), ask=show, say=note)
    progress(releaser.stage(read_build(local.SPA_FOLDER / "dist"), verify=False).message)
    return releaser


def verify_spa(releaser: Releaser) -> None:
    progress(releaser.verify("staging").message)


def smoke(base_url: str) -> None:
    """The API answers through the edge as itself, and the staged page is there."""
    expect(base_url, "GET", "/api/health", 200, "application/json")
    payment = "/api/events/AAAAAAAAAAAAAAAAAAAAAA/payments/00000000-0000-7000-8000-000000000000"
    expect(base_url, "PUT", payment, 401, "application/json")
    expect(base_url, "GET", "/_staging/", 200, "text/html")


def expect(base_url: str, method: str, path: str, status: int, content_type: str) -> None:
    """A new distribution takes a while to answer, so this waits for the right answer."""
    deadline = time.monotonic() + SMOKE_TIMEOUT_S
    while True:
        seen = answer_of(method, base_url + path)
        if seen[0] == status and seen[1].startswith(content_type):
            return
        if time.monotonic() > deadline:
            raise Refused(f"{method} {path} answered {seen[0]} {seen[1]}, expected {status} {content_type}")
        time.sleep(5)


def answer_of(method: str, url: str) -> tuple[int, str]:
    body = b"{}" if method == "PUT" else None
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", "")
    except OSError as error:
        return 0, str(error)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, choices=configured_stages())
    parser.add_argument("--mail-identity", help="address or domain that SES may send from (kept when not given)")
    parser.add_argument("--yes", action="store_true", help="answer the plan with yes")
    options = parser.parse_args()
    try:
        deploy(find_cloud(options.stage), options.mail_identity, options.yes)
    except (BotoCoreError, ClientError) as error:
        raise Refused(str(error)) from error
    return 0


if __name__ == "__main__":
    run_tool(main)
