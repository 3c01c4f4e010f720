"""What every route shares: who may pass, what the current request holds, and answers to what goes wrong."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Self

from chalice.app import Chalice, Request, Response

from chalicelib import __version__
from chalicelib.core import http, system
from chalicelib.core.audit import Actor
from chalicelib.core.errors import DomainError, SettingsError
from chalicelib.core.fields import Form
from chalicelib.core.settings import settings
from chalicelib.sign_in import sessions

Routes = Collection[tuple[str, str]]
"""Methods and paths."""


def guard(
    app: Chalice, public: Routes, searches: Routes, request: Request, get_response: Callable[[Request], Response]
) -> Response:
    """Lets requests of a signed-in admin pass, and those to `public` routes. Every answer leaves here.

    An admin's query is for the `searches` to read; to any other route it is a mistake.
    """
    told: Mapping[str, str] = {}
    try:
        http.check_origin(request.headers)
        route = (request.method, request.path)
        if route not in public:
            now = system.utc_now()
            request.context["session"] = sessions.authenticate(request.headers, now=now)
            told = http.operator_headers(now)
            if route not in searches:
                Form(http.read_query(request)).finish()
        response = get_response(request)
    except DomainError as error:
        if error.STATUS_CODE in (401, 403, 429):
            app.log.info("%s %s refused: %s", request.method, request.path, type(error).__name__)
        response = http.error_response(error)
    except SettingsError as error:
        app.log.error("Setting: %s", error)
        response = http.failure_response()
    except Exception:
        app.log.exception("%s %s failed", request.method, request.path)
        response = http.failure_response()
    response.headers = {**response.headers, **told}
    return http.add_security_headers(response)


class CurrentRequest:
    """The request that an app answers now."""

    def __init__(self, app: Chalice) -> None:
        self._app = app

    def body(self) -> dict[str, Any]:
        return http.read_json(self._app.current_request)

    def alone(self) -> Self:
        """The same request, for a call that takes no fields: each one that is sent is refused by name."""
        http.read_nothing(self._app.current_request)
        return self

    def query(self) -> dict[str, str]:
        return http.read_query(self._app.current_request)

    def session(self) -> sessions.Session:
        return self._app.current_request.context["session"]  # type: ignore[no-any-return]

    def actor(self) -> Actor:
        return Actor(name=self.session().admin, address=self.address(), type="admin")

    def address(self) -> str:
        return http.viewer_address(self._app.current_request)

    def key(self) -> str | None:
        """What makes the same request again find what it made first."""
        return self._app.current_request.headers.get("idempotency-key")  # type: ignore[no-any-return]


def tell_health() -> dict[str, str]:
    """Raises SettingsError as long as a setting is missing or wrong."""
    settings()
    return {"status": "ok", "version": __version__}


def made(answer: object, new: bool) -> Response:
    """A record that was made now, or by the same request before."""
    return with_status(answer, 201 if new else 200)


def accepted(answer: object) -> Response:
    """What was asked for is queued."""
    return with_status(answer, 202)


def with_status(answer: object, status_code: int) -> Response:
    return Response(answer, status_code=status_code)


def logged(answer: str, new: bool) -> Response:
    """Payments that were logged now, or by the same request before: then with the very text that answered it."""
    return http.json_response(answer, 201) if new else http.json_response(answer, 200, {"Idempotency-Replayed": "true"})
