"""The functions: their settings, their log, and how they send mail."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import settings
from chalicelib.core.errors import SettingsError
from tools.common.cloud import Cloud
from tools.common.functions import Variables, differing_names, live_environments
from tools.common.sender import identities
from tools.smoke.result import NotAsExpected, Skipped

LOG_WINDOW = timedelta(minutes=15)
# What Python's logging, Lambda's time-out and a crash of the runtime write.
LOG_PATTERNS = ("ERROR", '"Task timed out"', '"Runtime exited"')
MAX_LOG_LINES = 5


def function_settings(cloud: Cloud) -> str:
    environments = _environments(cloud)
    for function, variables in environments.items():
        try:
            here = settings.load(variables, cloud.read_parameters)
        except SettingsError as error:
            raise NotAsExpected(f"{function}: {error}") from error
    if differing := differing_names(environments):
        raise NotAsExpected(f"the functions differ in {', '.join(differing)}: merge those once more")
    without = sorted(set(here.admins) - set(here.totp_secrets))
    return f"all there, the same in each function; no second factor for {', '.join(without) or 'nobody'}"


def _environments(cloud: Cloud) -> dict[str, Variables]:
    found = live_environments(cloud)
    if missing := sorted(set(cloud.function_names()) - set(found)):
        raise NotAsExpected(f"not deployed: {', '.join(missing)}")
    return found


def recent_log(cloud: Cloud, now: datetime) -> str:
    logs, lines = cloud.client("logs"), []
    for function in _environments(cloud):
        # What was logged before its last change tells of what has been repaired since.
        changed_at = cloud.client("lambda").get_function_configuration(FunctionName=function)["LastModified"]
        since = max(now - LOG_WINDOW, datetime.strptime(changed_at, "%Y-%m-%dT%H:%M:%S.%f%z"))
        for pattern in LOG_PATTERNS:
            found = _log_events(logs, f"/aws/lambda/{function}", pattern, since)
            lines += [f"{function}: {' '.join(event['message'].split())[:200]}" for event in found]
    if lines:
        raise NotAsExpected(" | ".join(lines[:MAX_LOG_LINES]))
    return f"no error since the last change, at most {LOG_WINDOW.seconds // 60} minutes"


def _log_events(logs: Any, group: str, pattern: str, since: datetime) -> list[dict[str, Any]]:
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        startTime=int(since.timestamp() * 1000),
        filterPattern=pattern,
        PaginationConfig={"MaxItems": MAX_LOG_LINES},
    )
    try:
        return [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []


def mail_transport(cloud: Cloud) -> str:
    try:
        here = settings.load(next(iter(_environments(cloud).values())), cloud.read_parameters)
    except SettingsError as error:
        raise NotAsExpected(str(error)) from error
    if here.mail_transport == "gmail":
        return f"Gmail as {here.gmail_user}; whether it accepts the app password shows with the first mail"
    ses, names = cloud.client("sesv2"), identities(here.mail_from)
    account = ses.get_account()
    if not account.get("SendingEnabled"):
        raise NotAsExpected("SES has paused sending for this account")
    if not any(_is_verified(ses, name) for name in names):
        raise NotAsExpected(f"SES has not verified {' or '.join(names)}: enter its DKIM records into the DNS")
    if not account.get("ProductionAccessEnabled"):
        raise Skipped(f"{here.mail_from} is verified, but SES is in the sandbox: only verified addresses get mail")
    return f"SES as {here.mail_from}"


def _is_verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ses.exceptions.NotFoundException:
        return False
