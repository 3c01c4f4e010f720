"""The functions back to the version before."""

import contextlib
import os
from typing import NamedTuple

from tools.common import gateway
from tools.common.cloud import api_stage
from tools.common.console import Refused, confirm, progress
from tools.deploy import open_tabs, record
from tools.deploy.kept import Package, Running, running, set_code
from tools.deploy.policy import set_policy
from tools.deploy.record import DEPLOYING, ROLLED_BACK, Deployment, Entry
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
    found = look_at(place)
    # Ours, whose last answer was lost, is begun still, although all of it is done.
    begun = entry.nonce == place.memory.read(BEGUN).get("nonce")
    to_finish = entry.last.act == ROLLED_BACK and (begun or not found.is_done(entry.last))
    target = entry.last if to_finish else target_of(entry)
    require_fit(target, found.live, known_codes(entry, to_finish=to_finish))
    if target.code not in place.kept.codes():
        raise Refused(
            f"the package of deployment {target.restores} is not kept any more: deploy {target.who.commit} again"
        )
    require_paths(place, found.api_id, target)
    package = place.kept.package(target.code)
    refuse_break(place, package, force)
    show_plan(entry, target, found.live)
    confirm("Do this?", yes)
    if not to_finish:
        whose = who()._replace(commit=target.who.commit)
        act = target._replace(number=record.next_number(entry), act=ROLLED_BACK, who=whose, reason=force)
        nonce = os.urandom(8).hex()
        place.memory.write(BEGUN, {"nonce": nonce})
        place.kept.append(record.add(entry, act, nonce))
    carry_out(place, target, package, found)
    place.memory.write(BEGUN, {})
    progress(f"the functions run deployment {target.restores} again, which was made with SPA {target.spa}")


class Found(NamedTuple):
    """What the stage runs at the start of a rollback."""

    live: dict[str, Running]
    api_id: str
    """Empty when no API calls the functions."""
    api: str
    """The id of the deployment whose paths that API shows; empty when it shows none."""

    def is_done(self, wanted: Deployment) -> bool:
        """Whether all of it runs already."""
        codes = {self.live[function].code for function in wanted.functions if function in self.live}
        return (codes, self.api) == ({wanted.code}, wanted.api)


def look_at(place: Place) -> Found:
    api_id, api = gateway.find_api(place.cloud) or "", ""
    if api_id:
        with contextlib.suppress(place.cloud.client("apigateway").exceptions.NotFoundException):
            api = deployed_paths(place.cloud, api_id)
    return Found(running(place.cloud), api_id, api)


def target_of(entry: Entry) -> Deployment:
    """The version before. Of a deployment that broke off, what ran when it began, however much it has changed."""
    return entry.deployed if entry.is_open and entry.deployed else record.version_before(entry.acts)


def known_codes(entry: Entry, *, to_finish: bool) -> set[str] | None:
    """The packages that the record lets the functions run now; None: a deployment that broke off may have left any."""
    acts = entry.acts[: 2 if to_finish else 1]
    return None if any(act.act == DEPLOYING for act in acts) else {act.code for act in acts}


def require_fit(target: Deployment, live: dict[str, Running], known: set[str] | None) -> None:
    for function in target.functions:
        if function not in live:
            raise Refused(f"{function} is not there any more: deploy {target.who.commit} again")
        if known is not None and live[function].code not in known:
            raise Refused(f"{function} runs what no recorded deployment has left there: `make deploy` what you want")
        if live[function].runtime != target.runtime:
            raise Refused(f"{function} has {live[function].runtime}, the version before was made for {target.runtime}")


def require_paths(place: Place, api_id: str, target: Deployment) -> None:
    """That API Gateway still has them."""
    apigateway = place.cloud.client("apigateway")
    with contextlib.suppress(apigateway.exceptions.NotFoundException):
        if api_id and apigateway.get_deployment(restApiId=api_id, deploymentId=target.api):
            return
    raise Refused(f"the API of deployment {target.restores} is gone: deploy {target.who.commit} again")


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


def show_plan(entry: Entry, target: Deployment, live: dict[str, Running]) -> None:
    print(f"now deployment {entry.last.describe()}{', which never told its end' if entry.is_open else ''}")
    print(f"  back to the package of deployment {target.restores}, made from {target.who.commit}, with its API")
    for function in target.functions:
        verb = "keep  " if live[function].code == target.code else "update"
        print(f"  {verb} function {function}, its variables stay")


def carry_out(place: Place, target: Deployment, package: Package, found: Found) -> None:
    """Rights first, then the code, then the paths; what is done already is left."""
    cloud = place.cloud
    set_policy(cloud, package.policy)
    code = place.kept.code(target.code)
    for function in target.functions:
        if found.live[function].code != target.code:
            set_code(cloud, function, found.live[function], code)
            progress(f"  {function}: updated")
    if found.api != target.api:
        cloud.client("apigateway").update_stage(
            restApiId=found.api_id,
            stageName=api_stage(cloud.stage),
            patchOperations=[{"op": "replace", "path": "/deploymentId", "value": target.api}],
        )
        progress("  API: its paths of that deployment")
