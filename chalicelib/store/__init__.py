"""The only caller of DynamoDB, and the only one that knows how items look.

One table; its keys, and the sparse index `by_date`, are described in docs/decisions.md. An item's facts
stand as JSON text in `data`; beside it stand only the attributes that conditions, filters or counters need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.store.addresses import mark_address, read_marks
    from chalicelib.store.dock import (
        owe_head_mail,
        owe_once,
        put_departure,
        put_dock_note,
        read_dock,
        read_head_to_mail,
    )
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
    from chalicelib.store.sessions import (
        count_try,
        delete_session,
        extend_session,
        put_session,
        read_session,
        throttle_write,
        use_code,
    )
    from chalicelib.store.table import Exists, Item, Moved, TooMany
    from chalicelib.store.waivers import (
        Desk,
        append_waivers,
        list_audit,
        list_chain,
        list_chain_down,
        list_versions,
        publish_version,
        put_audit_once,
        put_copy,
        read_chain_head,
        read_copy,
        read_current_versions,
        read_desk,
        read_version,
        read_waiver,
        read_waivers,
        take_turn,
    )
else:

    def __getattr__(name: str) -> Any:
        # Modules come in this order until one has the name: whoever opens the board loads no waivers.
        for module in "events sessions table payments mail waivers dock addresses".split() if name in __all__ else ():
            home = import_module(f"chalicelib.store.{module}")
            if hasattr(home, name):
                return globals().setdefault(name, getattr(home, name))
        raise AttributeError(name)


__all__ = [
    "Charter",
    "Desk",
    "EventRecord",
    "Exists",
    "Item",
    "Mail",
    "Moved",
    "TooMany",
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
    "list_chain_down",
    "list_due_mail",
    "list_events",
    "list_ledger",
    "list_mail",
    "list_to_clear",
    "list_versions",
    "mail_place",
    "mark_address",
    "owe_head_mail",
    "owe_once",
    "payment_parts",
    "postpone_mail",
    "publish_version",
    "put_audit_once",
    "put_copy",
    "put_departure",
    "put_dock_note",
    "put_mail",
    "put_new_event",
    "put_session",
    "read_chain_head",
    "read_charter",
    "read_copy",
    "read_current_versions",
    "read_desk",
    "read_dock",
    "read_event",
    "read_head_to_mail",
    "read_mail",
    "read_marks",
    "read_payment_item",
    "read_session",
    "read_version",
    "read_waiver",
    "read_waivers",
    "request_of",
    "stored_answer",
    "take_turn",
    "throttle_write",
    "update_event",
    "use_code",
]
