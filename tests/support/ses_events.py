"""What SES reports about mails, as EventBridge hands it to the function."""

import json
from pathlib import Path
from typing import Any

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "ses-events.json").read_text())


def ses_event(name: str, mail_id: str) -> Any:
    """A copy of a recorded one, about this mail."""
    event = json.loads(json.dumps(RECORDED[name]))
    event["detail"]["mail"]["tags"]["mail_id"] = [mail_id]
    return event
