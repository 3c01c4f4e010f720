"""How the benchmarks print: one table each, a median with its spread in a cell."""

import statistics
from collections.abc import Sequence


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    print(title)
    for row in [heads, *rows]:
        first, *others = (
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]))
    print(flush=True)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median and, in brackets, the middle half."""
    low, _, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def ratio(values: Sequence[float], yardstick: Sequence[float]) -> str:
    """How many times the yardstick; the runs of one round are compared with each other."""
    return f"{statistics.median(one / other for one, other in zip(values, yardstick, strict=True)):.2f}x"
