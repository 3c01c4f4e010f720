"""Runs one app by itself, as a fresh Lambda would, and says what that cost; `peers.run` starts it.

Nothing is imported before the clock runs but what the interpreter and the job itself need.
"""

import importlib
import json
import os
import re
import sys
import time


def main() -> None:
    job = json.load(sys.stdin)
    sys.path += job["path"]
    os.environ.clear()
    os.environ.update(job["environment"])
    modules, started_at = len(sys.modules), time.process_time()
    stub(job["canned"])
    handler = getattr(importlib.import_module(job["module"]), job["handler"])
    imported_at = time.process_time()
    first = job["requests"][job["first"]]
    answers = {job["first"]: handler(first, None)}
    answered_at = time.process_time()
    found = {
        "import_ms": (imported_at - started_at) * 1000,
        "first_ms": (answered_at - imported_at) * 1000,
        "total_ms": (answered_at - started_at) * 1000,
        "peak_mb": peak_mb(),
        "modules": len(sys.modules) - modules,
    }
    if job["batches"]:
        answers |= {name: handler(request, None) for name, request in job["requests"].items()}
        found["warm_us"] = {name: warm(handler, request, job) for name, request in job["requests"].items()}
    found["answers"] = {name: [answer["statusCode"], len(answer["body"])] for name, answer in answers.items()}
    json.dump(found, sys.stdout)


def peak_mb():
    """Of this program alone: getrusage also counts the process that it was started from."""
    with open("/proc/self/status") as status:  # noqa: PTH123 - pathlib is none of the apps' own modules
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024


def warm(handler, request, job):
    """CPU microseconds of a request: the mean of each batch."""
    took = []
    for _ in range(job["batches"] + 1):
        started_at = time.process_time()
        for _ in range(job["batch"]):
            handler(request, None)
        took.append((time.process_time() - started_at) / job["batch"] * 1e6)
    return took[1:]


def stub(canned):
    """DynamoDB's answers, where botocore would send its requests."""
    from botocore.awsrequest import AWSResponse
    from botocore.httpsession import URLLib3Session

    bodies = {name: body.encode() for name, body in canned.items()}

    class Raw:
        def __init__(self, body):
            self.body = body

        def stream(self, **_):
            yield self.body

    def send(_session, request):
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        if operation == "GetItem":
            operation += " SESSION" if b"SESSION#" in request.body else " EVENT"
        headers = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, Raw(bodies[operation]))

    URLLib3Session.send = send


if __name__ == "__main__":
    main()
