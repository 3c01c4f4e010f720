import desk
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

app = APIGatewayRestResolver()


def authorization():
    return app.current_event.headers.get("authorization", "")


@app.get("/api/session")
def session():
    return desk.read_session(authorization())


@app.get("/api/events")
def events():
    desk.read_session(authorization())
    return desk.list_charters()


@app.put("/api/events/<event_id>/payments/<payment_id>")
def log_payment(event_id, payment_id):
    desk.read_session(authorization())
    return desk.log_payment(event_id, payment_id, app.current_event.json_body), 201


def handler(event, context):
    return app.resolve(event, context)
