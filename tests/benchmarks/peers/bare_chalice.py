import desk
from chalice.app import Chalice, Response

app = Chalice(app_name="bare")


def authorization():
    return app.current_request.headers.get("authorization", "")


@app.route("/api/session")
def session():
    return desk.read_session(authorization())


@app.route("/api/events")
def events():
    desk.read_session(authorization())
    return desk.list_charters()


@app.route("/api/events/{event_id}/payments/{payment_id}", methods=["PUT"])
def log_payment(event_id, payment_id):
    desk.read_session(authorization())
    return Response(desk.log_payment(event_id, payment_id, app.current_request.json_body), status_code=201)


handler = app
