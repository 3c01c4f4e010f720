"""Signing under load and under malice: each figure beside that of the same work without the trouble.

Straight into the handler, one app and one client a guest, on DynamoDB Local; and as a browser comes, through the whole
stack of `make run`. The contract asks: nobody waits for anybody on the same charter (p99 at most 1.5 times that of the
same guests on charters of their own), an attack slows an honest guest at most by 2, and a charter's page costs at most
twice as much with 600 signed as with 6.
"""

import json
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from tests.benchmarks.load import FORM, Send, Way, as_a_browser, into_the_handler
from tests.benchmarks.tables import show
from tests.support.api import new_event
from tools.local.demo import hidden_fields

AT_ONCE = 200
CROWDS = (24, 100)
ATTACKERS, HONEST = 6, 40
REQUESTS = 15
FEW, MANY = 6, 600
MINORS = 9
JSON = "application/json"
# About 40 KB, near what a drawing may be.
STROKES = json.dumps([[[x % 400, x % 150, x * 9] for x in range(3200)]], separators=(",", ":"))


def main() -> None:
    heads = ["", "ours", "compared with", "ratio", "answers"]
    with into_the_handler() as way:
        rows = [crowd_row(way), attack_row(way), *page_rows(way)]
    with as_a_browser() as way:
        rows += [*(stack_row(way, count) for count in CROWDS), *page_rows(way)]
    show("signing, ms", heads, rows)


def crowd_row(way: Way) -> list[str]:
    """200 on one charter, beside 200 on 200 charters. The better of two runs of each, for one may meet a pause."""
    one = [sign_at_once(way, [new_charter(way, AT_ONCE)] * AT_ONCE) for _ in range(2)]
    own = [sign_at_once(way, [new_charter(way, 1) for _ in range(AT_ONCE)]) for _ in range(2)]
    best_one, best_own = (min(runs, key=lambda run: p99(run[0])) for runs in (one, own))
    return row(
        f"handler: p99 of {AT_ONCE} guests at once, on one charter / on as many",
        p99(best_one[0]),
        p99(best_own[0]),
        best_one[1],
    )


def attack_row(way: Way) -> list[str]:
    """Six connections repeat one signed form; an honest guest signs on another charter."""
    victim, other = new_charter(way, 10), new_charter(way, HONEST)
    attacker = way.caller(200)
    form = filled(attacker, victim, "Mallory")
    post(attacker, victim, form)
    alone, _ = sign_in_turn(way, other)
    stop, told = threading.Event(), Counter[int]()

    def repeat(number: int) -> None:
        send = way.caller(200)
        while not stop.is_set():
            told[post(send, victim, form)] += 1

    attackers = [threading.Thread(target=repeat, args=(number,)) for number in range(ATTACKERS)]
    for one in attackers:
        one.start()
    beside, answers = sign_in_turn(way, new_charter(way, HONEST))
    stop.set()
    for one in attackers:
        one.join()
    title = f"handler: median of an honest guest, beside {ATTACKERS} who replay ({show_counts(told)}) / alone"
    return row(title, statistics.median(beside), statistics.median(alone), answers)


def page_rows(way: Way) -> list[list[str]]:
    """The pages of a charter with many signed people and full drawings, beside one with few."""
    admin = way.caller(0)
    few, many = new_charter(way, FEW), new_charter(way, MANY)
    for event_id, people in ((few, FEW), (many, MANY)):
        for first in range(0, people, MINORS + 1):
            minors = min(MINORS, people - first - 1)
            send = way.caller(first)
            form = filled(send, event_id, f"Signer {first}", minors) | {"signature_strokes": STROKES}
            assert post(send, event_id, form) == 303
    paths = {
        "guest page": "/api/guest/{}",
        "waiver page": "/g/{}/waiver",
        "charter page": "/api/events/{}",
        "manifest": "/api/events/{}/manifest",
    }
    return [
        row(
            f"{way.name}: {name}, {MANY} signed / {FEW} signed",
            median_of(admin, path.format(many)),
            median_of(admin, path.format(few)),
            Counter(),
        )
        for name, path in paths.items()
    ]


def stack_row(way: Way, count: int) -> list[str]:
    took, answers = sign_at_once(way, [new_charter(way, count)] * count)
    alone, _ = sign_in_turn(way, new_charter(way, count), 5)
    return row(f"browser: p99 of {count} guests at once on one charter / one alone", p99(took), p99(alone), answers)


# --- guests ---------------------------------------------------------------------------------------


def new_charter(way: Way, guests: int) -> str:
    body = json.dumps(new_event(party_size=max(1, min(guests, 500)), passenger_limit=None))
    return str(json.loads(way.caller(0)("POST", "/api/events", body, JSON).text)["event_id"])


def filled(send: Send, event_id: str, name: str, minors: int = 0) -> dict[str, str | list[str]]:
    form: dict[str, str | list[str]] = dict(hidden_fields(send("GET", f"/g/{event_id}/waiver", None, JSON).text))
    form |= {"signer_name": name, "signature_typed": name, "esign_consent": "on", "intent": "on"}
    if minors:
        form |= {
            "minor_name": [f"Child {number} of {name}" for number in range(minors)],
            "minor_birth_date": ["2020-01-31"] * minors,
            "guardian_relationship": "parent",
            "authority_attestation": "on",
        }
    return form


def post(send: Send, event_id: str, form: dict[str, str | list[str]]) -> int:
    return send("POST", f"/g/{event_id}/waiver", urlencode(form, doseq=True), FORM).status


def sign_at_once(way: Way, event_ids: Sequence[str]) -> tuple[list[float], Counter[int]]:
    """One guest for each of these; how long each waited, and what they were told."""
    callers = [way.caller(number) for number in range(len(event_ids))]
    form = filled(callers[0], event_ids[0], "")
    took, answers, start = [0.0] * len(event_ids), Counter[int](), threading.Barrier(len(event_ids))

    def sign(number: int) -> None:
        name = f"Guest {number}"
        own = form | {"submission_id": str(uuid.uuid4()), "signer_name": name, "signature_typed": name}
        callers[number]("GET", "/api/health", None, JSON)
        start.wait()
        began_at = time.perf_counter()
        answers[post(callers[number], event_ids[number], own)] += 1
        took[number] = (time.perf_counter() - began_at) * 1000

    in_threads(sign, len(event_ids))
    return took, answers


def sign_in_turn(way: Way, event_id: str, guests: int = HONEST) -> tuple[list[float], Counter[int]]:
    send, took, answers = way.caller(1), [], Counter[int]()
    form = filled(send, event_id, "")
    for number in range(guests):
        name = f"Honest {number}"
        own = form | {"submission_id": str(uuid.uuid4()), "signer_name": name, "signature_typed": name}
        began_at = time.perf_counter()
        answers[post(send, event_id, own)] += 1
        took.append((time.perf_counter() - began_at) * 1000)
    return took, answers


def in_threads(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- telling --------------------------------------------------------------------------------------


def median_of(send: Send, path: str) -> float:
    took = []
    for _ in range(REQUESTS):
        began_at = time.perf_counter()
        assert send("GET", path, None, JSON).status == 200
        took.append((time.perf_counter() - began_at) * 1000)
    return statistics.median(took)


def p99(took: Sequence[float]) -> float:
    return sorted(took)[len(took) * 99 // 100]


def row(title: str, ours: float, other: float, answers: Counter[int]) -> list[str]:
    return [title, f"{ours:.1f}", f"{other:.1f}", f"{ours / other:.2f}", show_counts(answers)]


def show_counts(answers: Counter[int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))


if __name__ == "__main__":
    main()
