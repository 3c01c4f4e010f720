"""Makes ADMIN_PASS_HASH from a password: `python -m tools.password`."""

import argparse
import getpass
import sys

from chalicelib import auth
from chalicelib.errors import BadInput
from tools.console import Refused, run_tool


def ask() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Refused("the two passwords differ")
    return password


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.password",
        description="Print the ADMIN_PASS_HASH of a password. The password is asked for, never an argument.",
    )
    parser.add_argument("--stdin", action="store_true", help="read the password from the first line of standard input")
    options = parser.parse_args()
    password = sys.stdin.readline().rstrip("\r\n") if options.stdin else ask()
    try:
        print(auth.hash_password(password))
    except BadInput as error:
        raise Refused("; ".join(f"password {problem}" for problem in error.fields.values())) from error
    return 0


if __name__ == "__main__":
    run_tool(main)
