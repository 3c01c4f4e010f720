"""The CloudFront distribution: what serves an address and why, what is wrong with it, and the smallest repair."""

import argparse
import json
from urllib.parse import SplitResult, urlsplit

from botocore.exceptions import HTTPClientError

from tools.common.cloud import Cloud, find_cloud
from tools.common.console import Refused, confirm, progress, run_tool, wait_for
from tools.edge.check import check
from tools.edge.distribution import (
    Config,
    behaviours,
    differences,
    error_pages,
    find_origin,
    items_of,
    kind_of,
    origins,
    serving,
)
from tools.edge.lookup import find_distribution, look_around, read_config
from tools.edge.problems import Surroundings, find_problems, plan

DEPLOY_TIMEOUT_S = 1800
POLL_S = 5.0
MAX_TRIES = 5

Explanation = dict[str, str | list[str]]


# --- explain --------------------------------------------------------------------------------------


def parse_address(text: str) -> SplitResult:
    """A URL or a path; `ArgumentTypeError` for anything else, which no viewer could ask for."""
    try:
        address = urlsplit(text)
    except ValueError:
        address = None
    if not text.isprintable() or " " in text or not address:
        raise argparse.ArgumentTypeError(f"{text!r} is no address")
    if not (address.hostname if address.scheme in ("http", "https") else text.startswith("/")):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a path beginning with / nor an http address")
    return address


def explain(config: Config, around: Surroundings, address: SplitResult) -> Explanation:
    path = address.path or "/"
    patterns = [each["PathPattern"] for each in behaviours(config)]
    position, behaviour = serving(config, path)
    origin = find_origin(config, behaviour["TargetOriginId"])
    policy = around.cache_policies.get(behaviour.get("CachePolicyId", ""))
    request = around.request_policies.get(behaviour.get("OriginRequestPolicyId", ""))
    cache = policy.name if policy else "settings of its own"
    functions = items_of(behaviour.get("FunctionAssociations"))
    over = ", ".join(patterns[:position]) or "no other"
    return {
        "path": path,
        "behaviour": behaviour.get("PathPattern", "default (*)"),
        "place": f"{len(patterns) + 1 if position is None else position + 1} of {len(patterns) + 1}",
        "why": f"none of {over} matches" if position is None else f"the first that matches; {over} stands before it",
        "passed_over": patterns[:position],
        "origin": f"{origin['Id']}: {origin['DomainName']}{origin.get('OriginPath', '')}",
        "kind": kind_of(origin),
        "cache": f"{cache}, nothing is cached" if policy and policy.max_ttl_s == 0 else cache,
        "origin_request": request.name if request else "none: no Authorization, no query reaches the origin",
        "methods": items_of(behaviour.get("AllowedMethods")) or ["GET", "HEAD"],
        "viewer_protocol": behaviour["ViewerProtocolPolicy"],
        "functions": [f"{each['EventType']}: {each['FunctionARN'].rpartition('/')[2]}" for each in functions],
        "error_pages": [f"{page['ErrorCode']} -> {page['ResponsePagePath']}" for page in error_pages(config)],
    }


def show_explanation(found: Explanation) -> None:
    print(found["path"])
    for name, value in found.items():
        if name != "path":
            print(f"  {name.replace('_', ' '):15}  {', '.join(value) or 'none' if isinstance(value, list) else value}")


# --- fix ------------------------------------------------------------------------------------------


def fix(cloud: Cloud, distribution_id: str, yes: bool, *, poll_s: float = POLL_S) -> None:
    """Repairs by compare-and-swap; what somebody else changes meanwhile stays."""
    if repair(cloud, distribution_id, yes):
        cloudfront = cloud.client("cloudfront")
        wait_for(
            f"distribution {distribution_id}",
            "Deployed",
            lambda: str(cloudfront.get_distribution(Id=distribution_id)["Distribution"]["Status"]),
            poll_s=poll_s,
            timeout_s=DEPLOY_TIMEOUT_S,
        )
    else:
        print(f"{distribution_id}: nothing to change")
    config, _ = read_config(cloud, distribution_id)
    around = look_around(cloud, distribution_id, config)
    if close_buckets(cloud, config, around, yes):
        around = look_around(cloud, distribution_id, config)
    left = find_problems(config, around)
    for problem in left:
        print(f"- {problem.text} ({problem.hint})")
    if left:
        raise Refused(f"{distribution_id} still differs in {len(left)} points that this tool does not repair")


