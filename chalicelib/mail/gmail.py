"""Gmail by SMTP over TLS."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Any

from chalicelib.core import system
from chalicelib.core.settings import settings
from chalicelib.mail.message import Outcome

GMAIL_HOST, GMAIL_PORT = "smtp.gmail.com", 465
# For the whole conversation: the request that queues the mail waits for it.
SMTP_TIMEOUT_S = 8


class _Gmail(smtplib.SMTP_SSL):
    handed_over = False

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        self.ends_at = system.monotonic_s() + timeout
        super().__init__(host, port, timeout=timeout, context=context)

    def send(self, s: Any) -> None:
        if self.sock:
            # Each step, and the answer to it, may only take what is left of the whole time.
            self.sock.settimeout(max(0.001, self.ends_at - system.monotonic_s()))
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        answer = super().getreply()
        # 354 asks for the text. Once that is on its way, a lost connection leaves open whether it was accepted.
        self.handed_over = answer[0] == 354
        return answer


def send(message: EmailMessage) -> Outcome:
    smtp = None
    try:
        smtp = _Gmail(GMAIL_HOST, GMAIL_PORT, timeout=SMTP_TIMEOUT_S, context=ssl.create_default_context())
        smtp.login(settings().gmail_user, settings().gmail_token)
        smtp.send_message(message)
    except smtplib.SMTPAuthenticationError as problem:
        # The operator has to repair a wrong token; the mail waits for that.
        return Outcome("retry", f"SMTP: {problem.smtp_code}, sign-in refused")
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as problem:
        # A server that refuses the connection has not judged this mail.
        return Outcome("retry", f"SMTP: {problem.smtp_code}, not let in")
    except smtplib.SMTPRecipientsRefused as problem:
        return _refused(*min(problem.recipients.values()))
    except smtplib.SMTPDataError as problem:
        if not 400 <= problem.smtp_code < 600:
            # Neither yes nor no after the text: it may have been accepted.
            return Outcome("uncertain", f"SMTP: {problem.smtp_code}")
        return _refused(problem.smtp_code, problem.smtp_error)
    except smtplib.SMTPResponseException as problem:
        return _refused(problem.smtp_code, problem.smtp_error)
    except (OSError, smtplib.SMTPException) as problem:
        lost_after = smtp is not None and smtp.handed_over
        return Outcome("uncertain" if lost_after else "retry", f"SMTP: {type(problem).__name__}")
    finally:
        if smtp is not None:
            smtp.close()
    return Outcome("sent", "SMTP: 250")


def _refused(code: int, text: bytes | str) -> Outcome:
    """RFC 5321 section 4.2.1: 5yz is final, all else may pass later. So may Gmail's daily limit, a 550.

    https://support.google.com/a/answer/3726730
    """
    text = text.encode() if isinstance(text, str) else text
    over_limit = text.lstrip().startswith(b"5.4.5")
    return Outcome("failed" if code >= 500 and not over_limit else "retry", f"SMTP: {code}")
