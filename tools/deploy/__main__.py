"""The full deployment to AWS, first or next: `make deploy STAGE=prod`; back to the version before; what goes with what.

It never promotes the SPA.
"""

import argparse
import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.deploy.deployer import ChaliceDeploymentError as ChaliceDeployError

from chalicelib import openapi
from chalicelib.core import settings
from chalicelib.core.errors import SettingsError
from tools.common import gateway, stacks
from tools.common.build import SPA_BUILD, build_spa
from tools.common.cloud import Cloud, api_stage, configured_stages, find_cloud
from tools.common.console import Refused, confirm, note, one_line, progress, run_tool
from tools.common.functions import differing_names, live_environments, merge
from tools.common.limits import configured_limits
from tools.deploy import open_tabs
from tools.deploy.existing import refuse_strangers
from tools.deploy.function import PYTHON_VERSION, deploy_function, is_current
from tools.deploy.rollback import roll_back
from tools.deploy.status import show_status
from tools.deploy.versions import Place, begin_deployment, find_place, keep_deployment
from tools.edge.check import check
from tools.smoke.checks import Site, run_until_passed
from tools.smoke.result import require_passed, show
from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.layout import SpaFile
from tools.sync.release import identity_of
from tools.sync.releaser import Releaser, memory_of, own_name
from tools.sync.reproduction import own_commit
from tools.sync.verify import Viewer

SMOKE_TIMEOUT_S = 300


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

    def stack(self, which: str, parameters: dict[str, str | None]) -> dict[str, str]:
        """The stack of .chalice/WHICH.yaml; returns its outputs."""
        cloudformation, name = self.cloud.client("cloudformation"), stacks.stack_name(self.cloud.stage, which)
        before = stacks.revision(cloudformation, name)
        outputs = stacks.apply_stack(cloudformation, name, stacks.template(which), parameters)
        if stacks.revision(cloudformation, name) != before:
            self.changed.append(f"stack {name}")
        else:
            progress(f"  stack {name}: nothing to change")
        return outputs


def deploy(cloud: Cloud, options: argparse.Namespace) -> None:
    """An option that is not given keeps what the stack has."""
    show_plan(cloud, options)
    refuse_strangers(cloud, options.mail_identity)
    confirm("Deploy this?", options.yes)
    run, stage = Run(cloud), cloud.stage
    region = cloud.client("cloudformation").meta.region_name

    with run.step("data resources", "Repair that"):
        resources = run.stack(
            "resources", {"Stage": stage, "MailIdentity": options.mail_identity, "AlarmEmail": options.alarm_email}
        )
    bucket = resources["SpaBucketName"]
    if told := whom_to_tell(cloud, options):
        with run.step("budget alarm", "Repair that"):
            run.stack("budget", {"AlarmEmail": told, "MonthlyBudget": options.monthly_budget})
    else:
        progress("no budget alarm: it has nobody to tell (--alarm-email)")
    with run.step("secrets", f"Let your credentials write {cloud.parameter_name('SCC_ORIGIN_SECRETS')}"):
        secret = ensure_origin_secret(run)
        ensure_parameter(run, "SCC_LINK_SECRET", secrets.token_urlsafe(32), "secret of private links")
        # The functions' ADMIN_TOTP names it; it is off until somebody turns a second factor on.
        ensure_parameter(run, "ADMIN_TOTP", "off", "second factor: off")
    with run.step("build the SPA", "Repair that"):
        build_spa()
        files = read_build(SPA_BUILD)
        spa = identity_of(files)
    place = find_place(cloud)
    with run.step("open tabs: the SPAs of the last 30 days on this API", "Leave it what they use, or force it"):
        refuse_broken_tabs(place, options.force)
    with run.step("function and API (chalice deploy)", "Repair that"):
        api_id, was_deployed = deploy_function(cloud, bucket, begin=lambda: begin_deployment(place, spa, options.force))
        of_stage = (cloud.client("apigateway"), api_id, api_stage(stage))
        was_set = gateway.set_answers(*of_stage), gateway.set_throttle(*of_stage, configured_limits())
        if was_deployed or any(was_set):
            run.changed.append("function and API")
        else:
            progress("  function and API: nothing to change")
        keep_deployment(place, api_id, spa, options.force)
    with run.step("edge; the first time this takes some minutes", "Repair that"):
        edge_outputs = run.stack(
            "edge",
            {
                **stacks.edge_parameters(stage, resources, secret),
                "Aliases": options.domain,
                "CertificateArn": options.certificate,
                **api_origin(api_id, stage, region),
            },
        )
    distribution_id, domain = edge_outputs["DistributionId"], edge_outputs["DistributionDomain"]
    with run.step("edge check", f"Look at it, then `python -m tools.edge fix --stage {stage}`"):
        check(cloud, distribution_id)
    with run.step("environment check", "Then deploy again"):
        check_environment(run, f"https://{(options.domain or domain).split(',')[0].strip()}")
    with run.step("SPA to the staging slot", f"`python -m tools.sync status --stage {stage}` shows how it stands"):
        viewer_url = viewer_address(domain)
        releaser = stage_spa(run, files, Bucket(cloud, bucket, distribution_id), viewer_url)
    with run.step("smoke", "The table above names what is wrong"):
        results = run_until_passed(Site(viewer_url), cloud, "staging", SMOKE_TIMEOUT_S)
        show(results)
        require_passed(viewer_url, results)
        progress(releaser.verify("staging").message)
    if run.changed:
        progress(f"deployed; changed: {', '.join(run.changed)}")
    else:
        progress("nothing had to change: all of it was deployed already")
    progress(f"look at https://{domain}/_staging/; then `python -m tools.sync verify --stage {stage}`, and `promote`")


