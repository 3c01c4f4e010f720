"""The full deployment to AWS, first or next: `make deploy STAGE=prod`. It never promotes the SPA."""

import argparse
import contextlib
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice import __version__ as CHALICE_VERSION  # noqa: N812
from chalice.cli.factory import CLIFactory
from chalice.deploy.deployer import ChaliceDeploymentError as ChaliceDeployError
from chalice.utils import UI

from chalicelib.core import settings
from chalicelib.core.errors import SettingsError
from tools import env, smoke
from tools.common import gateway, stacks
from tools.common.cloud import APP, BACKGROUND, ROOT, Cloud, find_cloud
from tools.common.console import Refused, confirm, note, progress, run_tool
from tools.edge import __main__ as edge
from tools.local import __main__ as local
from tools.sync.bucket import Bucket
from tools.sync.layout import read_build
from tools.sync.releaser import Memory, Releaser, own_commit, own_name
from tools.sync.verify import Viewer

# Chalice remembers what it made in a local file; a copy in the private bucket lets any machine deploy next.
DEPLOYED_KEY = "_deployed/{stage}.json"
SMOKE_TIMEOUT_S = 300
FUNCTION = "function and API"


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


@dataclass(frozen=True)
class Wishes:
    """What the command line says; None keeps what the stack has."""

    mail_identity: str | None = None
    alarm_email: str | None = None
    domains: str | None = None
    certificate: str | None = None


@dataclass
class Run:
    """One deployment: its steps, and what they changed."""

    cloud: Cloud
    changed: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str, remedy: str) -> Iterator[None]:
        """A failing step stops the deployment; the message says what to do."""
        progress(name)
        try:
            yield
        except Refused as refusal:
            raise Refused(f"stopped at {name!r}: {str(refusal).rstrip('.')}. {self._next(remedy)}") from refusal
        except (BotoCoreError, ClientError, ChaliceDeployError) as error:
            raise Refused(f"stopped at {name!r}: {one_line(error)}. {self._next(remedy)}") from error

    def _next(self, remedy: str) -> str:
        return f"{remedy}. What was done stays; `make deploy STAGE={self.cloud.stage}` goes on from there."

    def stack(self, name: str, template: str, parameters: dict[str, str | None]) -> dict[str, str]:
        cloudformation = self.cloud.client("cloudformation")
        before = stacks.revision(cloudformation, name)
        outputs = stacks.apply_stack(cloudformation, name, template, parameters)
        if stacks.revision(cloudformation, name) != before:
            self.changed.append(f"stack {name}")
        else:
            progress(f"  stack {name}: nothing to change")
        return outputs


