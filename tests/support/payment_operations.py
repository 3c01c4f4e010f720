"""Everything that can be asked about payments."""

from typing import Any

from tests.support.api import Answer
from tests.support.in_process import CHECK, NEW, QUEUED, SIGNING, VENMO, InProcessProduct
from tests.support.operation import Act, Operation, asking, reading

_EVENT = "/api/events/{event_id}"
_PAYMENT = _EVENT + "/payments/{payment_id}"
_BATCH = _EVENT + "/payment-batches/{batch_id}"
_CORRECTS = {"payment_id": CHECK, "reason": "typo"}
_EVIDENCE = {"source": "chase", "file_sha256": "0" * 64, "row": 7, "date": "2026-11-20", "amount_cents": 10_000}
_SHARES = {"shares": [{"name": "Smee", "amount_cents": 400}, {"name": "Mullins", "amount_cents": 600}]}
_CASH = {"method": "cash", "amount_cents": 5_000}


def _pay(number_of: str = NEW, **body: Any) -> Act:
    return lambda product: product.ask("PUT", product.url(f"/payments/{number_of}"), body)


def _on(which: str, act: str, body: Any = None) -> Act:
    return lambda product: product.ask("POST", product.url(f"/payments/{which}/{act}"), body)


def _move(which: str, *, to_another: bool = False) -> Act:
    """From the first charter to that of the same patron or of another one."""

    def act(product: InProcessProduct) -> Answer:
        to = product.other_id if to_another else product.past_id
        corrects = {**_CORRECTS, "event_id": product.event_id, "payment_id": which}
        return product.ask("PUT", f"/api/events/{to}/payments/{NEW}", {"corrects": corrects})

    return act


def _batch(**changes: Any) -> Act:
    rows = [
        {"payment_id": NEW, **_CASH},
        {"payment_id": SIGNING, "method": "venmo", "amount_cents": 700, "kind": "tip"},
    ]
    return lambda product: product.ask("PUT", product.url(f"/payment-batches/{NEW}"), {"payments": rows, **changes})


PAYMENT_OPERATIONS: dict[str, Operation] = {
    "log a payment": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,)),
    "log a payment while the mail service is busy": Operation(
        f"PUT {_PAYMENT}", _pay(**_CASH), (201,), mail_answer="busy"
    ),
    "log a payment whose mail is refused": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,), mail_answer="refuses"),
    "log a check and ask for duplicates": Operation(
        f"PUT {_PAYMENT}", _pay(method="check", amount_cents=7_000, notify=False, ask_if_duplicate=True), (201,)
    ),
    "refund a payment": Operation(
        f"PUT {_PAYMENT}", _pay(method="cash", amount_cents=500, kind="refund", refund_of=VENMO), (201,)
    ),
    "correct a payment": Operation(f"PUT {_PAYMENT}", _pay(corrects=_CORRECTS, amount_cents=1_000), (201,)),
    "correct a payment while the mail service is busy": Operation(
        f"PUT {_PAYMENT}", _pay(corrects=_CORRECTS, method="cash"), (201,), mail_answer="busy"
    ),
    "correct a payment whose receipt waits": Operation(
        f"PUT {_PAYMENT}", _pay(corrects={**_CORRECTS, "payment_id": QUEUED}, payer="Dee"), (201,), start="waiting"
    ),
    "move a payment to another charter": Operation(f"PUT {_PAYMENT}", _move(VENMO), (201,)),
    "move a payment to another patron's charter": Operation(f"PUT {_PAYMENT}", _move(CHECK, to_another=True), (201,)),
    "log a batch": Operation(f"PUT {_BATCH}", _batch(), (201,)),
    "log a batch while the mail service is busy": Operation(f"PUT {_BATCH}", _batch(), (201,), mail_answer="busy"),
    "log a batch without a receipt": Operation(f"PUT {_BATCH}", _batch(notify=False), (201,)),
    "clear a payment with evidence": Operation(f"POST {_PAYMENT}/clear", _on(CHECK, "clear", {"evidence": _EVIDENCE})),
    "list a charter's payments": reading(f"{_EVENT}/payments"),
    "void a payment": Operation(f"POST {_PAYMENT}/void", _on(CHECK, "void", {"reason": "typo"})),
    "void a payment whose receipt waits": Operation(
        f"POST {_PAYMENT}/void", _on(QUEUED, "void", {"reason": "typo"}), start="waiting"
    ),
    "clear a payment": Operation(f"POST {_PAYMENT}/clear", _on(CHECK, "clear", {})),
    "bounce a payment": Operation(f"POST {_PAYMENT}/bounce", _on(CHECK, "bounce", {"reason": "no cover"})),
    "send a receipt again": Operation(f"POST {_PAYMENT}/receipt", _on(CHECK, "receipt"), (202,), (202,)),
    "list what is due": reading("/api/receivables"),
    "pay all that is due": Operation(f"PUT {_PAYMENT}", _pay(method="check", amount_cents=90_000), (201,)),
    "mail a statement": Operation(
        f"POST {_EVENT}/statement", asking("POST", f"{_EVENT}/statement", {"due_date": "2026-12-12"}), (202,), (202,)
    ),
    "mail a statement to another while the mail service is busy": Operation(
        f"POST {_EVENT}/statement",
        asking("POST", f"{_EVENT}/statement", {"to": "books@example.com", "note": "PO 4711"}),
        (202,),
        (202,),
        mail_answer="busy",
    ),
    "list the tips": reading("/api/tips", "?from=2026-11-01&to=2026-12-31"),
    "share the tips out by hand": Operation(f"PUT {_EVENT}/tip-shares", asking("PUT", f"{_EVENT}/tip-shares", _SHARES)),
    "sum up the payments by boat": Operation(
        "GET /api/payments/summary", asking("GET", "/api/payments/summary?by=boat")
    ),
    "list the payments of a captain": Operation("GET /api/payments", asking("GET", "/api/payments?captain=Cap+Hook")),
    "list the payments": reading("/api/payments"),
    "list the payments to clear": reading("/api/payments/to-clear"),
    "sum up the payments": reading("/api/payments/summary"),
    "fetch the payments": reading("/api/payments.csv"),
}
