"""tools.edge: the routing table holds, each broken distribution is named, and repaired by the smallest change."""

import argparse
import copy
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.support.functions import create_functions
from tests.support.running import AWS_KEYS, ROOT, Product
from tests.support.table import read_template
from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.edge import __main__ as edge
from tools.edge.check import check
from tools.edge.distribution import differences, serving
from tools.edge.lookup import find_distribution, look_around, read_config
from tools.edge.problems import Surroundings, find_problems, plan
from tools.edge.routing import (
    ALL_VIEWER_EXCEPT_HOST,
    CACHING_DISABLED,
    CACHING_OPTIMIZED,
    DEFAULT,
    KEPT_ERRORS,
    PAGES,
    ROUTES,
    covers,
    matches,
    overlaps,
)
from tools.local.embedded import EmbeddedAws

Config = dict[str, Any]
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
SECRET = "s" * 40
IN_ORDER = "/photos/*, /api/*, /g/*/waiver, /c/*, /assets/*, /_staging/*, /_preview/*"
REST = ("OPTIONS", "PUT", "PATCH", "POST", "DELETE")


def listed(*items: Any) -> Config:
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}


# --- the table ------------------------------------------------------------------------------------


def template_behaviours() -> list[Config]:
    template = read_template(ROOT / ".chalice/edge.yaml")
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    return [*config["CacheBehaviors"], {"PathPattern": "*"} | config["DefaultCacheBehavior"]]


def test_the_template_is_the_routing_table() -> None:
    found = template_behaviours()
    assert [each["PathPattern"] for each in found] == [route.pattern for route in ROUTES]
    for behaviour, route in zip(found, ROUTES, strict=True):
        assert behaviour["TargetOriginId"] == route.origin
        assert behaviour["CachePolicyId"] == route.cache_policy
        assert behaviour.get("OriginRequestPolicyId", "") == route.request_policy
        assert tuple(behaviour.get("AllowedMethods", ("GET", "HEAD"))) == route.methods
        assert behaviour["ResponseHeadersPolicyId"] == route.headers
        assert bool(behaviour.get("FunctionAssociations")) == route.has_function
        assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"


