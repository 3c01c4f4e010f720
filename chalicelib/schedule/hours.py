"""How long a captain works: at most 12 hours in any 24 on uninspected boats (46 USC 8104). Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.core import times
from chalicelib.schedule.entries import Entry

MOST_HOURS = timedelta(hours=12)
PERIOD = timedelta(hours=24)

Span = tuple[datetime, datetime]


def longest_work(charter: Entry, others: Iterable[Entry]) -> timedelta:
    """The most that is worked in any 24 hours that this charter takes part in.

    `others` are the other charters of the same captain that count, those up to 24 hours before and after it among
    them. What overlaps is counted once.
    """
    spans = _merge(_span(entry) for entry in (charter, *others))
    begins, ends = _span(charter)
    first, last = begins - PERIOD, ends
    # The sum changes its course only where a span begins or ends at either end of the period.
    turns = {moment - back for span in spans for moment in span for back in (timedelta(0), PERIOD)}
    starts = {first, last, *(moment for moment in turns if first < moment < last)}
    return max(_worked(spans, start, start + PERIOD) for start in starts)


def _span(entry: Entry) -> Span:
    return times.parse_instant(entry.starts_at), times.parse_instant(entry.ends_at)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for begins, ends in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends)
        else:
            merged.append((begins, ends))
    return merged


def _worked(spans: Iterable[Span], start: datetime, end: datetime) -> timedelta:
    parts = (min(ends, end) - max(begins, start) for begins, ends in spans)
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))
