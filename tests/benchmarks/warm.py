"""What a request costs a function that is already there, in CPU microseconds, DynamoDB's answers put in.

Peers make the same calls to DynamoDB, believe the session and hand each row's JSON back as it stands: what is above
bare Chalice is what the product does for its answer. The last line has FastAPI and Mangum before the product's own
rules and store: what is above ours is the framework's.
"""

import sys

from tests.benchmarks import apps
from tests.benchmarks.tables import ratio, show, spread

ROUNDS, BATCHES, BATCH = 5, 6, 10
PEERS = list(apps.APPS)


def main(rounds: int = ROUNDS) -> None:
    apps.install()
    found = {name: [] for name in PEERS}
    for _ in range(rounds):
        for name in PEERS:
            found[name].append(apps.run(name, batches=BATCHES, batch=BATCH)["warm_us"])
    requests = list(found[apps.OURS][0])

    def took(name, request):
        return [one for run in found[name] for one in run[request]]

    rows = []
    for name in PEERS:
        cells = [[spread(took(name, one)), ratio(took(name, one), took(apps.OURS, one))] for one in requests]
        rows.append([name, *(cell for pair in cells for cell in pair)])
    heads = ["", *(head for one in requests for head in (one, "to ours"))]
    show(f"warm request, µs CPU: median of {rounds * BATCHES} batches of {BATCH} (middle half)", heads, rows)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
