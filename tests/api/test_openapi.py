"""The document at /api/openapi.json: valid, complete, and not in the way of a start. `support/api.py` holds every
answer of every test against it."""

import subprocess
import sys

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.support import contract
from tests.support.api import APP, Api, load_app

APP_MODULE = load_app()
ROUTES = {
    (method, path): entry.view_name
    for path, entries in APP_MODULE.app.routes.items()
    for method, entry in entries.items()
}
CALLS = {
    (method.upper(), path): call
    for path, calls in contract.document()["paths"].items()
    for method, call in calls.items()
    if method != "parameters"
}


def test_an_admin_gets_the_document_and_nobody_else(api: Api, guest: Api) -> None:
    assert api.get("/api/openapi.json").json == contract.document()
    assert guest.get("/api/openapi.json").status == 401


def test_it_is_an_openapi_document_and_its_schemas_are_schemas() -> None:
    document = contract.document()
    OPENAPI_31_VALIDATOR.validate(document)
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({"components": document["components"], **schema})


def test_it_has_every_route_with_its_name_and_no_other() -> None:
    assert {route: call["operationId"].removesuffix("_head") for route, call in CALLS.items()} == ROUTES


def test_it_says_which_calls_need_no_session() -> None:
    assert {route for route, call in CALLS.items() if call.get("security") == []} == APP_MODULE.PUBLIC


def test_the_private_calls_with_query_parameters_are_those_that_read_them() -> None:
    with_query = {
        route for route, call in CALLS.items() if any(one["in"] == "query" for one in call.get("parameters", ()))
    }
    assert with_query - APP_MODULE.PUBLIC == APP_MODULE.SEARCHES


def test_it_names_the_header_of_a_replay_and_of_when_to_try_again() -> None:
    for path in ("payments/{payment_id}", "payment-batches/{batch_id}"):
        replay = CALLS["PUT", f"/api/events/{{event_id}}/{path}"]["responses"]["200"]
        assert list(replay["headers"]) == ["Idempotency-Replayed"]
    answers = [answer for call in CALLS.values() for answer in call["responses"].items()]
    assert {status for status, answer in answers if "Retry-After" in answer.get("headers", ())} == {"429", "503"}
    assert all("Retry-After" in answer.get("headers", ()) for status, answer in answers if status in ("429", "503"))


def test_it_names_the_parameters_of_each_path() -> None:
    for path, calls in contract.document()["paths"].items():
        assert [f"{{{one['name']}}}" for one in calls.get("parameters", ())] == [
            part for part in path.split("/") if part.startswith("{")
        ]


@pytest.mark.parametrize("status", [200, 201])
def test_an_answer_with_more_or_less_than_it_says_is_told(status: int) -> None:
    headers = {"content-type": "application/json"}
    right = '{"status": "ok", "version": "1"}'
    contract.check_answer("GET", "/api/health", 200, headers, right)
    with pytest.raises(AssertionError):
        contract.check_answer("GET", "/api/health", status, headers, right.replace("}", ', "more": 1}'))
    with pytest.raises(AssertionError):
        contract.check_answer("GET", "/api/health", status, headers, "{}")


def test_no_start_pays_for_it() -> None:
    code = (
        "import sys, app; sys.exit('SCHEMAS' in object.__getattribute__(sys.modules['chalicelib.openapi'], '__dict__'))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=APP.parent)
