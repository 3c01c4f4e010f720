import desk
from apig_wsgi import make_lambda_handler
from flask import Flask, request

app = Flask(__name__)


@app.get("/api/session")
def session():
    return desk.read_session(request.headers["authorization"])


@app.get("/api/events")
def events():
    desk.read_session(request.headers["authorization"])
    return desk.list_charters()


@app.put("/api/events/<event_id>/payments/<payment_id>")
def log_payment(event_id, payment_id):
    desk.read_session(request.headers["authorization"])
    return desk.log_payment(event_id, payment_id, request.get_json()), 201


handler = make_lambda_handler(app)