def repair(cloud: Cloud, distribution_id: str, yes: bool) -> bool:
    """Whether anything had to be changed."""
    agreed: list[str] = []
    for _ in range(MAX_TRIES):
        config, etag = read_config(cloud, distribution_id)
        wanted, _ = plan(config, look_around(cloud, distribution_id, config))
        changes = differences(config, wanted)
        if not changes:
            return bool(agreed)
        if changes != agreed:
            print("\n".join(f"  {change}" for change in changes))
            confirm(f"Change distribution {distribution_id}?", yes)
            agreed = changes
        if _swap(cloud, distribution_id, wanted, etag):
            return True
        progress("somebody else changed it meanwhile: reading it again")
    raise Refused(f"{distribution_id} was changed by others {MAX_TRIES} times: nothing done, try again")


def _swap(cloud: Cloud, distribution_id: str, wanted: Config, etag: str) -> bool:
    """Whether the distribution is now as wanted; False when it moved under us."""
    cloudfront = cloud.client("cloudfront")
    moved = (cloudfront.exceptions.PreconditionFailed, cloudfront.exceptions.InvalidIfMatchVersion)
    try:
        cloudfront.update_distribution(Id=distribution_id, DistributionConfig=wanted, IfMatch=etag)
    except (*moved, HTTPClientError):
        # It may be our own success, whose answer was lost.
        return read_config(cloud, distribution_id)[0] == wanted
    return True


def close_buckets(cloud: Cloud, config: Config, around: Surroundings, yes: bool) -> list[str]:
    """Blocks public access to each bucket that the distribution no longer needs public; returns their names."""
    closed = []
    for origin in origins(config, "spa"):
        bucket = around.buckets.get(origin["DomainName"])
        if not bucket or bucket.is_private or not bucket.lets_in or not origin.get("OriginAccessControlId"):
            continue
        name = origin["DomainName"].split(".s3")[0]
        confirm(f"Block all public access to bucket {name}?", yes)
        every_way = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        cloud.client("s3").put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(every_way, True)
        )
        progress(f"bucket {name} is private")
        closed.append(name)
    return closed


# --- the command ----------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.edge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    explainer = commands.add_parser(
        "explain", help="which behaviour, origin and cache policy serve an address, and why"
    )
    explainer.add_argument(
        "urls", nargs="+", metavar="URL", type=parse_address, help="an address, or a path beginning with /"
    )
    checker = commands.add_parser("check", help="exit 1 and the differences unless every path goes where it should")
    fixer = commands.add_parser("fix", help="the smallest change that repairs it, and wait until it is deployed")
    fixer.add_argument("--yes", action="store_true", help="answer the plan with yes")
    for command in (explainer, checker):
        command.add_argument("--json", action="store_true")
    for command in (explainer, checker, fixer):
        command.add_argument("--stage", default="prod", help="local, or a stage of .chalice/config.json (default prod)")
        which = command.add_mutually_exclusive_group()
        which.add_argument("--id", default="", help="the distribution's id")
        which.add_argument("--domain", default="", help="its domain name, or one of its aliases")
        which.add_argument("--stack", default="", help="the stack that made it (default: the stage's)")
    options = parser.parse_args()
    cloud = find_cloud(options.stage)
    domain = options.domain
    if options.command == "explain" and not (options.id or domain or options.stack or cloud.endpoint):
        hosts = {url.hostname for url in options.urls} - {None}
        domain = str(hosts.pop()) if len(hosts) == 1 else ""
    found = find_distribution(cloud, id_=options.id, domain=domain, stack=options.stack)
    if options.command == "check":
        check(cloud, found, options.json)
    elif options.command == "fix":
        fix(cloud, found, options.yes)
    else:
        config, _ = read_config(cloud, found)
        around = look_around(cloud, found, config)
        explained = [explain(config, around, url) for url in options.urls]
        if options.json:
            print(json.dumps(explained, indent=2))
        else:
            for each in explained:
                show_explanation(each)
    return 0


if __name__ == "__main__":
    run_tool(main)
