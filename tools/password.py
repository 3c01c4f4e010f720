"""Makes ADMIN_PASS_HASH from a password, and on wish puts it where a stage reads it."""

import argparse
import getpass
import sys

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import auth
from chalicelib.errors import BadInput
from tools.cloud import Cloud, find_cloud
from tools.console import Refused, confirm, run_tool


def ask() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Refused("the two passwords differ")
    return password


def store(cloud: Cloud, password_hash: str, yes: bool) -> None:
    name = cloud.parameter_name("ADMIN_PASS_HASH")
    confirm(f"Set {name}? A new password ends every session.", yes)
    try:
        cloud.client("ssm").put_parameter(Name=name, Value=password_hash, Type="SecureString", Overwrite=True)
    except (BotoCoreError, ClientError) as error:
        raise Refused(str(error)) from error
    print(f"set {name}; running functions read it within five minutes")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.password",
        description="Print the ADMIN_PASS_HASH of a password. The password is asked for, never an argument.",
    )
    parser.add_argument("--stdin", action="store_true", help="read the password from the first line of standard input")
    parser.add_argument("--stage", help="put it into this stage's Parameter Store instead of printing it")
    parser.add_argument("--yes", action="store_true", help="answer the plan of --stage with yes")
    options = parser.parse_args()
    try:
        password = sys.stdin.readline().rstrip("\r\n") if options.stdin else ask()
    except EOFError:
        raise Refused("no password was given; to read it from standard input, use --stdin") from None
    try:
        password_hash = auth.hash_password(password)
    except BadInput as error:
        raise Refused("; ".join(f"password {problem}" for problem in error.fields.values())) from error
    if options.stage:
        store(find_cloud(options.stage), password_hash, options.yes)
    else:
        print(password_hash)
    return 0


if __name__ == "__main__":
    run_tool(main)
