"""What is wrong with a distribution's configuration, and the smallest change that mends it. Pure: no call to AWS."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.edge.routing import (
    CACHING_DISABLED,
    CACHING_OPTIMIZED,
    DEFAULT,
    PAGES,
    ROUTES,
    SECRET_HEADER,
    Route,
    covers,
    matches,
    overlaps,
)

Config = dict[str, Any]
MAX_MENDS = 100
# What a behaviour has instead of a cache policy when it was made long ago.
LEGACY_CACHE = ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")


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
class Bucket:
    is_private: bool
    lets_in: bool
    """Whether its policy allows this distribution to read."""
    is_flat: bool
    """Whether it holds an SPA that is not laid out in slots, which the viewer-request function would not find."""


@dataclass(frozen=True)
class Facts:
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
    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    """By the origin's domain name."""


@dataclass(frozen=True)
class Problem:
    text: str
    mend: Callable[[Config], None] | None = None
    hint: str = ""
    """What to do where this tool can't or shouldn't."""


def plan(config: Config, facts: Facts) -> tuple[Config, list[Problem]]:
    """The mended configuration, and what only a person can mend."""
    wanted = copy.deepcopy(config)
    for _ in range(MAX_MENDS):
        problems = find_problems(wanted, facts)
        mend = next((problem.mend for problem in problems if problem.mend), None)
        if mend is None:
            return wanted, problems
        mend(wanted)
    raise RuntimeError("the plan does not come to an end")


def find_problems(config: Config, facts: Facts) -> list[Problem]:
    return [
        *([] if config.get("Enabled", True) else [Problem("the distribution is disabled", hint="enable it")]),
        *_origin_problems(config, facts),
        *_error_page_problems(config, facts),
        *(problem for route in ROUTES[:-1] for problem in _route_problems(config, route, facts)),
        *_demands(config, config["DefaultCacheBehavior"], "the default behaviour", DEFAULT, facts),
        *_page_problems(config, facts),
    ]


def behaviours(config: Config) -> list[dict[str, Any]]:
    """Those with a pattern, in their order."""
    return list((config.get("CacheBehaviors") or {}).get("Items") or [])


def serving(config: Config, path: str) -> tuple[int | None, dict[str, Any]]:
    """The behaviour that answers a path and its place, None for the default one."""
    for place, behaviour in enumerate(behaviours(config)):
        if matches(behaviour["PathPattern"], path):
            return place, behaviour
    return None, config["DefaultCacheBehavior"]


def origins(config: Config, kind: str) -> list[dict[str, Any]]:
    return [origin for origin in config["Origins"]["Items"] if kind_of(origin) == kind]


def kind_of(origin: Mapping[str, Any]) -> str:
    """`spa`: a bucket; `api`: an API Gateway, or whatever gets our secret header."""
    if "S3OriginConfig" in origin or re.search(r"\.s3[.-]", origin["DomainName"]):
        return "spa"
    named = f"{origin['DomainName']}{origin.get('OriginPath', '')}"
    is_api = origin["Id"] == "api" or "execute-api" in named or _secret_header(origin) is not None
    return "api" if is_api else "other"


# --- origins --------------------------------------------------------------------------------------


def _origin_problems(config: Config, facts: Facts) -> Iterator[Problem]:
    for origin in origins(config, "api"):
        yield from _api_origin_problems(origin, facts)
    for origin in origins(config, "spa"):
        yield from _bucket_problems(origin, facts)


def _api_origin_problems(origin: dict[str, Any], facts: Facts) -> Iterator[Problem]:
    name, is_gateway = origin["Id"], origin["DomainName"].endswith(".amazonaws.com")

    def mend(change: Callable[[dict[str, Any]], None]) -> Callable[[Config], None]:
        return lambda config: change(_by(config["Origins"]["Items"], "Id", name))

    if is_gateway and (origin["OriginPath"] != facts.api_path if facts.api_path else not origin["OriginPath"]):
        path = facts.api_path
        yield Problem(
            f"origin {name} has the path {origin['OriginPath'] or '(none)'}, which is not the API's stage",
            mend(lambda found: found.update(OriginPath=path)) if path else None,
            "set the origin path to the API's stage, for instance /prod",
        )
    protocol = origin.get("CustomOriginConfig", {}).get("OriginProtocolPolicy")
    if is_gateway and protocol != "https-only":
        yield Problem(
            f"origin {name} is reached by {protocol}, not by HTTPS only",
            mend(lambda found: found["CustomOriginConfig"].update(OriginProtocolPolicy="https-only")),
        )
    if facts.secrets and _secret_header(origin) not in facts.secrets:
        secret = facts.secrets[0]
        what = "is sent without" if _secret_header(origin) is None else "is sent another secret in"
        yield Problem(
            f"origin {name} {what} {SECRET_HEADER}, so the API refuses it",
            mend(lambda found: _set_secret(found, secret)),
        )