def deploy(cloud: Cloud, wishes: Wishes, yes: bool) -> None:
    show_plan(cloud)
    confirm("Deploy this?", yes)
    run, stage = Run(cloud), cloud.stage
    region = cloud.client("cloudformation").meta.region_name

    with run.step("data resources", "Mend that"):
        resources = deploy_resources(run, wishes)
    bucket = resources["SpaBucketName"]
    with run.step("origin secret", f"Let your credentials write {cloud.parameter_name('SCC_ORIGIN_SECRETS')}"):
        secret = ensure_origin_secret(run)
        ensure_second_factor(run)
    with run.step("function and API (chalice deploy)", "Mend that"):
        api_id = deploy_function(run, bucket)
        answered = gateway.answer_unrouted(cloud.client("apigateway"), api_id, api_stage(stage))
        if answered and FUNCTION not in run.changed:
            run.changed.append(FUNCTION)
    with run.step("edge; the first time this takes some minutes", "Mend that"):
        edge_outputs = run.stack(
            f"{APP}-{stage}-edge",
            (ROOT / ".chalice/edge.yaml").read_text(),
            {
                "Stage": stage,
                "SpaBucketName": bucket,
                "SpaBucketDomain": resources["SpaBucketDomain"],
                "OriginSecret": secret,
                "ViewerRequestCode": (ROOT / ".chalice/viewer-request.js").read_text(),
                "Aliases": wishes.domains,
                "CertificateArn": wishes.certificate,
                **api_origin(api_id, stage, region),
            },
        )
    distribution_id, domain = edge_outputs["DistributionId"], edge_outputs["DistributionDomain"]
    with run.step("edge check", f"Look at it, then `python -m tools.edge fix --stage {stage}`"):
        edge.check(cloud, distribution_id, as_json=False)
    with run.step("environment check", "Then deploy again"):
        check_environment(run, f"https://{(wishes.domains or domain).split(',')[0].strip()}")
    with run.step("SPA to the staging slot", f"`python -m tools.sync status --stage {stage}` shows how it stands"):
        viewer_url = viewer_address(domain)
        releaser = stage_spa(run, bucket, distribution_id, viewer_url)
    with run.step("smoke", "The table above names what is wrong"):
        results = smoke.run_until_passed(smoke.Site(viewer_url), cloud, "staging", SMOKE_TIMEOUT_S)
        smoke.show(results)
        smoke.require_passed(viewer_url, results)
        verify_spa(releaser)
    if run.changed:
        progress(f"deployed; changed: {', '.join(run.changed)}")
    else:
        progress("nothing had to change: all of it was deployed already")
    progress(f"look at https://{domain}/_staging/ before you promote it")


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def api_origin(api_id: str, stage: str, region: str) -> dict[str, str | None]:
    return {"ApiDomain": f"{api_id}.execute-api.{region}.amazonaws.com", "ApiPath": f"/{api_stage(stage)}"}


def viewer_address(domain: str) -> str:
    """Where the distribution answers before any DNS of one's own points at it."""
    return f"https://{domain}"


def show_plan(cloud: Cloud) -> None:
    identity = cloud.client("sts").get_caller_identity()
    cloudformation = cloud.client("cloudformation")
    print(f"stage {cloud.stage}, account {identity['Account']}, region {cloudformation.meta.region_name}")
    plan = [plan_stack(cloudformation, cloud.stage, "resources")]
    live, same = env.existing_functions(cloud), function_is_current(cloud)
    for function in cloud.function_names():
        kept = f", keeping its {len(env.live_environment(cloud, function)[0])} variables" if function in live else ""
        verb = "keep  " if same else "update" if function in live else "create"
        plan.append(f"{verb} function {function} (python{python_version()}){kept}")
    plan.append(plan_stack(cloudformation, cloud.stage, "edge"))
    plan.append("build the SPA and put it into the staging slot, if it is another; production is not touched")
    print("\n".join(f"  {line}" for line in plan))


def plan_stack(cloudformation: Any, stage: str, which: str) -> str:
    name = f"{APP}-{stage}-{which}"
    if stacks.find_stack(cloudformation, name) is None:
        return f"create stack {name}"
    template = (ROOT / f".chalice/{which}.yaml").read_text()
    if stacks.has_template(cloudformation, name, template):
        return f"keep   stack {name} (its template is the same; only new parameters would change it)"
    return f"update stack {name}"


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def deploy_resources(run: Run, wishes: Wishes) -> dict[str, str]:
    return run.stack(
        f"{APP}-{run.cloud.stage}-resources",
        (ROOT / ".chalice/resources.yaml").read_text(),
        {"Stage": run.cloud.stage, "MailIdentity": wishes.mail_identity, "AlarmEmail": wishes.alarm_email},
    )


def ensure_origin_secret(run: Run) -> str:
    """The newest origin secret in the Parameter Store, made when there is none."""
    ssm = run.cloud.client("ssm")
    name = run.cloud.parameter_name("SCC_ORIGIN_SECRETS")
    try:
        found = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        found = secrets.token_urlsafe(32)
        ssm.put_parameter(Name=name, Value=found, Type="SecureString")
        run.changed.append("origin secret")
    return str(found).split(",")[0].strip()


