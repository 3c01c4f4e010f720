"""Makes what an admin logs in with: ADMIN_PASS_HASH from a password, and ADMIN_TOTP, the second factor.

Both stand in the Parameter Store of a stage; a lost phone is replaced by turning the second factor on again.
"""

import argparse
import getpass
import sys
from datetime import UTC, datetime

import pyotp
import segno

from chalicelib.core import settings
from chalicelib.core.errors import BadInput, SettingsError
from chalicelib.sign_in import passwords, totp
from tools.common.cloud import APP, Cloud, find_cloud
from tools.common.console import Refused, confirm, run_tool
from tools.common.functions import api_environment, merge


def set_password(options: argparse.Namespace) -> None:
    try:
        password = sys.stdin.readline().rstrip("\r\n") if options.stdin else ask()
    except EOFError:
        raise Refused("no password was given; to read it from standard input, use --stdin") from None
    try:
        password_hash = passwords.hash_password(password)
    except BadInput as error:
        raise Refused("; ".join(f"password {problem}" for problem in error.fields.values())) from error
    if options.stage:
        store_password(find_cloud(options.stage), password_hash, options.yes)
    else:
        print(password_hash)


def ask() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Refused("the two passwords differ")
    return password


def store(cloud: Cloud, setting: str, value: str) -> None:
    name = cloud.parameter_name(setting)
    cloud.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    print(f"set {name}; running functions read it within five minutes")


def store_password(cloud: Cloud, password_hash: str, yes: bool) -> None:
    confirm(f"Set {cloud.parameter_name('ADMIN_PASS_HASH')}? A new password ends every session.", yes)
    store(cloud, "ADMIN_PASS_HASH", password_hash)


# --- second factor --------------------------------------------------------------------------------


def print_new_secret(name: str) -> None:
    secret = pyotp.random_base32()
    show(secret, name, "")
    print(f"ADMIN_TOTP={joined({name or 'admin': secret})}")


def turn_on(cloud: Cloud, name: str, yes: bool) -> None:
    here = live_settings(cloud)
    name = one_of_the_admins(here, name)
    verb = "Replace" if name in here.totp_secrets else "Turn on"
    confirm(f"{verb} the second factor of {name}? It ends the sessions of {name}.", yes)
    secret = pyotp.random_base32()
    show(secret, name, here.base_url.partition("//")[2])
    # Stored before a phone has it, the secret would lock the admin out.
    if not yes:
        code = input("The code that the app shows now: ").strip()
        if totp.find_step(secret, code, datetime.now(UTC)) is None:
            raise Refused("that is not its code: nothing was changed")
    change(cloud, {**here.totp_secrets, name: secret})


def turn_off(cloud: Cloud, name: str, yes: bool) -> None:
    name = name or "admin"
    # Not by the checked settings, which refuse the secret of somebody who is no admin any more.
    secrets = settings.parse_totp_secrets(cloud.resolve(api_environment(cloud).get("ADMIN_TOTP", "off")))
    if name not in secrets:
        raise Refused(f"{name} has no second factor; who has one: {', '.join(sorted(secrets)) or 'nobody'}")
    confirm(f"Turn off the second factor of {name}? The password alone then opens the desk.", yes)
    change(cloud, {other: secret for other, secret in secrets.items() if other != name})


def live_settings(cloud: Cloud) -> settings.Settings:
    try:
        return settings.load(api_environment(cloud), cloud.read_parameters)
    except SettingsError as error:
        raise Refused(str(error)) from error


def one_of_the_admins(here: settings.Settings, name: str) -> str:
    if not here.named_admins and not name:
        return "admin"
    if name not in here.admins:
        raise Refused(f"say whose by --name: {', '.join(sorted(here.admins))}")
    return name


def show(secret: str, name: str, desk: str) -> None:
    account = f"{name or 'admin'}@{desk}" if desk else name or APP
    uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Ship Captain Crew")
    if sys.stdout.isatty():
        segno.make(uri, error="m").terminal(compact=True)
    print(uri)


def change(cloud: Cloud, secrets: dict[str, str]) -> None:
    store(cloud, "ADMIN_TOTP", joined(secrets))
    # Where it stood in the environment itself, or nowhere yet, the functions now name the parameter.
    merge(cloud, {"ADMIN_TOTP": f"ssm:{cloud.parameter_name('ADMIN_TOTP')}"})


def joined(secrets: dict[str, str]) -> str:
    if set(secrets) == {"admin"}:
        return secrets["admin"]
    return ";".join(f"{name}={secret}" for name, secret in sorted(secrets.items())) or "off"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.password",
        description="Print the ADMIN_PASS_HASH of a password. The password is asked for, never an argument.",
    )
    parser.add_argument("--stdin", action="store_true", help="read the password from the first line of standard input")
    factor = parser.add_mutually_exclusive_group()
    factor.add_argument("--totp", action="store_true", help="instead: a new second factor, shown as a QR code")
    factor.add_argument("--totp-off", action="store_true", help="instead: no second factor any more")
    parser.add_argument("--name", default="", help="whose second factor, where there are several admins")
    parser.add_argument("--stage", help="put it into this stage's Parameter Store instead of printing it")
    parser.add_argument("--yes", action="store_true", help="answer the plan of --stage with yes")
    options = parser.parse_args()
    if options.totp_off and not options.stage:
        parser.error("--totp-off needs a --stage")
    if options.totp and not options.stage:
        print_new_secret(options.name)
    elif options.totp or options.totp_off:
        (turn_on if options.totp else turn_off)(find_cloud(options.stage), options.name, options.yes)
    else:
        set_password(options)
    return 0


if __name__ == "__main__":
    run_tool(main)