def refuse_broken_tabs(place: Place, force: str) -> None:
    """Refused when a release that may be open somewhere would break, with the names of its calls."""
    found = open_tabs.breaks(place.bucket, openapi.document())
    for one in found:
        progress(f"  {one.describe()}")
    if found and not force:
        raise Refused(
            f"an open tab would break: {found[0].describe()}; `--force` with a reason deploys it nevertheless"
        )


def api_origin(api_id: str, stage: str, region: str) -> dict[str, str | None]:
    return {"ApiDomain": f"{api_id}.execute-api.{region}.amazonaws.com", "ApiPath": f"/{api_stage(stage)}"}


def viewer_address(domain: str) -> str:
    """Where the distribution answers before any DNS of one's own points at it."""
    return f"https://{domain}"


def whom_to_tell(cloud: Cloud, options: argparse.Namespace) -> str:
    """The address of alarms, as given now or earlier; empty for nobody."""
    before = stacks.find_parameters(cloud.client("cloudformation"), stacks.stack_name(cloud.stage, "resources"))
    return str(options.alarm_email or before.get("AlarmEmail", ""))


def show_plan(cloud: Cloud, options: argparse.Namespace) -> None:
    identity = cloud.client("sts").get_caller_identity()
    cloudformation = cloud.client("cloudformation")
    print(f"stage {cloud.stage}, account {identity['Account']}, region {cloudformation.meta.region_name}")
    with_budget = ["budget"] if whom_to_tell(cloud, options) else []
    plan = [plan_stack(cloudformation, cloud.stage, which) for which in ("resources", *with_budget)]
    bucket = stacks.find_outputs(cloudformation, stacks.stack_name(cloud.stage, "resources")).get("SpaBucketName", "")
    live, same = live_environments(cloud), is_current(cloud, bucket)
    for function in cloud.function_names():
        kept = f", keeping its {len(live[function])} variables" if function in live else ""
        verb = "keep  " if same else "update" if function in live else "create"
        plan.append(f"{verb} function {function} (python{PYTHON_VERSION}){kept}")
    plan.append(plan_stack(cloudformation, cloud.stage, "edge"))
    plan.append("build the SPA and put it into the staging slot, if it is another; production is not touched")
    print("\n".join(f"  {line}" for line in plan))


def plan_stack(cloudformation: Any, stage: str, which: str) -> str:
    name = stacks.stack_name(stage, which)
    if stacks.find_stack(cloudformation, name) is None:
        return f"create stack {name}"
    if stacks.has_template(cloudformation, name, stacks.template(which)):
        return f"keep   stack {name} (its template is the same; only new parameters would change it)"
    return f"update stack {name}"


