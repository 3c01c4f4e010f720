"""A new function's first answer, beside the frameworks that people take for it.

Each run is a process of its own: import, client, and a list of 50 charters for an admin. DynamoDB's answers are put in
where botocore would send its requests. The apps take turns, so that all meet the same drift; time is CPU time.
"""

import sys

from tests.benchmarks import apps
from tests.benchmarks.tables import ratio, show, spread

ROUNDS = 15
PEERS = [name for name in apps.APPS if name not in (apps.IDLE, apps.FASTAPI_OURS)]


def main(rounds: int = ROUNDS) -> None:
    apps.install()
    measure("kept bytecode", bytecode=True, rounds=rounds)
    measure("no bytecode, as a package comes to Lambda", bytecode=False, rounds=max(3, rounds // 3))


def measure(title: str, *, bytecode: bool, rounds: int) -> None:
    found = {name: [] for name in PEERS}
    for name in PEERS:
        apps.run(name, bytecode=bytecode)
    for _ in range(rounds):
        for name in PEERS:
            found[name].append(apps.run(name, bytecode=bytecode))
    bare = found[apps.BARE]

    def column(runs, figure):
        return [run[figure] for run in runs]

    rows = [
        [
            name,
            spread(column(runs, "import_ms")),
            spread(column(runs, "first_ms")),
            spread(column(runs, "total_ms")),
            ratio(column(runs, "total_ms"), column(bare, "total_ms")),
            spread(column(runs, "peak_mb"), 1),
            ratio(column(runs, "peak_mb"), column(bare, "peak_mb")),
            str(runs[0]["modules"]),
        ]
        for name, runs in found.items()
    ]
    heads = ["", "import, ms CPU", "first request", "both", "to bare", "peak MB", "to bare", "modules"]
    show(f"cold start, {title}: median of {rounds} (middle half)", heads, rows)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
