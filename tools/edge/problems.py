"""What is wrong with a distribution's configuration, and the smallest change that repairs it. Pure: no call to AWS."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.edge.distribution import (
    Config,
    behaviours,
    error_pages,
    find_behaviour,
    find_origin,
    items_of,
    listed,
    origins,
    secret_header,
    serving,
    viewer_request_function,
)
from tools.edge.routing import (
    CACHING_DISABLED,
    CACHING_OPTIMIZED,
    DEFAULT,
    KEPT_ERRORS,
    PAGES,
    ROUTES,
    SECRET_HEADER,
    Route,
    covers,
    overlaps,
)

MAX_REPAIRS = 100
# What a behaviour has instead of a cache policy when it was made long ago.
LEGACY_CACHE = ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")
SERVICE = {"api": "API", "spa": "SPA bucket"}


@dataclass(frozen=True)
class CachePolicy:
    name: str
    min_ttl_s: int
    max_ttl_s: int


@dataclass(frozen=True)
class RequestPolicy:
    name: str
    sends_host: bool
    sends_query: bool
    sends_headers: bool
    """All of the viewer's, Authorization among them."""


@dataclass(frozen=True)
class OriginBucket:
    is_private: bool
    lets_in: bool
    """Whether its policy allows this distribution to read."""
    is_flat: bool
    """Whether it holds an SPA that is not laid out in slots, which the viewer-request function would not find."""


@dataclass(frozen=True)
class Surroundings:
    """What stands outside the configuration; None or missing: not known, then not compared."""

    cache_policies: Mapping[str, CachePolicy] = field(default_factory=dict)
    request_policies: Mapping[str, RequestPolicy] = field(default_factory=dict)
    headers_policies: Mapping[str, str] = field(default_factory=dict)
    """The stage's own, by their names in edge.yaml."""
    function_arn: str | None = None
    access_control_id: str | None = None
    secrets: tuple[str, ...] | None = None
    """The newest first; empty: the API asks for none."""
    api_path: str | None = None
    buckets: Mapping[str, OriginBucket] = field(default_factory=dict)
    """By the origin's domain name."""


Repair = Callable[[Config], None]


@dataclass(frozen=True)
class Problem:
    text: str
    repair: Repair | None = None
    hint: str = ""
    """What to do where this tool can't or shouldn't."""


def plan(config: Config, around: Surroundings) -> tuple[Config, list[Problem]]:
    """The repaired configuration, and what only a person can repair."""
    wanted = copy.deepcopy(config)
    for _ in range(MAX_REPAIRS):
        problems = find_problems(wanted, around)
        repair = next((problem.repair for problem in problems if problem.repair), None)
        if repair is None:
            return wanted, problems
        repair(wanted)
    raise RuntimeError("the plan does not come to an end")


def find_problems(config: Config, around: Surroundings) -> list[Problem]:
    return [
        *([] if config.get("Enabled", True) else [Problem("the distribution is disabled", hint="enable it")]),
        *(problem for origin in origins(config, "api") for problem in _api_origin_problems(origin, around)),
        *(problem for origin in origins(config, "spa") for problem in _bucket_problems(origin, around)),
        *_error_page_problems(config, around),
        *_kept_error_problems(config),
        *(problem for route in ROUTES[:-1] for problem in _route_problems(config, route, around)),
        *_demands(config, config["DefaultCacheBehavior"], "the default behaviour", DEFAULT, around),
        *_page_problems(config, around),
    ]


# --- origins --------------------------------------------------------------------------------------


def _api_origin_problems(origin: Config, around: Surroundings) -> Iterator[Problem]:
    name, is_gateway = origin["Id"], origin["DomainName"].endswith(".amazonaws.com")
    path, wanted_path = origin.get("OriginPath", ""), around.api_path
    if is_gateway and (path != wanted_path if wanted_path else not path):
        yield Problem(
            f"origin {name} has the path {path or '(none)'}, which is not the API's stage",
            (lambda config: find_origin(config, name).update(OriginPath=wanted_path)) if wanted_path else None,
            "set the origin path to the API's stage, for instance /prod",
        )
    protocol = origin.get("CustomOriginConfig", {}).get("OriginProtocolPolicy")
    if is_gateway and protocol != "https-only":
        yield Problem(
            f"origin {name} is reached by {protocol}, not by HTTPS only",
            lambda config: find_origin(config, name)["CustomOriginConfig"].update(OriginProtocolPolicy="https-only"),
        )
    header = secret_header(origin)
    if around.secrets and (header is None or header["HeaderValue"] not in around.secrets):
        secret = around.secrets[0]
        what = "is sent without" if header is None else "is sent another secret in"
        yield Problem(
            f"origin {name} {what} {SECRET_HEADER}, so the API refuses it",
            lambda config: _set_secret(find_origin(config, name), secret),
        )