def ensure_second_factor(run: Run) -> None:
    """The parameter that the functions' ADMIN_TOTP names; `off` until somebody turns a second factor on."""
    ssm, name = run.cloud.client("ssm"), run.cloud.parameter_name("ADMIN_TOTP")
    try:
        ssm.get_parameter(Name=name)
    except ssm.exceptions.ParameterNotFound:
        ssm.put_parameter(Name=name, Value="off", Type="SecureString")
        run.changed.append("second factor: off")


def deploy_function(run: Run, bucket: str) -> str:
    """`chalice deploy`, the live variables kept; returns the id of the API."""
    cloud = run.cloud
    fetch_deployed(cloud, bucket)
    if function_is_current(cloud, bucket) and (api_id := deployed_api(cloud)):
        progress("  function and API: nothing to change")
        return api_id
    adopt_api(cloud)
    names = dict(zip(cloud.function_names(), ("api_handler", *BACKGROUND), strict=True))
    before = {function: env.live_environment(cloud, function)[0] for function in env.existing_functions(cloud)}
    # A function that a new version brings starts with what the API's has: they are meant to be alike.
    known = before.get(cloud.function_names()[0], {})
    wanted = {names[function]: before.get(function, known) for function in names}
    factory = LiveEnvironmentFactory(str(ROOT), cloud.stage, wanted)
    config = factory.create_config_obj(cloud.stage)
    session = factory.create_botocore_session()
    deployer = factory.create_default_deployer(session=session, config=config, ui=UI(out=sys.stderr, err=sys.stderr))
    try:
        deployer.deploy(config, chalice_stage_name=cloud.stage)
    finally:
        keep_deployed(cloud, bucket)
    for function, variables in before.items():
        env.verify(cloud, function, variables)
    # Only a whole deployment is marked, so that one that broke off is done again.
    keep_deployed(cloud, bucket, mark=function_mark(cloud))
    run.changed.append(FUNCTION)
    return str(deployed_api(cloud))


def function_mark(cloud: Cloud) -> str:
    """What the functions were made from, and the code that they run."""
    sources = [
        "app.py",
        "chalicelib",
        "requirements.txt",
        ".chalice/config.json",
        f".chalice/policy-{cloud.stage}.json",
    ]
    parts = [local.fingerprint_of(sources), python_version(), CHALICE_VERSION]
    for function in cloud.function_names():
        found = cloud.client("lambda").get_function_configuration(FunctionName=function)
        parts += [found["CodeSha256"], found["Runtime"], str(found["MemorySize"]), str(found["Timeout"])]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def function_is_current(cloud: Cloud, bucket: str = "") -> bool:
    if not bucket:
        stack = stacks.find_stack(cloud.client("cloudformation"), f"{APP}-{cloud.stage}-resources")
        outputs = {each["OutputKey"]: each["OutputValue"] for each in (stack or {}).get("Outputs", [])}
        bucket = outputs.get("SpaBucketName", "")
    if not bucket or len(env.existing_functions(cloud)) < len(cloud.function_names()):
        return False
    try:
        kept = cloud.client("s3").head_object(Bucket=bucket, Key=DEPLOYED_KEY.format(stage=cloud.stage))
    except ClientError:
        return False
    return bool(kept["Metadata"].get("mark") == function_mark(cloud))


def deployed_api(cloud: Cloud) -> str | None:
    """The API of the last deployment, if it is still there."""
    try:
        resources = json.loads(deployed_file(cloud.stage).read_text())["resources"]
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
    apigateway, target = cloud.client("apigateway"), f":function:{cloud.function_names()[0]}/"
    for page in apigateway.get_paginator("get_rest_apis").paginate():
        for api in (item for item in page["items"] if item["name"] == APP):
            resources = apigateway.get_resources(restApiId=api["id"], embed=["methods"], limit=500)["items"]
            if target in json.dumps(resources, default=str):
                note = {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api["id"], "rest_api_url": ""}
                deployed = {"resources": [note], "schema_version": "2.0", "backend": "api"}
                deployed_file(cloud.stage).parent.mkdir(exist_ok=True)
                deployed_file(cloud.stage).write_text(json.dumps(deployed))
                progress(f"  going on with API {api['id']} of a deployment that broke off")
                return


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


