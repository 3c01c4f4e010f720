"""The CloudFront distribution: what serves an address and why, what is wrong with it, and the smallest repair."""

import argparse
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from tools import env
from tools.common import stacks
from tools.common.cloud import APP, ROOT, Cloud, find_cloud
from tools.common.console import Refused, confirm, progress, run_tool
from tools.edge import distribution
from tools.edge.distribution import Bucket, CachePolicy, Config, Facts, RequestPolicy
from tools.edge.routing import ROUTES

DEPLOY_TIMEOUT_S = 1800
POLL_S = 5.0
MAX_TRIES = 5
HEADERS_POLICIES = {"ApiHeaders": "api", "PageHeaders": "pages"}


# --- finding it -----------------------------------------------------------------------------------


def find_distribution(cloud: Cloud, *, id_: str = "", domain: str = "", stack: str = "") -> str:
    if id_:
        return id_
    if domain:
        for found in _pages(cloud, "list_distributions", "DistributionList"):
            if domain in (found["DomainName"], *(found.get("Aliases", {}).get("Items") or [])):
                return str(found["Id"])
        raise Refused(f"no distribution of this account answers to {domain}")
    stack = stack or f"{APP}-{cloud.resource_stage}-edge"
    outputs = stacks.outputs(cloud.client("cloudformation"), stack)
    if "DistributionId" not in outputs:
        raise Refused(f"stack {stack} names no DistributionId: name the distribution with --id or --domain")
    return outputs["DistributionId"]


def read_config(cloud: Cloud, distribution_id: str) -> tuple[Config, str]:
    cloudfront = cloud.client("cloudfront")
    try:
        found = cloudfront.get_distribution_config(Id=distribution_id)
    except cloudfront.exceptions.NoSuchDistribution as error:
        raise Refused(f"there is no distribution {distribution_id} in this account") from error
    return found["DistributionConfig"], found["ETag"]


def _pages(cloud: Cloud, operation: str, member: str, **arguments: str) -> Iterator[dict[str, Any]]:
    """Every item of one of CloudFront's lists."""
    call = getattr(cloud.client("cloudfront"), operation)
    marker: dict[str, str] = {}
    while True:
        page = call(**arguments, **marker)[member]
        yield from page.get("Items") or []
        if not page.get("NextMarker"):
            return
        marker = {"Marker": page["NextMarker"]}


# --- the facts around it --------------------------------------------------------------------------


def gather_facts(cloud: Cloud, distribution_id: str, config: Config) -> Facts:
    cloudfront = cloud.client("cloudfront")
    arn = cloudfront.get_distribution(Id=distribution_id)["Distribution"]["ARN"]
    all_behaviours = [*distribution.behaviours(config), config["DefaultCacheBehavior"]]
    return Facts(
        cache_policies={
            id_: _cache_policy(cloudfront, id_)
            for id_ in {each["CachePolicyId"] for each in all_behaviours if each.get("CachePolicyId")}
        },
        request_policies={
            id_: _request_policy(cloudfront, id_)
            for id_ in {each["OriginRequestPolicyId"] for each in all_behaviours if each.get("OriginRequestPolicyId")}
        },
        headers_policies=_headers_policies(cloud),
        function_arn=_function_arn(cloud),
        access_control_id=_access_control_id(cloud),
        secrets=_origin_secrets(cloud),
        api_path=_api_path(cloud.stage),
        buckets={
            origin["DomainName"]: _bucket(cloud, origin, arn)
            for origin in distribution.origins(config, "spa")
            if ".s3-website" not in origin["DomainName"]
        },
    )


def _cache_policy(cloudfront: Any, id_: str) -> CachePolicy:
    found = cloudfront.get_cache_policy(Id=id_)["CachePolicy"]["CachePolicyConfig"]
    return CachePolicy(found["Name"], found["MinTTL"], found.get("MaxTTL", 31536000))