def ensure_origin_secret(run: Run) -> str:
    """The newest origin secret in the Parameter Store, made when there is none."""
    found = ensure_parameter(run, "SCC_ORIGIN_SECRETS", secrets.token_urlsafe(32), "origin secret")
    return found.split(",")[0].strip()


def ensure_parameter(run: Run, setting: str, value: str, change: str) -> str:
    """What the Parameter Store has for the setting; the value, and a change, when it has nothing."""
    ssm, name = run.cloud.client("ssm"), run.cloud.parameter_name(setting)
    try:
        return run.cloud.read_parameter(name)
    except ssm.exceptions.ParameterNotFound:
        ssm.put_parameter(Name=name, Value=value, Type="SecureString")
    run.changed.append(change)
    return value


def check_environment(run: Run, base_url: str) -> None:
    """Fills in the address on the first deployment, then names the first setting that is missing or wrong."""
    cloud = run.cloud
    known = [variables.get("SCC_BASE_URL") for variables in live_environments(cloud).values()]
    if None in known:
        merge(cloud, {"SCC_BASE_URL": next(filter(None, known), base_url)})
        run.changed.append("SCC_BASE_URL")
    live = live_environments(cloud)
    if differing := differing_names(live):
        raise Refused(f"the functions differ in {', '.join(differing)}: `python -m tools.env merge` those once more")
    for function, variables in live.items():
        try:
            settings.load(variables, cloud.read_parameters)
        except SettingsError as error:
            remedy = f"set it with `python -m tools.env merge --stage {cloud.stage}`"
            if str(error).startswith("ADMIN_PASS_HASH"):
                remedy = f"make it with `python -m tools.password --stage {cloud.stage}`"
            raise Refused(f"{function}: {error} To go on, {remedy}") from error


def stage_spa(run: Run, files: Sequence[SpaFile], bucket: Bucket, base_url: str) -> Releaser:
    """The built SPA as a release in the staging slot; verified later, when the edge answers."""

    def show_plan(plan: list[str]) -> None:
        print("\n".join(plan), flush=True)

    memory = memory_of(run.cloud.stage)
    releaser = Releaser(bucket, Viewer(base_url), memory, own_name(), own_commit, ask=show_plan, say=note)
    outcome = releaser.stage(files, verify=False)
    progress(f"  {outcome.message}")
    if outcome.changed:
        run.changed.append("staged SPA")
    return releaser


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument(
        "command",
        nargs="?",
        choices=("deploy", "rollback", "status"),
        default="deploy",
        help="deploy all (default); rollback: the functions back to the version before; status: which SPA goes with it",
    )
    parser.add_argument("--stage", required=True, choices=configured_stages())
    parser.add_argument("--force", metavar="REASON", default="", help="also when an open tab breaks; kept on record")
    parser.add_argument("--json", action="store_true", help="the status for a script")
    parser.add_argument("--mail-identity", help="address or domain that SES may send from (kept when not given)")
    parser.add_argument("--alarm-email", help="whom the alarms tell (kept when not given)")
    parser.add_argument(
        "--monthly-budget",
        metavar="USD",
        help="whom the alarms tell is mailed when AWS costs more (kept when not given)",
    )
    parser.add_argument("--domain", metavar="NAME[,NAME]", help="domain names of your own (kept when not given)")
    parser.add_argument(
        "--certificate", metavar="ARN", help="their ACM certificate, in us-east-1 (kept when not given)"
    )
    parser.add_argument("--yes", action="store_true", help="answer the plan with yes")
    return parser


def main() -> int:
    parser = arguments()
    options = parser.parse_args()
    if bool(options.domain) != bool(options.certificate):
        parser.error("--domain and --certificate belong together")
    cloud = find_cloud(options.stage)
    if options.command == "rollback":
        roll_back(find_place(cloud), force=options.force, yes=options.yes)
    elif options.command == "status":
        show_status(find_place(cloud), as_json=options.json)
    else:
        deploy(cloud, options)
    return 0


if __name__ == "__main__":
    run_tool(main)
