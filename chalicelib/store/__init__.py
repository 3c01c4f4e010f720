"""The only caller of DynamoDB, and the only one that knows how items look.

One table; its keys, and the sparse index `by_date`, are described in docs/decisions.md. An item's facts
stand as JSON text in `data`; beside it stand only the attributes that conditions, filters or counters need.
"""

from chalicelib.store.addresses import mark_address, read_marks
from chalicelib.store.events import (
    Charter,
    EventRecord,
    board_key,
    list_events,
    put_new_event,
    read_charter,
    read_event,
    request_of,
    update_event,
)
from chalicelib.store.mail import (
    Mail,
    change_mail,
    claim_mail,
    finish_mail,
    list_due_mail,
    list_mail,
    mail_place,
    postpone_mail,
    put_mail,
    read_mail,
)
from chalicelib.store.payments import (
    append_act,
    append_payment,
    has_act,
    list_ledger,
    list_to_clear,
    payment_parts,
    read_payment_item,
    stored_answer,
)
from chalicelib.store.sessions import count_try, delete_session, extend_session, put_session, read_session
from chalicelib.store.table import Exists, Item, Moved
from chalicelib.store.waivers import (
    append_waivers,
    list_audit,
    list_chain,
    list_versions,
    publish_version,
    read_chain_head,
    read_current_version,
    read_signing,
    read_version,
    read_waiver,
)

__all__ = [
    "Charter",
    "EventRecord",
    "Exists",
    "Item",
    "Mail",
    "Moved",
    "append_act",
    "append_payment",
    "append_waivers",
    "board_key",
    "change_mail",
    "claim_mail",
    "count_try",
    "delete_session",
    "extend_session",
    "finish_mail",
    "has_act",
    "list_audit",
    "list_chain",
    "list_due_mail",
    "list_events",
    "list_ledger",
    "list_mail",
    "list_to_clear",
    "list_versions",
    "mail_place",
    "mark_address",
    "payment_parts",
    "postpone_mail",
    "publish_version",
    "put_mail",
    "put_new_event",
    "put_session",
    "read_chain_head",
    "read_charter",
    "read_current_version",
    "read_event",
    "read_mail",
    "read_marks",
    "read_payment_item",
    "read_session",
    "read_signing",
    "read_version",
    "read_waiver",
    "request_of",
    "stored_answer",
    "update_event",
]