def _request_policy(cloudfront: Any, id_: str) -> RequestPolicy:
    found = cloudfront.get_origin_request_policy(Id=id_)["OriginRequestPolicy"]["OriginRequestPolicyConfig"]
    named = [header.lower() for header in (found["HeadersConfig"].get("Headers") or {}).get("Items") or []]
    behavior = found["HeadersConfig"]["HeaderBehavior"]
    sends_all = behavior in ("allViewer", "allViewerAndWhitelistCloudFront", "allExcept")
    sends_host = "host" in named if behavior == "whitelist" else sends_all
    if behavior == "allExcept":
        sends_host = "host" not in named
        sends_all = "authorization" not in named
    return RequestPolicy(
        found["Name"],
        sends_host=sends_host,
        sends_query=found["QueryStringsConfig"]["QueryStringBehavior"] == "all",
        sends_headers=sends_all,
    )


def _headers_policies(cloud: Cloud) -> dict[str, str]:
    found = {
        item["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"]: item["ResponseHeadersPolicy"]["Id"]
        for item in _pages(cloud, "list_response_headers_policies", "ResponseHeadersPolicyList", Type="custom")
    }
    named = {name: f"{APP}-{cloud.resource_stage}-{ending}" for name, ending in HEADERS_POLICIES.items()}
    return {name: found[policy] for name, policy in named.items() if policy in found}


def _function_arn(cloud: Cloud) -> str | None:
    cloudfront = cloud.client("cloudfront")
    name = f"{APP}-{cloud.resource_stage}-viewer-request"
    with contextlib.suppress(cloudfront.exceptions.NoSuchFunctionExists):
        found = cloudfront.describe_function(Name=name, Stage="LIVE")
        return str(found["FunctionSummary"]["FunctionMetadata"]["FunctionARN"])
    return None


def _access_control_id(cloud: Cloud) -> str | None:
    name = f"{APP}-{cloud.resource_stage}"
    for found in _pages(cloud, "list_origin_access_controls", "OriginAccessControlList"):
        if found["Name"] == name:
            return str(found["Id"])
    return None


def _origin_secrets(cloud: Cloud) -> tuple[str, ...] | None:
    """What the API takes in X-Origin-Verify, the newest first; None when no function says."""
    functions = env.existing_functions(cloud)
    if not functions:
        return None
    value = env.live_environment(cloud, functions[0])[0].get("SCC_ORIGIN_SECRETS", "")
    if value.startswith("ssm:"):
        ssm = cloud.client("ssm")
        try:
            value = ssm.get_parameter(Name=value.removeprefix("ssm:"), WithDecryption=True)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            return None
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _api_path(stage: str) -> str | None:
    stages = json.loads((ROOT / ".chalice/config.json").read_text())["stages"]
    return f"/{stages[stage]['api_gateway_stage']}" if stage in stages else None


def _bucket(cloud: Cloud, origin: dict[str, Any], distribution_arn: str) -> Bucket:
    s3, name = cloud.client("s3"), origin["DomainName"].split(".s3")[0]
    blocked = _or_none(lambda: s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]) or {}
    policy_text = _or_none(lambda: s3.get_bucket_policy(Bucket=name)["Policy"])
    statements = json.loads(policy_text)["Statement"] if policy_text else []
    open_policy = any(_lets_everybody(statement) for statement in statements)
    grants = _or_none(lambda: s3.get_bucket_acl(Bucket=name)["Grants"]) or []
    open_acl = any("AllUsers" in grant["Grantee"].get("URI", "") for grant in grants)
    flat = _exists(s3, name, "index.html") and not _exists(s3, name, "production/index.html")
    return Bucket(
        is_private=not (open_policy and not blocked.get("RestrictPublicBuckets"))
        and not (open_acl and not blocked.get("IgnorePublicAcls")),
        lets_in=any(distribution_arn in json.dumps(s) for s in statements if s["Effect"] == "Allow")
        or any(origin_identity(origin) in json.dumps(s) for s in statements if origin_identity(origin)),
        is_flat=flat,
    )


def origin_identity(origin: dict[str, Any]) -> str:
    """The older way to let CloudFront in."""
    return str(origin.get("S3OriginConfig", {}).get("OriginAccessIdentity", "")).rpartition("/")[2]


def _lets_everybody(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and principal.get("AWS") == "*")
    return everybody and statement["Effect"] == "Allow" and not statement.get("Condition")