def _secret_header(origin: Mapping[str, Any]) -> str | None:
    headers = origin.get("CustomHeaders", {}).get("Items") or []
    found = [header["HeaderValue"] for header in headers if header["HeaderName"].lower() == SECRET_HEADER.lower()]
    return found[0] if found else None


def _set_secret(origin: dict[str, Any], secret: str) -> None:
    headers = list(origin.get("CustomHeaders", {}).get("Items") or [])
    found = [header for header in headers if header["HeaderName"].lower() == SECRET_HEADER.lower()]
    if found:
        found[0]["HeaderValue"] = secret
    else:
        headers.append({"HeaderName": SECRET_HEADER, "HeaderValue": secret})
    origin["CustomHeaders"] = _listed(headers)


def _bucket_problems(origin: dict[str, Any], facts: Facts) -> Iterator[Problem]:
    name, bucket = origin["Id"], facts.buckets.get(origin["DomainName"])
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
        control = facts.access_control_id if bucket is None or bucket.lets_in else None

        def use_control(config: Config) -> None:
            found = _by(config["Origins"]["Items"], "Id", name)
            found["OriginAccessControlId"] = control
            found.setdefault("S3OriginConfig", {})["OriginAccessIdentity"] = ""

        yield Problem(
            f"origin {name} reads S3 without an origin access control",
            use_control if control else None,
            "let the bucket's policy allow this distribution, and attach an origin access control",
        )


# --- error pages ----------------------------------------------------------------------------------


def _error_page_problems(config: Config, facts: Facts) -> Iterator[Problem]:
    # Error pages hold for the whole distribution, whatever the behaviour.
    for page in (config.get("CustomErrorResponses") or {}).get("Items") or []:
        if not page.get("ResponsePagePath"):
            continue
        code, status = page["ErrorCode"], page.get("ResponseCode") or page["ErrorCode"]
        # Without the function the SPA's own addresses live by this page.
        function = _function_problem(config["DefaultCacheBehavior"], "", DEFAULT, facts)

        def drop(config: Config, code: int = code) -> None:
            kept = [item for item in config["CustomErrorResponses"]["Items"] if item["ErrorCode"] != code]
            config["CustomErrorResponses"] = _listed(kept)

        yield Problem(
            f"an API error {code} becomes {page['ResponsePagePath']} with status {status}: "
            "the error page masks the API's own answers",
            drop if function is None or function.mend else None,
            "it has to go once viewer-request.js is on the default behaviour",
        )


# --- behaviours -----------------------------------------------------------------------------------


def _route_problems(config: Config, route: Route, facts: Facts) -> Iterator[Problem]:
    listed = behaviours(config)
    exact = next((n for n, each in enumerate(listed) if _same(each["PathPattern"], route.pattern)), None)
    # A broader behaviour that does all the route asks for is as good as its own.
    good = next(
        (
            n
            for n, each in enumerate(listed)
            if covers(each["PathPattern"], route.pattern) and _meets(config, each, route, facts)
        ),
        None,
    )
    place = exact if exact is not None else good
    before = listed if place is None else listed[:place]
    in_front = next(
        (
            n
            for n, each in enumerate(before)
            if overlaps(each["PathPattern"], route.pattern) and not _meets(config, each, route, facts)
        ),
        None,
    )
    if place is None:
        yield _missing(config, route, in_front, facts)
        return
    own = listed[place]
    yield from _demands(config, own, own["PathPattern"], route, facts)
    if in_front is not None:
        blocker = listed[in_front]
        yield Problem(
            f"{own['PathPattern']} stands behind {blocker['PathPattern']}, "
            f"which answers first from {blocker['TargetOriginId']}",
            lambda config: _move(config, place, in_front),
        )


def _missing(config: Config, route: Route, in_front: int | None, facts: Facts) -> Problem:
    listed = behaviours(config)
    instead = listed[in_front] if in_front is not None else config["DefaultCacheBehavior"]
    by = f"{instead['PathPattern']}" if in_front is not None else "the default behaviour"
    text = f"{route.pattern} has no behaviour of its own: {by} sends it to {instead['TargetOriginId']}"
    if not origins(config, route.origin):
        return Problem(text, hint=f"first add the {route.origin}'s origin to the distribution")
    # What already works for a sister is copied, else the default behaviour; what then differs is mended next.
    sisters = [each for each in ROUTES if each.origin == route.origin and each.has_function == route.has_function]
    patterns = [each.pattern for each in sisters]
    model = next(
        (each for each in listed if each["PathPattern"] in patterns and _meets(config, each, route, facts)),
        config["DefaultCacheBehavior"],
    )
    place = len(listed) if in_front is None else in_front

    def insert(config: Config) -> None:
        added = {"PathPattern": route.pattern, **copy.deepcopy({k: v for k, v in model.items() if k != "PathPattern"})}
        items = behaviours(config)
        config["CacheBehaviors"] = _listed([*items[:place], added, *items[place:]])

    return Problem(text, insert)