def test_the_template_lets_the_edge_keep_no_error() -> None:
    template = read_template(ROOT / ".chalice/edge.yaml")
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert config["CustomErrorResponses"] == [{"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in KEPT_ERRORS]
    assert {500, 502, 503, 504} <= set(KEPT_ERRORS)


def test_the_function_says_what_may_be_kept_and_the_edge_only_where_it_is_silent() -> None:
    """A feed may be kept and asked for again; Chalice's own errors carry no header of ours."""
    template = read_template(ROOT / ".chalice/edge.yaml")
    policy = template["Resources"]["ApiHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    kept = [one for one in policy["CustomHeadersConfig"]["Items"] if one["Header"] == "Cache-Control"]
    assert kept == [{"Header": "Cache-Control", "Value": "no-store", "Override": False}]


def test_every_route_of_the_app_reaches_the_api() -> None:
    from app import app

    patterns = [route.pattern for route in ROUTES if route.origin == "api"]
    for path in app.routes:
        example = "/".join("AAAA" if part.startswith("{") else part for part in path.split("/"))
        assert any(matches(pattern, example) for pattern in patterns), path


def test_every_page_of_the_app_is_one_that_no_added_behaviour_may_swallow() -> None:
    rows = re.findall(
        r"""\{\s*path: "(/[^"]*)",(.*?)load:""", (ROOT / "spa/src/shell/pages.tsx").read_text(), re.DOTALL
    )
    pages = {re.sub(r":\w+", 22 * "A", path) for path, rest in rows if "byServer" not in rest}
    assert len(pages) > 15
    assert pages | {"/index.html", "/sw.js", "/manifest.webmanifest"} == set(PAGES)


def test_patterns_match_as_cloudfront_matches_them() -> None:
    assert matches("/g/*/waiver", "/g/a/b/waiver")
    assert matches("api/*", "/api/health")
    assert not matches("/api/*", "/API/health")
    assert matches("*.js", "/assets/a.js")
    assert matches("/g/?", "/g/x")
    assert not matches("/g/?", "/g/xy")
    assert covers("/g/*", "/g/*/waiver")
    assert not covers("/g/?/waiver", "/g/*/waiver")
    assert overlaps("*.csv", "/api/*")
    assert overlaps("/*/waiver", "/g/*")
    assert not overlaps("/g/*/waiver", "/api/*")


# --- ten broken ones, as data ---------------------------------------------------------------------


def good_config(names: "Names") -> Config:
    """A distribution as a person might have made it: other ids, comments and extras than ours."""

    def behaviour(route: Any) -> Config:
        functions = [{"FunctionARN": names.function_arn, "EventType": "viewer-request"}] if route.has_function else []
        return {
            "TargetOriginId": {"api": "gateway", "spa": "files"}[route.origin],
            "TrustedSigners": {"Enabled": False, "Quantity": 0},
            "ViewerProtocolPolicy": "https-only",
            "AllowedMethods": {**listed(*route.methods), "CachedMethods": listed("GET", "HEAD")},
            "SmoothStreaming": False,
            "Compress": True,
            "FunctionAssociations": listed(*functions),
            "CachePolicyId": route.cache_policy,
            **({"OriginRequestPolicyId": route.request_policy} if route.request_policy else {}),
            "ResponseHeadersPolicyId": names.headers[route.headers],
        }

    api = {
        "Id": "gateway",
        "DomainName": "abc123.execute-api.us-east-1.amazonaws.com",
        "OriginPath": "/live",
        "CustomHeaders": listed({"HeaderName": "X-Origin-Verify", "HeaderValue": SECRET}),
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": listed("TLSv1.2"),
            "OriginReadTimeout": 30,
            "OriginKeepaliveTimeout": 5,
        },
    }
    files = {
        "Id": "files",
        "DomainName": f"{names.bucket}.s3.us-east-1.amazonaws.com",
        "OriginPath": "",
        "CustomHeaders": listed(),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": names.access_control_id,
    }
    media = {"PathPattern": "/photos/*", **behaviour(replace(DEFAULT, has_function=False))}
    return {
        "CallerReference": names.bucket,
        "Comment": "made by hand",
        "Enabled": True,
        "PriceClass": "PriceClass_All",
        "HttpVersion": "http2",
        "Origins": listed(files, api),
        "CacheBehaviors": listed(media, *({"PathPattern": route.pattern} | behaviour(route) for route in ROUTES[:-1])),
        "DefaultCacheBehavior": behaviour(DEFAULT),
        "CustomErrorResponses": listed(*({"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in KEPT_ERRORS)),
    }


@dataclass(frozen=True)
class Names:
    bucket: str = "photos-and-pages"
    function_arn: str = "arn:aws:cloudfront::000000000000:function/picks"
    access_control_id: str = "E0AC"
    api_headers: str = "api-headers"
    page_headers: str = "page-headers"

    @property
    def headers(self) -> dict[str, str]:
        return {"ApiHeaders": self.api_headers, "PageHeaders": self.page_headers}


def of(config: Config, pattern: str) -> Config:
    return next(each for each in config["CacheBehaviors"]["Items"] if each["PathPattern"] == pattern)


def waiver_goes_to_s3(config: Config) -> None:
    of(config, "/g/*/waiver")["TargetOriginId"] = "files"


def waiver_has_no_behaviour(config: Config) -> None:
    config["CacheBehaviors"] = listed(
        *(b for b in config["CacheBehaviors"]["Items"] if b["PathPattern"] != "/g/*/waiver")
    )


def waiver_stands_behind_guests(config: Config) -> None:
    guests = copy.deepcopy(of(config, "/_staging/*")) | {"PathPattern": "/g/*", "CachePolicyId": CACHING_OPTIMIZED}
    config["CacheBehaviors"] = listed(guests, *config["CacheBehaviors"]["Items"])


def private_links_go_to_s3(config: Config) -> None:
    of(config, "/c/*")["TargetOriginId"] = "files"


def private_links_may_be_cached(config: Config) -> None:
    of(config, "/c/*")["CachePolicyId"] = CACHING_OPTIMIZED


def api_is_cached(config: Config) -> None:
    of(config, "/api/*")["CachePolicyId"] = CACHING_OPTIMIZED


def api_is_read_only(config: Config) -> None:
    of(config, "/api/*")["AllowedMethods"] = {**listed("HEAD", "GET"), "CachedMethods": listed("GET", "HEAD")}


def api_gets_no_authorization(config: Config) -> None:
    del of(config, "/api/*")["OriginRequestPolicyId"]


def api_gets_the_viewers_host(config: Config) -> None:
    of(config, "/g/*/waiver")["OriginRequestPolicyId"] = ALL_VIEWER


def errors_become_the_page(config: Config) -> None:
    page = {"ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200", "ErrorCachingMinTTL": 10}
    config["CustomErrorResponses"] = listed(*config["CustomErrorResponses"]["Items"], page)


def some_errors_are_kept(config: Config) -> None:
    kept = [item for item in config["CustomErrorResponses"]["Items"] if item["ErrorCode"] != 502]
    kept = [item | {"ErrorCachingMinTTL": 10} if item["ErrorCode"] == 500 else item for item in kept]
    config["CustomErrorResponses"] = listed(*kept)


def pages_have_no_function(config: Config) -> None:
    config["DefaultCacheBehavior"]["FunctionAssociations"] = listed()


def staging_is_cached_over_http(config: Config) -> None:
    of(config, "/_staging/*").update(CachePolicyId=CACHING_OPTIMIZED, ViewerProtocolPolicy="allow-all")


def previews_have_no_behaviour(config: Config) -> None:
    config["CacheBehaviors"] = listed(
        *(b for b in config["CacheBehaviors"]["Items"] if b["PathPattern"] != "/_preview/*")
    )


def bucket_is_read_without_control(config: Config) -> None:
    config["Origins"]["Items"][0]["OriginAccessControlId"] = ""


def api_gets_no_secret(config: Config) -> None:
    config["Origins"]["Items"][1]["CustomHeaders"] = listed()


def api_gets_an_old_secret(config: Config) -> None:
    config["Origins"]["Items"][1]["CustomHeaders"]["Items"][0]["HeaderValue"] = "old" * 15


def api_files_come_from_s3(config: Config) -> None:
    tables = copy.deepcopy(of(config, "/assets/*")) | {"PathPattern": "/api/*.csv"}
    config["CacheBehaviors"] = listed(tables, *config["CacheBehaviors"]["Items"])


def api_headers_are_the_pages(config: Config) -> None:
    of(config, "/api/*")["ResponseHeadersPolicyId"] = config["DefaultCacheBehavior"]["ResponseHeadersPolicyId"]


@dataclass(frozen=True)
class Broken:
    break_it: Callable[[Config], None]
    named: str
    """What `check` says of it."""
    changes: tuple[str, ...]
    """All that `fix` changes."""
    heals_whole: bool = True
    """Whether the repaired configuration is the good one to the letter."""


BROKEN = [
    Broken(
        waiver_goes_to_s3,
        "/g/*/waiver goes to files, not to the API",
        ("CacheBehaviors[/g/*/waiver].TargetOriginId: files -> gateway",),
    ),
    Broken(
        waiver_has_no_behaviour,
        "/g/*/waiver has no behaviour of its own: the default behaviour sends it to files",
        ("CacheBehaviors[/g/*/waiver]: added at place 7, to gateway",),
        heals_whole=False,
    ),
    Broken(
        waiver_stands_behind_guests,
        "/g/*/waiver stands behind /g/*, which answers first from files",
        (f"CacheBehaviors: order /g/*, {IN_ORDER} -> /g/*/waiver, /g/*, {IN_ORDER.replace('/g/*/waiver, ', '')}",),
        heals_whole=False,
    ),
    Broken(
        private_links_go_to_s3,
        "/c/* goes to files, not to the API",
        ("CacheBehaviors[/c/*].TargetOriginId: files -> gateway",),
    ),
    Broken(
        private_links_may_be_cached,
        "/c/* may answer from the cache (Managed-CachingOptimized)",
        (f"CacheBehaviors[/c/*].CachePolicyId: {CACHING_OPTIMIZED} -> {CACHING_DISABLED}",),
    ),
    Broken(
        api_is_cached,
        "/api/* may answer from the cache (Managed-CachingOptimized)",
        (f"CacheBehaviors[/api/*].CachePolicyId: {CACHING_OPTIMIZED} -> {CACHING_DISABLED}",),
    ),
    Broken(
        api_is_read_only,
        "/api/* does not let OPTIONS, PUT, PATCH, POST, DELETE through",
        (f"CacheBehaviors[/api/*].AllowedMethods.Items: {['HEAD', 'GET']} -> {['HEAD', 'GET', *REST]}",),
        heals_whole=False,
    ),
    Broken(
        api_gets_no_authorization,
        "/api/* has no origin-request policy",
        (f"CacheBehaviors[/api/*].OriginRequestPolicyId: nothing -> {ALL_VIEWER_EXCEPT_HOST}",),
    ),
    Broken(
        api_gets_the_viewers_host,
        "/g/*/waiver sends the viewer's Host (Managed-AllViewer), which API Gateway refuses",
        (f"CacheBehaviors[/g/*/waiver].OriginRequestPolicyId: {ALL_VIEWER} -> {ALL_VIEWER_EXCEPT_HOST}",),
    ),
    Broken(
        errors_become_the_page,
        "an API error 403 becomes /index.html with status 200: the error page masks the API's own answers",
        ("CustomErrorResponses[403]: removed",),
    ),
    Broken(
        some_errors_are_kept,
        "errors 500, 502 are kept by the edge and outlive their cause",
        (
            "CustomErrorResponses[500].ErrorCachingMinTTL: 10 -> 0",
            f"CustomErrorResponses[502]: added at place {len(KEPT_ERRORS)}",
        ),
        heals_whole=False,
    ),
    Broken(
        pages_have_no_function,
        "the default behaviour has no viewer-request function",
        ("DefaultCacheBehavior.FunctionAssociations[viewer-request]: added at place 1",),
    ),
    Broken(
        staging_is_cached_over_http,
        "/_staging/* may answer from the cache (Managed-CachingOptimized)",
        (
            "CacheBehaviors[/_staging/*].ViewerProtocolPolicy: allow-all -> redirect-to-https",
            f"CacheBehaviors[/_staging/*].CachePolicyId: {CACHING_OPTIMIZED} -> {CACHING_DISABLED}",
        ),
        heals_whole=False,
    ),
    Broken(
        previews_have_no_behaviour,
        "/_preview/* has no behaviour of its own: the default behaviour sends it to files",
        ("CacheBehaviors[/_preview/*]: added at place 7, to files",),
    ),
    Broken(
        bucket_is_read_without_control,
        "origin files reads S3 without an origin access control",
        ("Origins[files].OriginAccessControlId: nothing -> {access_control_id}",),
    ),
    Broken(
        api_gets_no_secret,
        "origin gateway is sent without X-Origin-Verify",
        ("Origins[gateway].CustomHeaders[X-Origin-Verify]: added at place 1",),
    ),
    Broken(
        api_gets_an_old_secret,
        "origin gateway is sent another secret in X-Origin-Verify",
        ("Origins[gateway].CustomHeaders[X-Origin-Verify].HeaderValue: another value",),
    ),
    Broken(
        api_files_come_from_s3,
        "/api/* stands behind /api/*.csv, which answers first from files",
        (f"CacheBehaviors: order /api/*.csv, {IN_ORDER} -> /api/*, /api/*.csv, {IN_ORDER.replace('/api/*, ', '')}",),
        heals_whole=False,
    ),
    Broken(
        api_headers_are_the_pages,
        "/api/* does not have the response-headers policy of the API",
        ("CacheBehaviors[/api/*].ResponseHeadersPolicyId: {page_headers} -> {api_headers}",),
    ),
]


@dataclass(frozen=True)
class Edge:
    """A stage's surroundings on the embedded AWS, in which distributions are made by hand."""

    cloud: Cloud
    names: Names

    def create(self, config: Config) -> str:
        config = config | {"CallerReference": uuid.uuid4().hex}
        made = self.cloud.client("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]
        self.let_in(made["ARN"])
        return str(made["Id"])

    def let_in(self, arn: str) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{self.names.bucket}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.cloud.client("s3").put_bucket_policy(Bucket=self.names.bucket, Policy=policy)

    def config(self, distribution_id: str) -> Config:
        return read_config(self.cloud, distribution_id)[0]


@pytest.fixture(scope="module")
def by_hand(embedded_aws: EmbeddedAws) -> Edge:
    cloud = Cloud(f"h{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    named = f"ship-captain-crew-{cloud.stage}"
    cloudfront, s3 = cloud.client("cloudfront"), cloud.client("s3")
    s3.create_bucket(Bucket=f"{named}-spa")
    function = cloudfront.create_function(
        Name=f"{named}-viewer-request",
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=(ROOT / ".chalice/viewer-request.js").read_bytes(),
    )
    cloudfront.publish_function(Name=f"{named}-viewer-request", IfMatch=function["ETag"])
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": named,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )
    headers = [
        cloudfront.create_response_headers_policy(
            ResponseHeadersPolicyConfig={
                "Name": f"{named}-{ending}",
                "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
            }
        )["ResponseHeadersPolicy"]["Id"]
        for ending in ("api", "pages")
    ]
    create_functions(cloud, {"SCC_ORIGIN_SECRETS": f"{SECRET},{'older' * 8}"})
    arn = function["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    return Edge(cloud, Names(f"{named}-spa", arn, control["OriginAccessControl"]["Id"], *headers))


def test_a_good_distribution_made_by_hand_passes_and_is_left_alone(
    by_hand: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    found = by_hand.create(good_config(by_hand.names))
    before = read_config(by_hand.cloud, found)
    check(by_hand.cloud, found)
    edge.fix(by_hand.cloud, found, yes=False)
    assert "nothing to change" in capsys.readouterr().out
    assert read_config(by_hand.cloud, found) == before


@pytest.mark.parametrize("broken", BROKEN, ids=[each.break_it.__name__ for each in BROKEN])
def test_what_is_broken_is_named_and_repaired_by_the_smallest_change(
    by_hand: Edge, broken: Broken, capsys: pytest.CaptureFixture[str]
) -> None:
    found = by_hand.create(good_config(by_hand.names))
    good = by_hand.config(found)
    config, etag = read_config(by_hand.cloud, found)
    broken.break_it(config)
    by_hand.cloud.client("cloudfront").update_distribution(Id=found, DistributionConfig=config, IfMatch=etag)
    before = by_hand.config(found)

    with pytest.raises(Refused, match=found):
        check(by_hand.cloud, found)
    assert broken.named in capsys.readouterr().out

    edge.fix(by_hand.cloud, found, yes=True)
    shown = capsys.readouterr().out
    after = by_hand.config(found)
    changes = [change.format(**vars(by_hand.names)) for change in broken.changes]
    assert differences(before, after) == changes
    assert all(change in shown for change in changes)
    assert SECRET not in shown
    if broken.heals_whole:
        assert after == good
    check(by_hand.cloud, found)


ADDED = {
    "/payments*": "/payments",
    "/mail": "/mail",
    "/manifest.webmanifest": "/manifest.webmanifest",
    "/*.webmanifest": "/manifest.webmanifest",
    "/week": "/week",
    "/events/*/manifest": f"/events/{22 * 'A'}/manifest",
    "payments/to-clear": "/payments/to-clear",
    "/?aivers": "/waivers",
    "*": "/",
}


@pytest.mark.parametrize("pattern", ADDED)
@pytest.mark.parametrize("in_front", [True, False])
def test_a_behaviour_that_sends_a_page_of_the_app_to_the_api_is_named_and_repaired(
    pattern: str, in_front: bool
) -> None:
    config = good_config(Names("spa"))
    added = copy.deepcopy(of(config, "/api/*")) | {"PathPattern": pattern}
    others = config["CacheBehaviors"]["Items"]
    config["CacheBehaviors"] = listed(*([added, *others] if in_front else [*others, added]))
    found = [problem.text for problem in find_problems(config, Surroundings())]
    assert any(f"{pattern} answers {ADDED[pattern]} and goes to gateway" in text for text in found), found
    repaired, left = plan(config, Surroundings())
    assert not [problem for problem in left if problem.repair]
    assert of(repaired, pattern)["TargetOriginId"] == "files"


def test_without_a_yes_the_plan_is_shown_and_nothing_changes(by_hand: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    config = good_config(by_hand.names)
    waiver_goes_to_s3(config)
    found = by_hand.create(config)
    before = read_config(by_hand.cloud, found)
    with pytest.raises(Refused, match="--yes"):
        edge.fix(by_hand.cloud, found, yes=False)
    assert "files -> gateway" in capsys.readouterr().out
    assert read_config(by_hand.cloud, found) == before


def test_all_of_it_broken_at_once_is_repaired_at_once(by_hand: Edge) -> None:
    config = good_config(by_hand.names)
    waiver_has_no_behaviour(config)
    for each in BROKEN:
        if each.break_it not in (waiver_goes_to_s3, api_gets_the_viewers_host, api_gets_an_old_secret):
            each.break_it(config)
    found = by_hand.create(config)
    edge.fix(by_hand.cloud, found, yes=True)
    check(by_hand.cloud, found)


def test_a_guests_behaviour_that_leads_to_the_api_gives_back_the_guest_page(by_hand: Edge) -> None:
    config = good_config(by_hand.names)
    of(config, "/g/*/waiver")["PathPattern"] = "/g/*"
    found = by_hand.create(config)
    edge.fix(by_hand.cloud, found, yes=True)
    assert serving(by_hand.config(found), "/g/abc")[1]["TargetOriginId"] == "files"
    assert serving(by_hand.config(found), "/g/abc/waiver")[1]["TargetOriginId"] == "gateway"


def test_a_public_bucket_is_named_and_closed(by_hand: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    found = by_hand.create(good_config(by_hand.names))
    s3, bucket = by_hand.cloud.client("s3"), by_hand.names.bucket
    s3.delete_public_access_block(Bucket=bucket)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy["Statement"].append(everybody)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    with pytest.raises(Refused):
        check(by_hand.cloud, found)
    assert "the bucket of origin files is public" in capsys.readouterr().out
    edge.fix(by_hand.cloud, found, yes=True)
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())


def test_a_bucket_that_does_not_know_the_distribution_is_named(
    by_hand: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    found = by_hand.create(good_config(by_hand.names))
    by_hand.let_in("arn:aws:cloudfront::000000000000:distribution/ANOTHER")
    with pytest.raises(Refused, match="this tool does not repair"):
        edge.fix(by_hand.cloud, found, yes=True)
    assert "does not let this distribution read" in capsys.readouterr().out


def test_an_error_page_stays_where_the_pages_would_have_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    config = good_config(Names())
    errors_become_the_page(config)
    pages_have_no_function(config)
    wanted, left = plan(config, Surroundings())
    assert differences(config, wanted) == []
    assert {problem.hint != "" for problem in left} == {True}


# --- others at work -------------------------------------------------------------------------------


def test_a_concurrent_edit_survives_the_repair(by_hand: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    config = good_config(by_hand.names)
    waiver_goes_to_s3(config)
    found = by_hand.create(config)
    cloudfront = by_hand.cloud.client("cloudfront")
    read, edits = cloudfront.get_distribution_config, iter(["first", "second"])

    def read_while_others_work(**request: Any) -> Any:
        answer = read(**request)
        if edit := next(edits, None):
            theirs = read(**request)
            config = theirs["DistributionConfig"] | {"Comment": edit}
            cloudfront.update_distribution(Id=found, DistributionConfig=config, IfMatch=theirs["ETag"])
        return answer

    monkeypatch.setattr(cloudfront, "get_distribution_config", read_while_others_work)
    edge.fix(by_hand.cloud, found, yes=True)
    after = by_hand.config(found)
    assert after["Comment"] == "second"
    assert of(after, "/g/*/waiver")["TargetOriginId"] == "gateway"


def test_a_lost_reply_is_recognised_as_our_own_success(by_hand: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    config = good_config(by_hand.names)
    waiver_goes_to_s3(config)
    found = by_hand.create(config)
    cloudfront = by_hand.cloud.client("cloudfront")
    update, calls = cloudfront.update_distribution, []

    def update_and_lose_the_reply(**request: Any) -> Any:
        calls.append(request)
        update(**request)
        raise ReadTimeoutError(endpoint_url="cloudfront")

    monkeypatch.setattr(cloudfront, "update_distribution", update_and_lose_the_reply)
    edge.fix(by_hand.cloud, found, yes=True)
    assert len(calls) == 1


# --- finding and explaining -----------------------------------------------------------------------


def test_it_is_found_by_its_domain(by_hand: Edge) -> None:
    config = good_config(by_hand.names) | {"Aliases": listed("charters.example.com")}
    found = by_hand.create(config)
    domain = by_hand.cloud.client("cloudfront").get_distribution(Id=found)["Distribution"]["DomainName"]
    assert find_distribution(by_hand.cloud, domain=domain) == found
    assert find_distribution(by_hand.cloud, domain="charters.example.com") == found
    with pytest.raises(Refused, match="no distribution"):
        find_distribution(by_hand.cloud, domain="nobody.example")


def test_an_explanation_says_who_answers_and_why(by_hand: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    found = by_hand.create(good_config(by_hand.names))
    config = by_hand.config(found)
    around = look_around(by_hand.cloud, found, config)
    explained = edge.explain(config, around, edge.parse_address("https://charters.example.com/g/abc/waiver?signed=1"))
    assert (explained["behaviour"], explained["kind"]) == ("/g/*/waiver", "api")
    assert explained["cache"] == "Managed-CachingDisabled, nothing is cached"
    assert explained["passed_over"] == ["/photos/*", "/api/*"]
    assert edge.explain(config, around, edge.parse_address("/g/abc"))["behaviour"] == "default (*)"
    preview = edge.explain(config, around, edge.parse_address("/_preview/0123456789ab/g/abc"))
    assert (preview["behaviour"], preview["kind"]) == ("/_preview/*", "spa")
    edge.show_explanation(explained)
    assert "first that matches" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    ["http://[", "", "api/events", "x y", "/a b", "/a\nb", "https://", "javascript:alert(1)", "localhost:8000/g/x"],
)
def test_what_no_viewer_could_ask_for_is_wrong_usage(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="address"):
        edge.parse_address(text)


def test_the_command_exits_1_with_one_line_and_0_once_repaired(by_hand: Edge) -> None:
    config = good_config(by_hand.names)
    waiver_goes_to_s3(config)
    found = by_hand.create(config)
    environment = os.environ | AWS_KEYS | {"AWS_ENDPOINT_URL": by_hand.cloud.endpoint or ""}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tools.edge", *arguments, "--stage", by_hand.cloud.stage, "--id", found]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)

    checked = run("check")
    assert (checked.returncode, len(checked.stderr.splitlines())) == (1, 1)
    assert "/g/*/waiver goes to files" in checked.stdout
    assert run("fix", "--yes").returncode == 0
    assert run("check").returncode == 0


def test_the_distribution_that_make_run_deploys_passes(product: Product) -> None:
    cloud = Cloud("local", product.endpoint)
    check(cloud, find_distribution(cloud))
