"""Finds a distribution in AWS, and what stands around its configuration: policies, function, secret, buckets."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from tools.common import stacks
from tools.common.cloud import APP, Cloud, api_stage
from tools.common.console import Refused
from tools.common.functions import find_api_environment
from tools.edge.distribution import Config, behaviours, origins
from tools.edge.problems import CachePolicy, OriginBucket, RequestPolicy, Surroundings

HEADERS_POLICIES = {"ApiHeaders": "api", "PageHeaders": "pages"}


def find_distribution(cloud: Cloud, *, id_: str = "", domain: str = "", stack: str = "") -> str:
    if id_:
        return id_
    if domain:
        for found in _pages(cloud, "list_distributions", "DistributionList"):
            if domain in (found["DomainName"], *(found.get("Aliases", {}).get("Items") or [])):
                return str(found["Id"])
        raise Refused(f"no distribution of this account answers to {domain}")
    stack = stack or stacks.stack_name(cloud.resource_stage, "edge")
    outputs = stacks.outputs(cloud.client("cloudformation"), stack)
    if "DistributionId" not in outputs:
        raise Refused(f"stack {stack} names no DistributionId: name the distribution with --id or --domain")
    return outputs["DistributionId"]


def read_config(cloud: Cloud, distribution_id: str) -> tuple[Config, str]:
    """The configuration, and the ETag under which it may be replaced."""
    cloudfront = cloud.client("cloudfront")
    try:
        found = cloudfront.get_distribution_config(Id=distribution_id)
    except cloudfront.exceptions.NoSuchDistribution as error:
        raise Refused(f"there is no distribution {distribution_id} in this account") from error
    return found["DistributionConfig"], found["ETag"]


def look_around(cloud: Cloud, distribution_id: str, config: Config) -> Surroundings:
    cloudfront = cloud.client("cloudfront")
    arn = cloudfront.get_distribution(Id=distribution_id)["Distribution"]["ARN"]
    every = [*behaviours(config), config["DefaultCacheBehavior"]]

    def used(policy: str) -> set[str]:
        return {each[policy] for each in every if each.get(policy)}

    return Surroundings(
        cache_policies={id_: _cache_policy(cloudfront, id_) for id_ in used("CachePolicyId")},
        request_policies={id_: _request_policy(cloudfront, id_) for id_ in used("OriginRequestPolicyId")},
        headers_policies=_headers_policies(cloud),
        function_arn=_function_arn(cloud),
        access_control_id=_access_control_id(cloud),
        secrets=_origin_secrets(cloud),
        api_path=f"/{stage}" if (stage := api_stage(cloud.stage)) else None,
        buckets={
            origin["DomainName"]: _bucket(cloud, origin, arn)
            for origin in origins(config, "spa")
            if ".s3-website" not in origin["DomainName"]
        },
    )


def _pages(cloud: Cloud, operation: str, member: str, **arguments: str) -> Iterator[dict[str, Any]]:
    """Every item of one of CloudFront's lists."""
    call = getattr(cloud.client("cloudfront"), operation)
    while True:
        page = call(**arguments)[member]
        yield from page.get("Items") or []
        if not page.get("NextMarker"):
            return
        arguments["Marker"] = page["NextMarker"]


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
    ours = {name: f"{APP}-{cloud.resource_stage}-{ending}" for name, ending in HEADERS_POLICIES.items()}
    return {name: found[policy] for name, policy in ours.items() if policy in found}


def _function_arn(cloud: Cloud) -> str | None:
    name = f"{APP}-{cloud.resource_stage}-viewer-request"
    found = _or_none(lambda: cloud.client("cloudfront").describe_function(Name=name, Stage="LIVE"))
    return found["FunctionSummary"]["FunctionMetadata"]["FunctionARN"] if found else None


def _access_control_id(cloud: Cloud) -> str | None:
    controls = _pages(cloud, "list_origin_access_controls", "OriginAccessControlList")
    return next((found["Id"] for found in controls if found["Name"] == f"{APP}-{cloud.resource_stage}"), None)


def _origin_secrets(cloud: Cloud) -> tuple[str, ...] | None:
    """What the API takes in X-Origin-Verify, the newest first; None when no function says."""
    variables = find_api_environment(cloud)
    if variables is None:
        return None
    found = _or_none(lambda: cloud.resolve(variables.get("SCC_ORIGIN_SECRETS", "")))
    return None if found is None else tuple(part.strip() for part in found.split(",") if part.strip())


def _bucket(cloud: Cloud, origin: Config, distribution_arn: str) -> OriginBucket:
    s3, name = cloud.client("s3"), origin["DomainName"].split(".s3")[0]
    blocked = _or_none(lambda: s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]) or {}
    policy_text = _or_none(lambda: s3.get_bucket_policy(Bucket=name)["Policy"])
    statements = json.loads(policy_text)["Statement"] if policy_text else []
    open_policy = any(_lets_everybody(statement) for statement in statements)
    grants = _or_none(lambda: s3.get_bucket_acl(Bucket=name)["Grants"]) or []
    open_acl = any("AllUsers" in grant["Grantee"].get("URI", "") for grant in grants)
    # The older way to let CloudFront in.
    identity = str(origin.get("S3OriginConfig", {}).get("OriginAccessIdentity", "")).rpartition("/")[2]
    allowed = [json.dumps(statement) for statement in statements if statement["Effect"] == "Allow"]
    return OriginBucket(
        is_private=not (open_policy and not blocked.get("RestrictPublicBuckets"))
        and not (open_acl and not blocked.get("IgnorePublicAcls")),
        lets_in=any(distribution_arn in each or (identity and identity in each) for each in allowed),
        is_flat=_exists(s3, name, "index.html") and not _exists(s3, name, "production/index.html"),
    )


def _lets_everybody(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and principal.get("AWS") == "*")
    return everybody and statement["Effect"] == "Allow" and not statement.get("Condition")


def _exists(s3: Any, bucket: str, key: str) -> bool:
    return _or_none(lambda: s3.head_object(Bucket=bucket, Key=key)) is not None


def _or_none(call: Callable[[], Any]) -> Any:
    """What AWS answers, None where it says that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"].startswith(("NoSuch", "404", "NotFound", "ParameterNotFound")):
            return None
        raise