def _move(config: Config, place: int, to: int) -> None:
    items = behaviours(config)
    items.insert(to, items.pop(place))
    config["CacheBehaviors"] = _listed(items)


def _page_problems(config: Config, facts: Facts) -> Iterator[Problem]:
    """A behaviour that somebody added and that answers the SPA's pages must do it like the default one."""
    seen = set()
    for path in PAGES:
        place, behaviour = serving(config, path)
        if place is None or place in seen:
            continue
        seen.add(place)
        label = f"{behaviour['PathPattern']} answers {path} and"
        yield from _demands(config, behaviour, label, DEFAULT, facts)


def _meets(config: Config, behaviour: dict[str, Any], route: Route, facts: Facts) -> bool:
    return not list(_demands(config, behaviour, "", route, facts))


def _demands(config: Config, behaviour: dict[str, Any], label: str, route: Route, facts: Facts) -> Iterator[Problem]:
    """What the route asks of a behaviour and does not get."""
    pattern = behaviour.get("PathPattern")

    def problem(text: str, hint: str = "", **changes: Any) -> Problem:
        def mend(config: Config) -> None:
            _find(config, pattern).update(copy.deepcopy(changes))

        return Problem(f"{label} {text}", mend if changes else None, hint)

    fitting = origins(config, route.origin)
    if behaviour["TargetOriginId"] not in [origin["Id"] for origin in fitting]:
        text = f"goes to {behaviour['TargetOriginId']}, not to the {'API' if route.origin == 'api' else 'SPA bucket'}"
        if fitting:
            yield problem(text, TargetOriginId=fitting[0]["Id"])
        else:
            yield problem(text, f"first add the {route.origin}'s origin to the distribution")

    yield from _cache_problems(behaviour, label, route, facts)

    request = behaviour.get("OriginRequestPolicyId", "")
    sent = facts.request_policies.get(request)
    if route.request_policy and request != route.request_policy:
        if not request:
            yield problem(
                "has no origin-request policy: the API gets no Authorization and no query",
                OriginRequestPolicyId=route.request_policy,
            )
        elif sent and sent.sends_host:
            yield problem(
                f"sends the viewer's Host ({sent.name}), which API Gateway refuses",
                OriginRequestPolicyId=route.request_policy,
            )
        elif sent and not (sent.sends_query and sent.sends_headers):
            yield problem(
                f"keeps Authorization or the query from the API ({sent.name})",
                OriginRequestPolicyId=route.request_policy,
            )
    elif not route.request_policy and sent and sent.sends_host:
        yield Problem(
            f"{label} sends the viewer's Host to S3 ({sent.name})", lambda config: _drop_request_policy(config, pattern)
        )

    allowed = behaviour.get("AllowedMethods") or {"Items": ["GET", "HEAD"], "Quantity": 2}
    if missing := [method for method in route.methods if method not in allowed["Items"]]:
        # The order of the configuration is kept, so that only what is missing changes.
        cached = {"CachedMethods": allowed["CachedMethods"]} if "CachedMethods" in allowed else {}
        methods = {**_listed([*allowed["Items"], *missing]), **cached}
        yield problem(f"does not let {', '.join(missing)} through", AllowedMethods=methods)

    if behaviour["ViewerProtocolPolicy"] not in ("redirect-to-https", "https-only"):
        yield problem("answers over plain HTTP", ViewerProtocolPolicy="redirect-to-https")

    headers = facts.headers_policies.get(route.headers)
    if headers and behaviour.get("ResponseHeadersPolicyId") != headers:
        yield problem(
            f"does not have the response-headers policy of {'the API' if route.origin == 'api' else 'the pages'}",
            ResponseHeadersPolicyId=headers,
        )

    if function := _function_problem(behaviour, label, route, facts):
        yield function


def _cache_problems(behaviour: dict[str, Any], label: str, route: Route, facts: Facts) -> Iterator[Problem]:
    pattern = behaviour.get("PathPattern")
    policy_id = behaviour.get("CachePolicyId", "")
    if policy_id:
        policy = facts.cache_policies.get(policy_id)
        max_ttl_s = policy.max_ttl_s if policy else (0 if policy_id == CACHING_DISABLED else 1)
        min_ttl_s = policy.min_ttl_s if policy else 0
        name = policy.name if policy else policy_id
    else:
        name = "settings of its own"
        min_ttl_s, max_ttl_s = behaviour.get("MinTTL", 0), behaviour.get("MaxTTL", 31536000)
    if route.cache_policy == CACHING_DISABLED and max_ttl_s > 0:
        text = f"{label} may answer from the cache ({name})"
    elif route.cache_policy == CACHING_OPTIMIZED and min_ttl_s > 1:
        text = f"{label} keeps pages for {min_ttl_s} s even where they say no-cache ({name})"
    else:
        return

    def mend(config: Config) -> None:
        found = _find(config, pattern)
        for legacy in LEGACY_CACHE:
            found.pop(legacy, None)
        found["CachePolicyId"] = route.cache_policy

    yield Problem(text, mend)


