"""The functions back to the version before."""

import os

from tools.common import gateway
from tools.common.cloud import api_stage
from tools.common.console import Refused, confirm, progress
from tools.deploy import open_tabs, record
from tools.deploy.kept import Package, Running, running, set_code
from tools.deploy.policy import set_policy
from tools.deploy.record import ROLLED_BACK, Deployment
from tools.deploy.versions import Place, deployed_paths, who

# What this copy remembers of a rollback that is under way.
BEGUN = "functions"


def roll_back(place: Place, *, force: str, yes: bool) -> None:
    """Refused before anything is changed when the SPA in production would break, or when there is nothing to go to.

    One that broke off is finished by the next run, which goes no version further back.
    """
    entry = place.kept.last()
    if entry is None:
        raise Refused(f"no deployment of {place.cloud.stage} is recorded: nothing to go back to")
    live = running(place.cloud)
    # Ours, whose last answer was lost, is begun still, although all of it is done.
    begun = entry.nonce == place.memory.read(BEGUN).get("nonce")
    to_finish = entry.last.act == ROLLED_BACK and (begun or not is_done(place, entry.last, live))
    target = entry.last if to_finish else record.version_before(entry.acts)
    require_fit(target, live, {act.code for act in entry.acts[: 2 if to_finish else 1]})
    if target.code not in place.kept.codes():
        raise Refused(
            f"the package of deployment {target.restores} is not kept any more: deploy {target.who.commit} again"
        )
    require_paths(place, target)
    package = place.kept.package(target.code)
    refuse_break(place, package, force)
    show_plan(entry.last, target, live)
    confirm("Do this?", yes)
    if not to_finish:
        whose = who()._replace(commit=target.who.commit)
        act = target._replace(number=entry.last.number + 1, act=ROLLED_BACK, who=whose, reason=force)
        nonce = os.urandom(8).hex()
        place.memory.write(BEGUN, {"nonce": nonce})
        place.kept.append(record.add(entry, act, nonce))
    carry_out(place, target, package, live)
    place.memory.write(BEGUN, {})
    progress(f"the functions run deployment {target.restores} again, which was made with SPA {target.spa}")


def require_fit(target: Deployment, live: dict[str, Running], known: set[str]) -> None:
    """`known`: the packages that the record lets the functions run now."""
    for function in target.functions:
        if function not in live:
            raise Refused(f"{function} is not there any more: deploy {target.who.commit} again")
        if live[function].code not in known:
            raise Refused(f"{function} runs what no recorded deployment has left there: `make deploy` what you want")
        if live[function].runtime != target.runtime:
            raise Refused(f"{function} has {live[function].runtime}, the version before was made for {target.runtime}")


def require_paths(place: Place, target: Deployment) -> None:
    """That API Gateway still has them."""
    apigateway, api_id = place.cloud.client("apigateway"), gateway.find_api(place.cloud)
    try:
        apigateway.get_deployment(restApiId=str(api_id), deploymentId=target.api)
    except apigateway.exceptions.NotFoundException as error:
        raise Refused(f"the API of deployment {target.restores} is gone: deploy {target.who.commit} again") from error


def show_plan(last: Deployment, target: Deployment, live: dict[str, Running]) -> None:
    print(f"now deployment {last.describe()}")
    print(f"  back to the package of deployment {target.restores}, made from {target.who.commit}, with its API")
    for function in target.functions:
        verb = "keep  " if live[function].code == target.code else "update"
        print(f"  {verb} function {function}, its variables stay")


def is_done(place: Place, wanted: Deployment, live: dict[str, Running]) -> bool:
    codes = {live[function].code for function in wanted.functions if function in live}
    api_id = gateway.find_api(place.cloud)
    return codes == {wanted.code} and bool(api_id) and deployed_paths(place.cloud, str(api_id)) == wanted.api


def refuse_break(place: Place, package: Package, force: str) -> None:
    """Only production's SPA must go on working; of others it is told."""
    found = open_tabs.breaks(place.bucket, package.document)
    for one in found:
        print(f"  {one.describe()}")
    production = [one for one in found if one.where == "production"]
    if production and not force:
        raise Refused(
            f"the SPA in production does not work with the version before: {production[0].describe()}. "
            f"Roll production back first (`python -m tools.sync rollback --stage {place.cloud.stage}`), "
            "or say `--force` with a reason"
        )


def carry_out(place: Place, target: Deployment, package: Package, live: dict[str, Running]) -> None:
    """Rights first, then the code, then the paths; what is done already is left."""
    cloud = place.cloud
    set_policy(cloud, package.policy)
    code = place.kept.code(target.code)
    for function in target.functions:
        if live[function].code != target.code:
            set_code(cloud, function, live[function], code)
            progress(f"  {function}: updated")
    api_id = gateway.find_api(cloud)
    if api_id and deployed_paths(cloud, api_id) != target.api:
        cloud.client("apigateway").update_stage(
            restApiId=api_id,
            stageName=api_stage(cloud.stage),
            patchOperations=[{"op": "replace", "path": "/deploymentId", "value": target.api}],
        )
        progress("  API: its paths of that deployment")
