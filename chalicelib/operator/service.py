"""Who runs the charters, as everybody reads it, and what else the desk may change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from chalicelib.core import times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import Conflict
from chalicelib.core.fields import Form, rules_of
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.operator import store
from chalicelib.operator.fields import SavedSettings, SettingsDetails, SettingsJson


def get_settings() -> SettingsJson:
    """The settings that hold now. One read; what shows them reads them once."""
    return store.read_settings(_defaults())


def _defaults() -> SettingsDetails:
    """Before anything was saved: who the environment says, and for all else what a request may leave out."""
    here = settings()
    given = {
        "operator_name": here.operator_name,
        "operator_phone": here.operator_phone,
        "operator_email": here.operator_email,
    }
    rules = {name: rule for name, rule in rules_of(SettingsDetails).items() if name not in given}
    return cast(SettingsDetails, {**given, **Form({}).read_all(rules)})


def put_settings(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> SettingsJson:
    """Replaces them as a whole if `version` is the current one. Raises Conflict with the current ones."""
    form = Form(body)
    details, version = form.read(SettingsDetails), form.read_one("version", rules_of(SavedSettings)["version"])
    form.finish()

    def attempt() -> SettingsJson:
        seen = get_settings()
        if seen["version"] != version:
            raise Conflict("Somebody changed the settings meanwhile.", current=seen)
        before, after = dict(seen), dict(details)
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        store.put_settings(
            details, version + 1, audit_event("edited", actor, times.format_instant(now), changed=changed)
        )
        return {**details, "version": version + 1}

    return retry_on_conflict(attempt)