def _function_problem(behaviour: dict[str, Any], label: str, route: Route, facts: Facts) -> Problem | None:
    pattern = behaviour.get("PathPattern")
    listed = (behaviour.get("FunctionAssociations") or {}).get("Items") or []
    arn = next((each["FunctionARN"] for each in listed if each["EventType"] == "viewer-request"), None)

    def put(config: Config) -> None:
        added = {"FunctionARN": facts.function_arn, "EventType": "viewer-request"}
        _find(config, pattern)["FunctionAssociations"] = _listed([*listed, added])

    def take(config: Config) -> None:
        kept = [each for each in listed if each["EventType"] != "viewer-request"]
        _find(config, pattern)["FunctionAssociations"] = _listed(kept)

    if route.has_function and arn is None:
        flat = any(bucket.is_flat for bucket in facts.buckets.values())
        return Problem(
            f"{label} has no viewer-request function, so the SPA's own addresses find nothing",
            put if facts.function_arn and not flat else None,
            "stage and promote a release first: the bucket is not laid out in slots yet"
            if flat
            else "publish .chalice/viewer-request.js as a CloudFront function; deploying edge.yaml does",
        )
    if route.has_function and facts.function_arn and arn != facts.function_arn:
        return Problem(
            f"{label} has another viewer-request function, {arn}",
            hint="put ours into its place if the other is not needed",
        )
    if not route.has_function and arn and arn == (facts.function_arn or arn):
        return Problem(f"{label} has a viewer-request function that rewrites its paths", take)
    return None


def _drop_request_policy(config: Config, pattern: str | None) -> None:
    _find(config, pattern).pop("OriginRequestPolicyId", None)


def _find(config: Config, pattern: str | None) -> dict[str, Any]:
    if pattern is None:
        return config["DefaultCacheBehavior"]  # type: ignore[no-any-return]
    return _by(config["CacheBehaviors"]["Items"], "PathPattern", pattern)


def _by(items: list[dict[str, Any]], key: str, value: str) -> dict[str, Any]:
    return next(item for item in items if item[key] == value)


def _same(pattern: str, other: str) -> bool:
    return pattern.removeprefix("/") == other.removeprefix("/")


def _listed(items: list[Any]) -> dict[str, Any]:
    """AWS's way to write a list."""
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


# --- what changes ---------------------------------------------------------------------------------


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """One line a change, list entries by their names; secrets are not shown."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        if _entries(before) is not None and _entries(after) is not None:
            return _entry_differences(_entries(before) or {}, _entries(after) or {}, path)
        keys = [key for key in {**before, **after} if key != "Quantity"]
        return [
            line
            for key in keys
            for line in differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
        ]
    if path.endswith(".HeaderValue"):
        return [f"{path}: another value"]
    return [f"{path}: {_shown(before)} -> {_shown(after)}"]


def _entries(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """A list of AWS's by the names of its entries; None when it is no such list."""
    if "Quantity" not in value or set(value) - {"Quantity", "Items"}:
        return None
    items = value.get("Items") or []
    for key in ("PathPattern", "Id", "ErrorCode", "HeaderName", "EventType"):
        if items and all(isinstance(item, dict) and key in item for item in items):
            return {str(item[key]): item for item in items}
    return {str(item): item for item in items} if all(isinstance(item, str) for item in items) else None


def _entry_differences(before: dict[str, Any], after: dict[str, Any], path: str) -> list[str]:
    lines = [f"{path}[{name}]: removed" for name in before if name not in after]
    for place, name in enumerate(after):
        if name not in before:
            origin = f", to {after[name]['TargetOriginId']}" if "TargetOriginId" in after[name] else ""
            lines.append(f"{path}[{name}]: added at place {place + 1}{origin}")
        else:
            lines += differences(before[name], after[name], f"{path}[{name}]")
    kept_before, kept_after = [n for n in before if n in after], [n for n in after if n in before]
    if kept_before != kept_after:
        lines.append(f"{path}: order {', '.join(kept_before)} -> {', '.join(kept_after)}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "Items" in value:
        value = value["Items"]
    return "nothing" if value in (None, "", {}, []) else str(value)
