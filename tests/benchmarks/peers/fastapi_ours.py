"""The product's own rules and store behind FastAPI and Mangum: what differs is the framework alone."""

import json
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from mangum import Mangum

from chalicelib.charters import board
from chalicelib.core import http, system
from chalicelib.core.audit import Actor
from chalicelib.payments import service as payments
from chalicelib.sign_in import sessions

app = FastAPI()


def signed_in(request: Request) -> sessions.Session:
    http.check_origin(request.headers)
    return sessions.authenticate(request.headers, now=system.utc_now())


Session = Annotated[sessions.Session, Depends(signed_in)]


@app.get("/api/session")
def session(session: Session) -> dict[str, str]:
    return session.to_json()


@app.get("/api/events")
def list_charters(session: Session, request: Request) -> Response:
    page = board.list_charters(board.parse_board_page(dict(request.query_params), now=system.utc_now()))
    return Response(json.dumps(page, separators=(",", ":")), media_type="application/json")


@app.put("/api/events/{event_id}/payments/{payment_id}")
def log_payment(event_id: str, payment_id: str, body: dict[str, Any], session: Session, request: Request) -> Response:
    actor = Actor(name=session.admin, address=request.client.host, type="admin")
    answer, new = payments.log_payment(event_id, payment_id, body, actor=actor, now=system.utc_now())
    return Response(answer, 201 if new else 200, media_type="application/json")


handler = Mangum(app, lifespan="off")
