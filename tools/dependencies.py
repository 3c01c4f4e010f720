"""The third-party packages: `lock` writes the hash of every file of each pinned version, `audit` looks for known holes.

Both borrow a well-known tool (uv, pip-audit), put into `.cache` when it is first needed; `make test` needs neither.
"""

import argparse
import json
import re
from pathlib import Path

from tools.common.borrowed import borrow, call
from tools.common.cloud import ROOT
from tools.common.console import Refused, run_tool

FILES = ("requirements.txt", "requirements-local.txt", "requirements-dev.txt", "requirements-node.txt")
LOCKER, AUDITOR = "uv==0.13.9", "pip-audit==2.10.1"
PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)")


def lock(file: Path) -> bool:
    """Writes the hashes beside the pins, comments kept; True if that changed something."""
    options = ["--no-deps", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    before = file.read_text()
    hashes: dict[str, list[str]] = {}
    name = ""
    for line in call([*borrow(LOCKER), "pip", "compile", *options, str(file)]).splitlines():
        if pin := PIN.match(line):
            name = canonical(pin[1])
        hashes.setdefault(name, []).extend(re.findall(r"--hash=\S+", line))
    pins = [line for line in before.splitlines() if not line.lstrip().startswith("--hash=")]
    after = "".join(locked_line(line, hashes) for line in pins)
    file.write_text(after)
    return after != before


def locked_line(line: str, hashes: dict[str, list[str]]) -> str:
    pin = PIN.match(line)
    if not pin:
        return f"{line}\n"
    return " \\\n    ".join([pin[0].rstrip("\\"), *sorted(hashes[canonical(pin[1])])]) + "\n"


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def audit() -> list[str]:
    """What is known against the pinned versions, one line each."""
    files = [part for name in FILES for part in ("-r", str(ROOT / name))]
    answer = call([*borrow(AUDITOR), "--require-hashes", "--disable-pip", "--format", "json", *files], accept=(0, 1))
    packages = json.loads(answer)["dependencies"]
    if unseen := [package["name"] for package in packages if "skip_reason" in package]:
        raise Refused(f"nothing could be learned of {len(unseen)} packages, {unseen[0]} the first: no advisories here")
    found = [
        f"{package['name']} {package['version']}: {hole['id']}, fixed in {hole['fix_versions'] or 'no version yet'}"
        for package in packages
        for hole in package.get("vulns", [])
    ]
    npm = json.loads(call(["npm", "audit", "--json"], folder=ROOT / "spa", accept=(0, 1)))
    if "vulnerabilities" not in npm:
        raise Refused(f"npm audit could not look: {npm.get('message', 'no answer')}")
    return found + [f"npm: {name}: {hole['severity']}" for name, hole in sorted(npm["vulnerabilities"].items())]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.dependencies", description=__doc__)
    parser.add_argument("command", choices=["lock", "audit"])
    if parser.parse_args().command == "lock":
        changed = [name for name in FILES if lock(ROOT / name)]
        print(f"locked anew: {', '.join(changed)}" if changed else "nothing to change")
        return 0
    if found := audit():
        print("\n".join(found))
        raise Refused(f"{len(found)} known holes: docs/security.md says by when each is to be fixed")
    print("no known hole in any pinned package")
    return 0


if __name__ == "__main__":
    run_tool(main)
