"""A new secret between the edge and the API, without a moment in which a request is refused.

Three steps: the API knows both secrets, the edge sends the new one, the API forgets the old one. Each is verified
before the next. The next run goes on with one that broke off: the Parameter Store and the edge show how far it came.
"""

import argparse
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from chalicelib.core import settings
from tools.common import stacks
from tools.common.cloud import Cloud, configured_stages, find_cloud
from tools.common.console import Refused, confirm, progress, run_tool, wait_for
from tools.common.functions import api_environment
from tools.common.website import Website
from tools.edge.distribution import Config, origins, secret_header
from tools.edge.lookup import find_distribution, read_config
from tools.edge.routing import SECRET_HEADER

SETTING = "SCC_ORIGIN_SECRETS"
# By then each running function has read the Parameter Store again, also after one failure.
READ_BY_ALL_S = settings.REREAD_AFTER_S + 2 * settings.RETRY_AFTER_S
# Several functions run at once, and each remembers its own settings.
PROBES = 20
POLL_S = 15.0
HEALTH = "/api/health"

Sleep = Callable[[float], None]


class Stored(NamedTuple):
    """What the API takes, and for how long it has been so."""

    known: tuple[str, ...]
    age: timedelta


class Edge(NamedTuple):
    sent: str
    """The secret that the API's origin gets."""
    api: str
    """Address of the API, past the edge."""
    viewer: str


def rotate(cloud: Cloud, yes: bool, *, viewer: str = "", sleep: Sleep = time.sleep) -> None:
    """From wherever it stands to its end. `viewer`: the edge's address, where it is not the distribution's own."""
    name = parameter_of(cloud)
    stored, edge = read_stored(cloud, name), read_edge(cloud, viewer)
    old, new = pair(stored, edge)
    confirm(f"Rotate the secret between the edge and the API of {cloud.stage}? It takes about fifteen minutes.", yes)
    if not new:
        progress("step 1 of 3: the API is to know both secrets")
        new = secrets.token_urlsafe(32)
        put(cloud, name, old, new)
    if edge.sent != new:
        wait_until_read(cloud, name, sleep)
        require(edge.api, new, 200, "the API does not take the new secret")
        progress("step 2 of 3: the edge is to send the new one; this takes some minutes")
        send(cloud, new)
        if read_edge(cloud, viewer).sent != new:
            raise Refused("the edge still sends the old secret: `python -m tools.edge check` says more")
    wait_until_sent_everywhere(cloud)
    require(edge.viewer, "", 200, "the edge is refused by the API")
    progress("step 3 of 3: the API is to forget the old one")
    put(cloud, name, new)
    wait_until_read(cloud, name, sleep)
    require(edge.api, old, 403, "the API still takes the old secret")
    require(edge.viewer, "", 200, "the edge is refused by the API")
    progress("rotated: the old secret is worth nothing")


def parameter_of(cloud: Cloud) -> str:
    value = api_environment(cloud).get(SETTING, "")
    if not value.startswith(settings.STORED):
        raise Refused(f"{SETTING} of {cloud.stage} does not stand in the Parameter Store: nothing was changed")
    return value.removeprefix(settings.STORED)


def read_stored(cloud: Cloud, name: str) -> Stored:
    """Its age by AWS's own clock."""
    answer = cloud.client("ssm").get_parameter(Name=name, WithDecryption=True)
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    found: datetime = answer["Parameter"]["LastModifiedDate"]
    known = tuple(filter(None, map(str.strip, answer["Parameter"]["Value"].split(","))))
    return Stored(known, now - found)


def read_edge(cloud: Cloud, viewer: str) -> Edge:
    distribution_id = find_distribution(cloud)
    config, _ = read_config(cloud, distribution_id)
    (origin,) = origins(config, "api")
    header = secret_header(origin)
    if header is None:
        raise Refused(f"the edge sends no {SECRET_HEADER}: `python -m tools.edge fix --stage {cloud.stage}` repairs it")
    domain = cloud.client("cloudfront").get_distribution(Id=distribution_id)["Distribution"]["DomainName"]
    return Edge(header["HeaderValue"], address_of(origin), viewer or f"https://{domain}")


def address_of(origin: Config) -> str:
    custom, place = origin["CustomOriginConfig"], origin["DomainName"]
    if custom["OriginProtocolPolicy"] == "http-only":
        return f"http://{place}:{custom['HTTPPort']}{origin['OriginPath']}"
    return f"https://{place}{origin['OriginPath']}"


def pair(stored: Stored, edge: Edge) -> tuple[str, str]:
    """The old secret and the new one; no new one before step 1. The order in the store is the order of their making."""
    if edge.sent not in stored.known or len(stored.known) > 2:
        raise Refused(
            f"{SETTING} holds {len(stored.known)} secrets, and what the edge sends is "
            f"{'' if edge.sent in stored.known else 'not '}among them: `python -m tools.edge fix` and leave two at most"
        )
    if len(stored.known) == 2:
        return stored.known[0], stored.known[1]
    if (left_s := READ_BY_ALL_S - stored.age.total_seconds()) > 0:
        raise Refused(f"{SETTING} was set a moment ago, and not every function has read it: wait {left_s:.0f} s")
    return stored.known[0], ""


def put(cloud: Cloud, name: str, *known: str) -> None:
    cloud.client("ssm").put_parameter(Name=name, Value=",".join(known), Type="SecureString", Overwrite=True)


def wait_until_read(cloud: Cloud, name: str, sleep: Sleep) -> None:
    while (left_s := READ_BY_ALL_S - read_stored(cloud, name).age.total_seconds()) > 0:
        progress(f"until every running function has read it: {left_s:.0f} s")
        sleep(min(left_s, POLL_S))


def require(address: str, secret: str, status: int, instead: str) -> None:
    """Asks often enough to meet several of the functions that run."""
    site, headers = Website(address), {SECRET_HEADER: secret} if secret else {}
    for _ in range(PROBES):
        found = site.ask(HEALTH, headers=headers).status
        if found != status:
            raise Refused(f"{instead} ({address}{HEALTH} answers {found}). Both are known: run this again later")


def send(cloud: Cloud, secret: str) -> None:
    """By the edge's stack, so that a later deployment finds it as it left it; everything else there stays."""
    cloudformation, name = cloud.client("cloudformation"), stacks.stack_name(cloud.stage, "edge")
    template = str(cloudformation.get_template(StackName=name)["TemplateBody"])
    kept: dict[str, str | None] = dict.fromkeys(stacks.find_parameters(cloudformation, name))
    stacks.apply_stack(cloudformation, name, template, kept | {"OriginSecret": secret})


def wait_until_sent_everywhere(cloud: Cloud) -> None:
    """Also after a run that broke off while the edge was changing."""
    cloudfront, distribution_id = cloud.client("cloudfront"), find_distribution(cloud)
    wait_for(
        f"distribution {distribution_id}",
        "Deployed",
        lambda: str(cloudfront.get_distribution(Id=distribution_id)["Distribution"]["Status"]),
        poll_s=POLL_S,
        timeout_s=stacks.TIMEOUT_S,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.rotate", description=__doc__)
    parser.add_argument("--stage", required=True, choices=configured_stages())
    parser.add_argument("--yes", action="store_true", help="answer the plan with yes")
    options = parser.parse_args()
    rotate(find_cloud(options.stage), options.yes)
    return 0


if __name__ == "__main__":
    run_tool(main)
