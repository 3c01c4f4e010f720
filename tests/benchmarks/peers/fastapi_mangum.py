from typing import Annotated, Any

import desk
from fastapi import FastAPI, Header
from mangum import Mangum

app = FastAPI()
Authorization = Annotated[str, Header()]


@app.get("/api/session")
def session(authorization: Authorization) -> dict[str, Any]:
    return desk.read_session(authorization)


@app.get("/api/events")
def events(authorization: Authorization) -> dict[str, Any]:
    desk.read_session(authorization)
    return desk.list_charters()


@app.put("/api/events/{event_id}/payments/{payment_id}", status_code=201)
def log_payment(
    event_id: str, payment_id: str, payment: dict[str, Any], authorization: Authorization
) -> dict[str, Any]:
    desk.read_session(authorization)
    return desk.log_payment(event_id, payment_id, payment)


handler = Mangum(app, lifespan="off")
