"""The whole stack behind one door: who answers which path, with which headers, and what stays inside."""

import gzip
import json
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site, Troubles, card
from tests.support import observatory
from tests.support.races import at_once
from tools.common.build import SPA_BUILD
from tools.common.cloud import Cloud, embedded_client
from tools.common.functions import live_environments
from tools.sync.built_spa import read_build
from tools.sync.release import identity_of

UNKNOWN = "A" * 22
PARALLEL = 32
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MIN_SCORE = 120


@pytest.fixture(scope="module")
def event(site: Site) -> dict[str, Any]:
    return site.charter()


# --- who answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/nope", "/api/", "/api/events/a/b/c", "/api/index.html", "/api/events/%2e%2e/health"]
)
def test_an_unknown_api_path_is_a_json_error_with_its_own_status(site: Site, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = site.call(method, path, b"{}" if method != "GET" else None)
        assert answer.status in (401, 404), method
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert set(answer.json) == {"Code", "Message"}


def test_the_payment_endpoint_asks_for_a_token(site: Site) -> None:
    answer = site.call("PUT", "/api/events/x/payments/y", {"method": "cash", "amount_cents": 1})
    assert answer.status == 401
    assert answer.json["Code"] == "NotSignedIn"
    garbage = site.call("PUT", "/api/events/x/payments/y", {}, token="x" * 43)
    assert (garbage.status, garbage.json) == (401, answer.json)


def test_the_waiver_is_the_servers_page_and_is_never_stored(site: Site, event: dict[str, Any]) -> None:
    answer = site.call("GET", f"/g/{event['event_id']}/waiver")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<form id="waiver-form" method="post"' in answer.text
    assert not answer.is_app()


@pytest.mark.parametrize("path", ["/g/{id}", "/g/{id}/", "/g/{id}/waiver/", "/_staging/g/{id}/waiver", "/events/{id}"])
def test_every_other_page_of_a_charter_is_the_apps(site: Site, event: dict[str, Any], path: str) -> None:
    answer = site.call("GET", path.format(id=event["event_id"]))
    assert answer.status == 200
    assert answer.is_app()


@pytest.mark.parametrize("path", ["/g/{id}/waiver/", "/_staging/g/{id}/waiver"])
def test_a_visitor_of_the_app_on_a_waivers_path_is_sent_to_the_waiver(
    site: Site, visit: Visit, event: dict[str, Any], path: str
) -> None:
    # The app's icon is not waited for.
    troubles = Troubles(expected=("failed: GET " + site.url + "/assets/icon",))
    page = visit().new_page()
    troubles.watch(page)
    page.goto(path.format(id=event["event_id"]))
    expect(page).to_have_url(f"{site.url}/g/{event['event_id']}/waiver")
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()
    assert troubles.seen == []


@pytest.mark.parametrize("path", ["/nope", "/g", "/g/waiver", "/events", "/_staging/nope/nope"])
def test_an_unknown_page_says_so_inside_the_app(visit: Visit, path: str) -> None:
    page = visit().new_page()
    page.goto(path)
    expect(page.get_by_role("heading", name="Off the chart")).to_be_visible()
    page.get_by_role("link", name="Dispatch desk").click()
    expect(page.get_by_label("Password")).to_be_visible()


@pytest.mark.parametrize("slot", ["staging", "preview"])
def test_the_app_of_a_slot_works_on_the_same_api_and_stays_there(
    site: Site, visit: Visit, event: dict[str, Any], slot: str
) -> None:
    base = "/_staging" if slot == "staging" else f"/_preview/{built_release()}"
    assert site.call("GET", f"{base}/").text == site.call("GET", "/").text
    moved = site.call("GET", base)
    assert (moved.status, moved.headers["Location"]) == (302, f"{base}/")
    page = visit(token=site.token).new_page()
    page.goto(f"{base}/")
    card(page, event).get_by_role("link", name=event["title"]).click()
    expect(page).to_have_url(f"{site.url}{base}/events/{event['event_id']}")
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()


def built_release() -> str:
    """What the product has put into its slots."""
    return identity_of(read_build(SPA_BUILD))


def test_head_and_options_are_answered_without_a_failure_or_an_open_door(site: Site, event: dict[str, Any]) -> None:
    page = site.call("HEAD", "/")
    assert (page.status, page.body, page.headers["Content-Type"]) == (200, b"", "text/html; charset=utf-8")
    for path in ("/api/health", "/api/events", f"/g/{event['event_id']}/waiver"):
        assert site.call("HEAD", path).body == b""
        for method in ("HEAD", "OPTIONS"):
            answer = site.call(method, path, headers={"Origin": "https://evil.example"})
            assert answer.status < 500
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Access-Control-Allow-Origin" not in answer.headers


# --- headers --------------------------------------------------------------------------------------


def test_assets_are_kept_for_ever_and_pages_asked_for_again(site: Site) -> None:
    page = site.call("GET", "/")
    assert page.headers["Cache-Control"] == "no-cache"
    assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
    assert {path.rpartition(".")[2] for path in assets} >= set(types)
    for path in assets:
        asset = site.call("GET", path)
        assert asset.status == 200, path
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        expected = types.get(path.rpartition(".")[2])
        assert expected in (None, asset.headers["Content-Type"])


def test_text_gets_to_a_browser_compressed_and_to_others_as_it_is(site: Site) -> None:
    event = site.charter(guest_notes="Bring a jacket. " * 100)
    script = re.findall(r'src="(/assets/[^"]+[.]js)"', site.call("GET", "/").text)[0]
    for path in ("/", script, f"/g/{event['event_id']}/waiver", f"/api/guest/{event['event_id']}"):
        plain = site.call("GET", path)
        packed = site.call("GET", path, headers={"Accept-Encoding": "gzip, br"})
        assert plain.headers["Content-Encoding"] is None, path
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert packed.headers["Vary"] == "Accept-Encoding", path
        assert len(packed.body) < len(plain.body), path
        assert without_ids(gzip.decompress(packed.body).decode()) == without_ids(plain.text), path
    known = site.call("GET", "/", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert site.call("GET", "/", headers={"If-None-Match": known}).status == 304
    # Its behaviour caches nothing, and CloudFront compresses only what it may cache.
    staged = site.call("GET", "/_staging/", headers={"Accept-Encoding": "gzip"})
    assert staged.headers["Content-Encoding"] is None


def without_ids(page: str) -> str:
    """Each opened waiver has a submission id and a signed time of its own."""
    return re.sub(r'name="(submission_id|opened)" value="[^"]*"', "", page)


def test_private_links_and_the_desk_stay_out_of_search_engines(site: Site, event: dict[str, Any]) -> None:
    for path in ("/", f"/g/{event['event_id']}", f"/g/{event['event_id']}/waiver"):
        assert re.search('<meta name="robots" content="noindex"', site.call("GET", path).text), path


def test_pages_api_and_waiver_carry_the_security_headers_in_success_and_refusal(
    site: Site, event: dict[str, Any]
) -> None:
    waiver = f"/g/{event['event_id']}/waiver"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = {
        "page": site.call("GET", "/"),
        "asset that is missing": site.call("GET", "/assets/nope.js"),
        "api": site.call("GET", "/api/health"),
        "api 401": site.call("GET", "/api/events"),
        "api 404": site.call("GET", f"/api/guest/{UNKNOWN}"),
        "api 400": site.call("POST", "/api/login", {"pass": 1}),
        "waiver": site.call("GET", waiver),
        "waiver 400": site.call("POST", waiver, b"", headers=form),
        "waiver 404": site.call("GET", f"/g/{UNKNOWN}/waiver"),
        "waiver 303": site.sign(site.charter()),
        "api unknown": site.call("GET", "/api/nope"),
        "edge 302": site.call("GET", "/_staging"),
        "preview": site.call("GET", f"/_preview/{built_release()}/"),
        "preview 302": site.call("GET", f"/_preview/{built_release()}"),
    }
    assert [answer.status for answer in answers.values()][2:] == [
        200,
        401,
        404,
        400,
        200,
        400,
        404,
        303,
        404,
        302,
        200,
        302,
    ]
    for name, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert "max-age=63072000" in answer.headers["Strict-Transport-Security"], name
        assert {header: answer.headers[header] for header in SECURITY} == SECURITY, name
        assert observatory.score(answer.headers, answer.text) >= MIN_SCORE, name


@contextmanager
def broken_function(site: Site) -> Iterator[None]:
    """A setting that no function can start with, for as long as it lasts."""
    cloud = Cloud("local", site.product.endpoint)
    functions = live_environments(cloud)

    def configure(**changes: str) -> None:
        for name, variables in functions.items():
            wanted = {"Variables": variables | changes}
            cloud.client("lambda").update_function_configuration(FunctionName=name, Environment=wanted)

    configure(SCC_TIMEZONE="Mars/Olympus")
    try:
        yield
    finally:
        configure()


def test_a_failure_of_the_function_scores_as_well(site: Site) -> None:
    with broken_function(site):
        failed = [site.call("GET", path) for path in ("/api/health", f"/api/guest/{UNKNOWN}", f"/g/{UNKNOWN}/waiver")]
    assert [answer.status for answer in failed] == [500, 500, 500]
    for answer in failed:
        assert observatory.score(answer.headers, answer.text) >= MIN_SCORE, answer.headers
        assert "traceback" not in answer.text.lower()


def test_nothing_of_the_edges_secret_or_of_the_origin_shows(site: Site, event: dict[str, Any]) -> None:
    for path in ("/", "/api/health", "/api/nope", f"/g/{event['event_id']}/waiver"):
        answer = site.call("GET", path)
        said = f"{answer.headers}{answer.text}".lower()
        assert "x-origin-verify" not in said
        assert "execute-api" not in said
        assert "traceback" not in said


# --- what stays inside ----------------------------------------------------------------------------


def test_the_bucket_opens_to_this_distribution_and_to_nobody_else(site: Site) -> None:
    """As configured: the embedded S3 takes anybody who reaches its port for the account's owner."""
    s3 = embedded_client("s3", site.product.endpoint)
    facts = json.loads((site.product.home / "local.json").read_text())
    closed = s3.get_public_access_block(Bucket=facts["bucket"])["PublicAccessBlockConfiguration"]
    assert closed == dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    policy = json.loads(s3.get_bucket_policy(Bucket=facts["bucket"])["Policy"])
    allowed = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert allowed
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        source = statement["Condition"]["StringEquals"]["AWS:SourceArn"]
        assert source.endswith(f":distribution/{facts['distribution']}")


@pytest.mark.parametrize("path", ["/production/index.html", "/staging/index.html", "/_releases/1.json", "/nope.txt"])
def test_no_path_leads_past_the_slots_into_the_bucket(site: Site, path: str) -> None:
    answer = site.call("GET", path)
    assert answer.status in (403, 404)
    assert not answer.is_app()


def test_public_answers_leak_no_contact_no_money_and_no_note(site: Site, visit: Visit) -> None:
    tag = secrets.token_hex(4)
    secret = [f"canary{number}-{tag}" for number in range(12)]
    phone = "+1 888 777 6655"

    def person(number: int) -> dict[str, str]:
        return {"name": secret[number], "email": f"{secret[number + 1]}@example.com", "phone": phone}

    event = site.charter(
        patron=person(0),
        # The first name is for guests.
        captain=person(2) | {"name": f"Luis {secret[2]}"},
        crew=[person(4)],
        notes=secret[6],
        charter_fee_cents=7654321,
    )
    payment = site.pay(event, amount_cents=1234567, payer=secret[7], reference=secret[8], note=secret[9])
    signed = site.sign(event, signer_email=f"{secret[10]}@example.com", signer_phone=phone)
    assert signed.status == 303
    path = f"/api/events/{event['event_id']}/payments/{payment['payment_id']}/void"
    assert site.admin("POST", path, {"reason": secret[11]})
    site.pay(event, amount_cents=1234567)

    public = [
        site.call("GET", f"/api/guest/{event['event_id']}").text,
        site.call("GET", f"/g/{event['event_id']}").text,
        site.call("GET", f"/g/{event['event_id']}/waiver").text,
        site.call("GET", signed.headers["Location"]).text,
        site.call("GET", f"/api/events/{event['event_id']}").text,
    ]
    guest = visit().new_page()
    guest.goto(f"/g/{event['event_id']}")
    expect(guest.get_by_role("listitem").filter(has_text="Marcus B.")).to_be_visible()
    public.append(guest.content())
    for text in public:
        for word in (*secret, tag + "@", phone, "777 6655", "7654321", "76,543", "1234567", "12,345", "12345.67"):
            assert word not in text.replace(event["title"], ""), text


def test_the_guest_page_asks_for_nothing_that_only_admins_may_see(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site.url)))
    page.goto(f"/g/{event['event_id']}")
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()
    assert [path for path in asked if path.startswith("/api/")] == [f"/api/guest/{event['event_id']}"]


