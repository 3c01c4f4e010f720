"""Chalice's own share: the same answers, made beforehand."""

from chalice.app import Chalice, Response

app = Chalice(app_name="idle")
NOTHING = {"role": "admin", "expires_at": "2030-01-01T00:00:00Z"}


@app.route("/api/session")
def session():
    return NOTHING


@app.route("/api/events")
def events():
    return {"events": [], "next_cursor": None}


@app.route("/api/events/{event_id}/payments/{payment_id}", methods=["PUT"])
def log_payment(event_id, payment_id):
    return Response(NOTHING, status_code=201)


handler = app
