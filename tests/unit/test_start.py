"""What a new function loads before it can answer."""

import subprocess
import sys

from tests.support.running import ROOT

NEEDED = {"app", "chalicelib.charters.service", "chalicelib.sign_in.sessions"}
LATER = {"boto3", "botocore.session", "jinja2", "mistune", "smtplib", "email.message"}
LATER_ROOMS = ("mail", "payments", "waivers", "manifest", "openapi", "charter_page", "sweep")
# Of a module that waits, only the name is there: its code has not run.
LOADED = """
import sys, app
print(*(name for name, module in sys.modules.items() if object.__getattribute__(module, "__class__") is type(sys)))
"""


def test_a_cold_start_loads_neither_the_sdk_nor_the_rooms_that_the_board_does_not_need() -> None:
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", LOADED], check=True, cwd=ROOT, capture_output=True, text=True
        ).stdout.split()
    )
    assert loaded >= NEEDED
    assert not loaded & LATER
    modules = {name for name in loaded if name.startswith("chalicelib.") and "." in name.removeprefix("chalicelib.")}
    assert not {name for name in modules if name.split(".")[1] in LATER_ROOMS}
