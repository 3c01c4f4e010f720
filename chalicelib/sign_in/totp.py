"""One-time codes of the second factor (RFC 6238): six digits, a new one every 30 seconds."""

from datetime import datetime

# Codes of one step earlier or later pass too: clocks differ, and typing takes time (RFC 6238 section 5.2).
STEPS_OFF = 1
STEP_S = 30


def find_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code belongs to; None if it is no code of now."""
    # Imported here: most logins have no second factor, and other requests never need it.
    import pyotp
    from pyotp.exceptions import OTPVerificationError

    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=STEPS_OFF)
    except OTPVerificationError:
        return None