def _set_secret(origin: Config, secret: str) -> None:
    if header := secret_header(origin):
        header["HeaderValue"] = secret
    else:
        added = {"HeaderName": SECRET_HEADER, "HeaderValue": secret}
        origin["CustomHeaders"] = listed([*items_of(origin.get("CustomHeaders")), added])


def _bucket_problems(origin: Config, around: Surroundings) -> Iterator[Problem]:
    name, bucket = origin["Id"], around.buckets.get(origin["DomainName"])
    if ".s3-website" in origin["DomainName"]:
        yield Problem(
            f"origin {name} is a website endpoint, which serves public buckets only",
            hint="make the bucket private and use its regional name with an origin access control",
        )
        return
    if bucket and not bucket.is_private:
        yield Problem(f"the bucket of origin {name} is public", hint="block public access to it; `edge fix` does")
    if bucket and not bucket.lets_in:
        yield Problem(
            f"the bucket of origin {name} does not let this distribution read",
            hint="allow cloudfront.amazonaws.com s3:GetObject for this distribution, as SpaPolicy of edge.yaml does",
        )
    if not origin.get("OriginAccessControlId"):
        control = around.access_control_id if bucket is None or bucket.lets_in else None

        def use_control(config: Config) -> None:
            found = find_origin(config, name)
            found["OriginAccessControlId"] = control
            found.setdefault("S3OriginConfig", {})["OriginAccessIdentity"] = ""

        yield Problem(
            f"origin {name} reads S3 without an origin access control",
            use_control if control else None,
            "let the bucket's policy allow this distribution, and attach an origin access control",
        )


# --- error pages ----------------------------------------------------------------------------------


def _error_page_problems(config: Config, around: Surroundings) -> Iterator[Problem]:
    # Without the function the SPA's own addresses live by such a page.
    function = _function_problem(config["DefaultCacheBehavior"], "", DEFAULT, around)
    for page in error_pages(config):
        code, status = page["ErrorCode"], page.get("ResponseCode") or page["ErrorCode"]

        def drop(config: Config, code: int = code) -> None:
            kept = [item for item in config["CustomErrorResponses"]["Items"] if item["ErrorCode"] != code]
            config["CustomErrorResponses"] = listed(kept)

        yield Problem(
            f"an API error {code} becomes {page['ResponsePagePath']} with status {status}: "
            "the error page masks the API's own answers",
            drop if function is None or function.repair else None,
            "it has to go once viewer-request.js is on the default behaviour",
        )


def _kept_error_problems(config: Config) -> Iterator[Problem]:
    """One problem for all of them: a code is kept unless the distribution says 0 seconds."""
    found = {item["ErrorCode"]: item for item in items_of(config.get("CustomErrorResponses"))}
    kept = [code for code in KEPT_ERRORS if found.get(code, {}).get("ErrorCachingMinTTL", 10) != 0]

    def forget(config: Config) -> None:
        items = items_of(config.get("CustomErrorResponses"))
        for code in kept:
            item = next((item for item in items if item["ErrorCode"] == code), None)
            if item is None:
                items.append({"ErrorCode": code, "ResponsePagePath": "", "ResponseCode": "", "ErrorCachingMinTTL": 0})
            else:
                item["ErrorCachingMinTTL"] = 0
        config["CustomErrorResponses"] = listed(items)

    if kept:
        yield Problem(f"errors {', '.join(map(str, kept))} are kept by the edge and outlive their cause", forget)


# --- behaviours -----------------------------------------------------------------------------------