def _or_none(call: Callable[[], Any]) -> Any:
    """What S3 answers, None where it says that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"].startswith(("NoSuch", "404", "NotFound")):
            return None
        raise


def _exists(s3: Any, bucket: str, key: str) -> bool:
    return _or_none(lambda: s3.head_object(Bucket=bucket, Key=key)) is not None


# --- explain --------------------------------------------------------------------------------------


def explain(config: Config, facts: Facts, url: str) -> dict[str, Any]:
    path = urlsplit(url).path or "/"
    listed = distribution.behaviours(config)
    place, behaviour = distribution.serving(config, path)
    origin = next(each for each in config["Origins"]["Items"] if each["Id"] == behaviour["TargetOriginId"])
    passed = [each["PathPattern"] for each in (listed if place is None else listed[:place])]
    policy = facts.cache_policies.get(behaviour.get("CachePolicyId", ""))
    request = facts.request_policies.get(behaviour.get("OriginRequestPolicyId", ""))
    functions = (behaviour.get("FunctionAssociations") or {}).get("Items") or []
    pages = (config.get("CustomErrorResponses") or {}).get("Items") or []
    return {
        "path": path,
        "behaviour": behaviour.get("PathPattern", "default (*)"),
        "place": f"{len(listed) + 1 if place is None else place + 1} of {len(listed) + 1}",
        "passed_over": passed,
        "origin": f"{origin['Id']}: {origin['DomainName']}{origin.get('OriginPath', '')}",
        "kind": distribution.kind_of(origin),
        "cache": (policy.name if policy else "settings of its own")
        + (", nothing is cached" if policy and policy.max_ttl_s == 0 else ""),
        "origin_request": request.name if request else "none: no Authorization, no query reaches the origin",
        "methods": (behaviour.get("AllowedMethods") or {}).get("Items") or ["GET", "HEAD"],
        "viewer_protocol": behaviour["ViewerProtocolPolicy"],
        "functions": [f"{each['EventType']}: {each['FunctionARN'].rpartition('/')[2]}" for each in functions],
        "error_pages": [
            f"{page['ErrorCode']} -> {page['ResponsePagePath']}" for page in pages if page.get("ResponsePagePath")
        ],
    }


def show_explanation(facts: dict[str, Any]) -> None:
    over = facts["passed_over"]
    why = f"first that matches; {', '.join(over)} do not" if over else "the first one, and it matches"
    if facts["behaviour"].startswith("default"):
        why = f"none of {', '.join(over)} matches" if over else "there is no other"
    print(facts["path"])
    print(f"  behaviour       {facts['behaviour']}, {facts['place']} ({why})")
    print(f"  origin          {facts['origin']}")
    print(f"  cache           {facts['cache']}")
    print(f"  origin request  {facts['origin_request']}")
    print(f"  methods         {' '.join(facts['methods'])}, {facts['viewer_protocol']}")
    print(f"  functions       {', '.join(facts['functions']) or 'none'}")
    if facts["error_pages"]:
        print(f"  error pages     {', '.join(facts['error_pages'])}")


# --- check and fix --------------------------------------------------------------------------------


def check(cloud: Cloud, distribution_id: str, as_json: bool) -> int:
    config, _ = read_config(cloud, distribution_id)
    facts = gather_facts(cloud, distribution_id, config)
    problems = distribution.find_problems(config, facts)
    if as_json:
        print(
            json.dumps({"distribution": distribution_id, "problems": [problem.text for problem in problems]}, indent=2)
        )
    else:
        for problem in problems:
            print(f"- {problem.text}{'' if problem.mend else f' ({problem.hint})'}")
        if not problems:
            print(f"{distribution_id} is as it should be: {len(ROUTES)} routes checked")
        elif facts.secrets is None:
            print("  not compared: the origin secret, as no function of this stage is deployed")
    if problems:
        mendable = sum(1 for problem in problems if problem.mend)
        raise Refused(f"{distribution_id} differs in {len(problems)} points; `edge fix` mends {mendable} of them")
    return 0


def fix(cloud: Cloud, distribution_id: str, yes: bool, *, poll_s: float = POLL_S) -> int:
    """Mends by compare-and-swap; what somebody else changes meanwhile stays."""
    agreed: list[str] | None = None
    for _ in range(MAX_TRIES):
        config, etag = read_config(cloud, distribution_id)
        facts = gather_facts(cloud, distribution_id, config)
        wanted, _ = distribution.plan(config, facts)
        changes = distribution.differences(config, wanted)
        if not changes:
            if agreed is None:
                print(f"{distribution_id}: nothing to change")
            break
        if changes != agreed:
            for change in changes:
                print(f"  {change}")
            confirm(f"Change distribution {distribution_id}?", yes)
            agreed = changes
        if _swap(cloud, distribution_id, wanted, etag):
            break
        progress("somebody else changed it meanwhile: reading it again")
    else:
        raise Refused(f"{distribution_id} was changed by others {MAX_TRIES} times: nothing done, try again")
    if agreed is not None:
        wait_until_deployed(cloud, distribution_id, poll_s)
    close_buckets(cloud, distribution_id, yes)
    config, _ = read_config(cloud, distribution_id)
    left = distribution.find_problems(config, gather_facts(cloud, distribution_id, config))
    for problem in left:
        print(f"- {problem.text} ({problem.hint})")
    if left:
        raise Refused(f"{distribution_id} still differs in {len(left)} points that this tool does not mend, see above")
    return 0


def _swap(cloud: Cloud, distribution_id: str, wanted: Config, etag: str) -> bool:
    """Whether the distribution is now as wanted; False when it moved under us."""
    cloudfront = cloud.client("cloudfront")
    try:
        cloudfront.update_distribution(Id=distribution_id, DistributionConfig=wanted, IfMatch=etag)
    except (cloudfront.exceptions.PreconditionFailed, cloudfront.exceptions.InvalidIfMatchVersion):
        # It may be our own success, whose answer was lost and which botocore then tried again.
        return read_config(cloud, distribution_id)[0] == wanted
    except HTTPClientError:
        return read_config(cloud, distribution_id)[0] == wanted
    return True


def wait_until_deployed(cloud: Cloud, distribution_id: str, poll_s: float) -> None:
    started_at = time.monotonic()
    while time.monotonic() - started_at < DEPLOY_TIMEOUT_S:
        status = cloud.client("cloudfront").get_distribution(Id=distribution_id)["Distribution"]["Status"]
        progress(f"distribution {distribution_id}: {status}")
        if status == "Deployed":
            return
        time.sleep(poll_s)
    raise Refused(
        f"{distribution_id} is changed, but not deployed everywhere after {DEPLOY_TIMEOUT_S} s: look again later"
    )


def close_buckets(cloud: Cloud, distribution_id: str, yes: bool) -> None:
    """Blocks public access to a bucket that the distribution no longer needs public."""
    config, _ = read_config(cloud, distribution_id)
    facts = gather_facts(cloud, distribution_id, config)
    for origin in distribution.origins(config, "spa"):
        bucket = facts.buckets.get(origin["DomainName"])
        if not bucket or bucket.is_private or not bucket.lets_in or not origin.get("OriginAccessControlId"):
            continue
        name = origin["DomainName"].split(".s3")[0]
        confirm(f"Block all public access to bucket {name}?", yes)
        cloud.client("s3").put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )
        progress(f"bucket {name} is private")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.edge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    explainer = commands.add_parser(
        "explain", help="which behaviour, origin and cache policy serve an address, and why"
    )
    explainer.add_argument("urls", nargs="+", metavar="URL", help="an address, or a path beginning with /")
    checker = commands.add_parser("check", help="exit 1 and the differences unless every path goes where it should")
    fixer = commands.add_parser("fix", help="the smallest change that mends it, and wait until it is deployed")
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
    try:
        cloud = find_cloud(options.stage)
        domain = options.domain
        if options.command == "explain" and not (options.id or domain or options.stack or cloud.endpoint):
            hosts = {urlsplit(url).hostname for url in options.urls} - {None}
            domain = str(hosts.pop()) if len(hosts) == 1 else ""
        found = find_distribution(cloud, id_=options.id, domain=domain, stack=options.stack)
        if options.command == "check":
            return check(cloud, found, options.json)
        if options.command == "fix":
            return fix(cloud, found, options.yes)
        config, _ = read_config(cloud, found)
        facts = gather_facts(cloud, found, config)
        explained = [explain(config, facts, url) for url in options.urls]
    except (BotoCoreError, ClientError) as error:
        raise Refused(str(error)) from error
    if options.json:
        print(json.dumps(explained, indent=2))
    else:
        for each in explained:
            show_explanation(each)
    return 0


if __name__ == "__main__":
    run_tool(main)
