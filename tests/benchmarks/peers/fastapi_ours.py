"""The product's own rules and store behind FastAPI and Mangum: what differs is the framework alone."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from mangum import Mangum

from chalicelib import acts, auth, events, payments, times

app = FastAPI()


def signed_in(request: Request) -> auth.Session:
    auth.check_origin(request.headers)
    return auth.authenticate(request.headers, now=times.utc_now())


Session = Annotated[auth.Session, Depends(signed_in)]


@app.get("/api/session")
def session(session: Session) -> dict[str, str]:
    return session.to_json()


@app.get("/api/events")
def list_events(session: Session, request: Request) -> Response:
    text = events.list_events(events.parse_board_page(dict(request.query_params), now=times.utc_now()))
    return Response(text, media_type="application/json")


@app.put("/api/events/{event_id}/payments/{payment_id}")
def log_payment(event_id: str, payment_id: str, body: dict[str, Any], session: Session, request: Request) -> Response:
    command = payments.parse_payment(payment_id, body, now=times.utc_now())
    actor = acts.Actor(name=session.admin, address=request.client.host)
    answer, new = payments.log_payment(event_id, command, actor=actor, now=times.utc_now())
    return Response(answer, 201 if new else 200, media_type="application/json")


handler = Mangum(app, lifespan="off")
