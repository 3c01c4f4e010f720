"""What a new function loads before it can answer."""

import subprocess
import sys

from tests.support.running import ROOT


def test_a_start_loads_no_sdk_and_nothing_of_mail_or_waivers() -> None:
    command = [sys.executable, "-c", "import app, sys; print(*sys.modules, sep='\\n')"]
    loaded = set(subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split())
    assert {"app", "chalicelib.events", "chalicelib.auth"} <= loaded
    unneeded = "boto3 botocore.session jinja2 mistune smtplib email.message".split()
    unneeded += [f"chalicelib.{name}" for name in "mailer notifications pages payments reports signing waivers".split()]
    unneeded += [f"chalicelib.store.{name}" for name in "dock mail payments waivers".split()]
    assert not loaded & set(unneeded)