def test_a_logged_out_admin_sees_nothing_of_a_charter(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_label("Password")).to_be_visible()
    assert not [url for url in asked if "/api/" in url]


# --- too much, and all at once --------------------------------------------------------------------


def test_a_body_of_300_kb_is_too_large(site: Site, event: dict[str, Any]) -> None:
    path = f"/api/events/{event['event_id']}/payments/{uuid.uuid4()}"
    answer = site.call("PUT", path, {"method": "cash", "amount_cents": 1, "note": "x" * 300_000}, token=site.token)
    assert answer.status == 413
    assert answer.json["Code"] == "TooLarge"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    waiver = site.call("POST", f"/g/{event['event_id']}/waiver", b"signer_name=" + b"x" * 300_000, headers=form)
    assert waiver.status == 413
    assert waiver.headers["Content-Type"] == "text/html; charset=utf-8"
    assert site.payments(event) == []


def test_one_payment_put_32_times_at_once_is_one_row_one_mail_and_one_answer(site: Site) -> None:
    event = site.charter()
    path = f"/api/events/{event['event_id']}/payments/{uuid.uuid4()}"
    token = site.token

    def put(_: int) -> tuple[int, bytes, str]:
        answer = site.call("PUT", path, {"method": "zelle", "amount_cents": 12300}, token=token)
        return answer.status, answer.body, answer.headers.get("Idempotency-Replayed", "")

    answers = at_once(PARALLEL, put)
    assert sorted({(status, replayed) for status, _, replayed in answers}) == [(200, "true"), (201, "")]
    assert [status for status, _, _ in answers].count(201) == 1
    (body,) = {body for _, body, _ in answers}
    assert json.loads(body)["event"]["balance"]["received_cents"] == 12300
    assert [row["amount_cents"] for row in site.payments(event)] == [12300]
    found = site.admin("GET", f"/api/events/{event['event_id']}")
    assert found["balance"]["received_cents"] == 12300
    assert len(site.mail(event["patron"]["email"])) == 1