def keep_deployed(cloud: Cloud, bucket: str, mark: str = "") -> None:
    file = deployed_file(cloud.stage)
    if file.is_file():
        cloud.client("s3").put_object(
            Bucket=bucket,
            Key=DEPLOYED_KEY.format(stage=cloud.stage),
            Body=file.read_bytes(),
            ContentType="application/json",
            Metadata={"mark": mark},
        )


def api_stage(stage: str) -> str:
    return str(json.loads((ROOT / ".chalice/config.json").read_text())["stages"][stage]["api_gateway_stage"])


def check_environment(run: Run, base_url: str) -> None:
    """Fills in the address on the first deployment, then names the first setting that is missing or wrong."""
    cloud = run.cloud
    live = [env.live_environment(cloud, function)[0] for function in cloud.function_names()]
    if any("SCC_BASE_URL" not in variables for variables in live):
        known = next((variables["SCC_BASE_URL"] for variables in live if "SCC_BASE_URL" in variables), base_url)
        env.merge(cloud, {"SCC_BASE_URL": known})
        run.changed.append("SCC_BASE_URL")
    if differing := env.differences(cloud):
        raise Refused(f"the functions differ in {', '.join(differing)}: `python -m tools.env merge` those once more")
    for function in cloud.function_names():
        try:
            settings.load(env.live_environment(cloud, function)[0], cloud.read_parameter)
        except SettingsError as error:
            remedy = f"set it with `python -m tools.env merge --stage {cloud.stage}`"
            if str(error).startswith("ADMIN_PASS_HASH"):
                remedy = f"make it with `python -m tools.password --stage {cloud.stage}`"
            raise Refused(f"{function}: {error} To go on, {remedy}") from error


def stage_spa(run: Run, bucket: str, distribution_id: str, base_url: str) -> Releaser:
    """The built SPA as a release in the staging slot; verified later, when the edge answers."""
    cloud = run.cloud
    local.build_spa()
    memory = Memory(ROOT / ".releases" / cloud.stage)

    def show(plan: list[str]) -> None:
        print("\n".join(plan), flush=True)

    releaser = Releaser(
        Bucket(cloud, bucket, distribution_id), Viewer(base_url), memory, own_name(), own_commit, ask=show, say=note
    )
    outcome = releaser.stage(read_build(local.SPA_FOLDER / "dist"), verify=False)
    progress(f"  {outcome.message}")
    if outcome.changed:
        run.changed.append("staged SPA")
    return releaser


def verify_spa(releaser: Releaser) -> None:
    progress(releaser.verify("staging").message)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, choices=configured_stages())
    parser.add_argument("--mail-identity", help="address or domain that SES may send from (kept when not given)")
    parser.add_argument("--alarm-email", help="whom the alarms tell (kept when not given)")
    parser.add_argument("--domain", metavar="NAME[,NAME]", help="domain names of your own (kept when not given)")
    parser.add_argument(
        "--certificate", metavar="ARN", help="their ACM certificate, in us-east-1 (kept when not given)"
    )
    parser.add_argument("--yes", action="store_true", help="answer the plan with yes")
    options = parser.parse_args()
    if bool(options.domain) != bool(options.certificate):
        parser.error("--domain and --certificate belong together")
    try:
        wishes = Wishes(options.mail_identity, options.alarm_email, options.domain, options.certificate)
        deploy(find_cloud(options.stage), wishes, options.yes)
    except (BotoCoreError, ClientError) as error:
        raise Refused(one_line(error)) from error
    return 0


if __name__ == "__main__":
    run_tool(main)