def _route_problems(config: Config, route: Route, around: Surroundings) -> Iterator[Problem]:
    found = behaviours(config)
    good = [not list(_demands(config, each, "", route, around)) for each in found]
    exact = (n for n, each in enumerate(found) if _same(each["PathPattern"], route.pattern))
    # A broader behaviour that does all the route asks for is as good as its own.
    broader = (n for n, each in enumerate(found) if covers(each["PathPattern"], route.pattern) and good[n])
    position = next(exact, next(broader, None))
    before = found[: len(found) if position is None else position]
    blocking = (n for n, each in enumerate(before) if overlaps(each["PathPattern"], route.pattern) and not good[n])
    in_front = next(blocking, None)
    if position is None:
        yield _missing(config, route, in_front, around)
        return
    own = found[position]
    yield from _demands(config, own, own["PathPattern"], route, around)
    if in_front is not None:
        blocker = found[in_front]
        yield Problem(
            f"{own['PathPattern']} stands behind {blocker['PathPattern']}, "
            f"which answers first from {blocker['TargetOriginId']}",
            lambda config: _move(config, position, in_front),
        )


def _missing(config: Config, route: Route, in_front: int | None, around: Surroundings) -> Problem:
    found = behaviours(config)
    instead = found[in_front] if in_front is not None else config["DefaultCacheBehavior"]
    by = instead["PathPattern"] if in_front is not None else "the default behaviour"
    text = f"{route.pattern} has no behaviour of its own: {by} sends it to {instead['TargetOriginId']}"
    if not origins(config, route.origin):
        return Problem(text, hint=f"first add the {route.origin}'s origin to the distribution")
    # What already works for a similar route is copied, else the default behaviour. What then differs is repaired next.
    kind = (route.origin, route.has_function)
    similar = {each.pattern for each in ROUTES if (each.origin, each.has_function) == kind}
    working = (
        each for each in found if each["PathPattern"] in similar and not list(_demands(config, each, "", route, around))
    )
    model = next(working, config["DefaultCacheBehavior"])
    position = len(found) if in_front is None else in_front

    def insert(config: Config) -> None:
        added = {"PathPattern": route.pattern} | {k: v for k, v in copy.deepcopy(model).items() if k != "PathPattern"}
        items = behaviours(config)
        config["CacheBehaviors"] = listed([*items[:position], added, *items[position:]])

    return Problem(text, insert)


def _move(config: Config, position: int, to: int) -> None:
    items = behaviours(config)
    items.insert(to, items.pop(position))
    config["CacheBehaviors"] = listed(items)


def _page_problems(config: Config, around: Surroundings) -> Iterator[Problem]:
    """A behaviour that somebody added and that answers the SPA's pages must do it like the default one."""
    seen: set[int | None] = {None}
    for path in PAGES:
        position, behaviour = serving(config, path)
        if position not in seen:
            seen.add(position)
            yield from _demands(config, behaviour, f"{behaviour['PathPattern']} answers {path} and", DEFAULT, around)


def _same(pattern: str, other: str) -> bool:
    return pattern.removeprefix("/") == other.removeprefix("/")


def _demands(config: Config, behaviour: Config, label: str, route: Route, around: Surroundings) -> Iterator[Problem]:
    """What the route asks of a behaviour and does not get."""

    def problem(text: str, **changes: Any) -> Problem:
        """Repaired by these changes; what is empty goes."""
        pattern = behaviour.get("PathPattern")

        def repair(config: Config) -> None:
            found = find_behaviour(config, pattern)
            found.update({name: value for name, value in copy.deepcopy(changes).items() if value})
            for name in [name for name, value in changes.items() if not value]:
                found.pop(name, None)

        return Problem(f"{label} {text}", repair)

    fitting = [origin["Id"] for origin in origins(config, route.origin)]
    if behaviour["TargetOriginId"] not in fitting:
        text = f"goes to {behaviour['TargetOriginId']}, not to the {SERVICE[route.origin]}"
        if fitting:
            yield problem(text, TargetOriginId=fitting[0])
        else:
            yield Problem(f"{label} {text}", hint=f"first add the {route.origin}'s origin to the distribution")

    if text := _cache_fault(behaviour, route, around):
        yield problem(text, CachePolicyId=route.cache_policy, **dict.fromkeys(LEGACY_CACHE))
    if text := _request_fault(behaviour, route, around):
        yield problem(text, OriginRequestPolicyId=route.request_policy)

    allowed = behaviour.get("AllowedMethods") or listed(["GET", "HEAD"])
    if missing := [method for method in route.methods if method not in allowed["Items"]]:
        # The order of the configuration is kept, so that only what is missing changes.
        cached = {"CachedMethods": allowed["CachedMethods"]} if "CachedMethods" in allowed else {}
        methods = {**listed([*allowed["Items"], *missing]), **cached}
        yield problem(f"does not let {', '.join(missing)} through", AllowedMethods=methods)

    if behaviour["ViewerProtocolPolicy"] not in ("redirect-to-https", "https-only"):
        yield problem("answers over plain HTTP", ViewerProtocolPolicy="redirect-to-https")

    headers = around.headers_policies.get(route.headers)
    if headers and behaviour.get("ResponseHeadersPolicyId") != headers:
        whose = "the API" if route.origin == "api" else "the pages"
        yield problem(f"does not have the response-headers policy of {whose}", ResponseHeadersPolicyId=headers)

    if function := _function_problem(behaviour, label, route, around):
        yield function


def _cache_fault(behaviour: Config, route: Route, around: Surroundings) -> str:
    policy_id = behaviour.get("CachePolicyId", "")
    if not policy_id:
        policy = CachePolicy("settings of its own", behaviour.get("MinTTL", 0), behaviour.get("MaxTTL", 31536000))
    else:
        unknown = CachePolicy(policy_id, 0, 0 if policy_id == CACHING_DISABLED else 1)
        policy = around.cache_policies.get(policy_id, unknown)
    if route.cache_policy == CACHING_DISABLED and policy.max_ttl_s > 0:
        return f"may answer from the cache ({policy.name})"
    if route.cache_policy == CACHING_OPTIMIZED and policy.min_ttl_s > 1:
        return f"keeps pages for {policy.min_ttl_s} s even where they say no-cache ({policy.name})"
    return ""


def _request_fault(behaviour: Config, route: Route, around: Surroundings) -> str:
    policy_id = behaviour.get("OriginRequestPolicyId", "")
    policy = around.request_policies.get(policy_id)
    if route.request_policy and policy_id != route.request_policy:
        if not policy_id:
            return "has no origin-request policy: the API gets no Authorization and no query"
        if policy and policy.sends_host:
            return f"sends the viewer's Host ({policy.name}), which API Gateway refuses"
        if policy and not (policy.sends_query and policy.sends_headers):
            return f"keeps Authorization or the query from the API ({policy.name})"
    elif not route.request_policy and policy and policy.sends_host:
        return f"sends the viewer's Host to S3 ({policy.name})"
    return ""


def _function_problem(behaviour: Config, label: str, route: Route, around: Surroundings) -> Problem | None:
    pattern, arn = behaviour.get("PathPattern"), viewer_request_function(behaviour)
    others = [each for each in items_of(behaviour.get("FunctionAssociations")) if each["EventType"] != "viewer-request"]

    def use(*functions: Config) -> Repair:
        return lambda config: find_behaviour(config, pattern).update(FunctionAssociations=listed([*others, *functions]))

    if route.has_function and arn is None:
        flat = any(bucket.is_flat for bucket in around.buckets.values())
        ours = {"FunctionARN": around.function_arn, "EventType": "viewer-request"}
        return Problem(
            f"{label} has no viewer-request function, so the SPA's own addresses find nothing",
            use(ours) if around.function_arn and not flat else None,
            "stage and promote a release first: the bucket is not laid out in slots yet"
            if flat
            else "publish .chalice/viewer-request.js as a CloudFront function; deploying edge.yaml does",
        )
    if route.has_function and around.function_arn and arn != around.function_arn:
        return Problem(
            f"{label} has another viewer-request function, {arn}",
            hint="put ours into its place if the other is not needed",
        )
    if not route.has_function and arn and arn == (around.function_arn or arn):
        return Problem(f"{label} has a viewer-request function that rewrites its paths", use())
    return None
