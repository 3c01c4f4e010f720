"""The ledger of all charters: by page, by period, as CSV, and what is still to clear."""

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, get_args

from chalicelib.charters.store import Charter
from chalicelib.core import csv_export, paging, times
from chalicelib.core.fields import Form
from chalicelib.core.settings import settings
from chalicelib.money import amounts, currencies, ledger
from chalicelib.payments import by_charter, store
from chalicelib.payments.checks import CLOCK_TOLERANCE
from chalicelib.payments.fields import (
    PAYMENTS_QUERY,
    REPORT_QUERY,
    SUMMARY_QUERY,
    TO_CLEAR_QUERY,
    ByKind,
    Clearance,
    CurrencyTotals,
    Grouping,
    GroupTotals,
    Payment,
    PaymentKey,
    PaymentPage,
    Period,
    Summary,
    Totals,
)
from chalicelib.payments.rows import fold, payment_json

# A year by days, with room for a leap day and for the weeks that stick out.
MAX_PERIODS = 400
# New columns go to the end: a bookkeeper's import counts them. docs/payments.md says what each one holds.
CSV_COLUMNS = (
    "received_at",
    "recorded_at",
    "cleared_at",
    "status",
    "kind",
    "method",
    "amount",
    "currency",
    "payer",
    "reference",
    "note",
    "charter",
    "event_id",
    "payment_id",
    "refund_of",
    "recorded_by",
    "void_reason",
    "bounce_reason",
    "duplicate_of",
    "received_local_day",
    "received_local_time",
    "timezone",
    "corrects",
    "corrects_event_id",
    "corrected_by",
    "corrected_by_event_id",
    "cleared_by",
    "evidence",
    "boat",
    "captain",
)


class Range(NamedTuple):
    """Payments received in [start, end)."""

    start: datetime
    end: datetime


class Report(NamedTuple):
    range: Range
    status: str
    method: str
    of: Mapping[Grouping, str]
    """The boat and the captain of the charters; empty is any."""


class PeriodReport(NamedTuple):
    range: Range
    by: Period | Grouping
    of: Mapping[Grouping, str]
    periods: list[tuple[date, date]]
    """None where it is summed up by boat or captain."""


# --- parse ----------------------------------------------------------------------------------------


def parse_page(query: Mapping[str, str], *, now: datetime) -> tuple[Report, int, str]:
    """What is asked for, how many of them and from which cursor on."""
    form = Form(query)
    given = form.read_all(PAYMENTS_QUERY)
    form.finish()
    return _report(given, now), given["limit"], given["cursor"]


def parse_report(query: Mapping[str, str], *, now: datetime) -> Report:
    form = Form(query)
    given = form.read_all(REPORT_QUERY)
    form.finish()
    return _report(given, now)


def _report(given: Mapping[str, Any], now: datetime) -> Report:
    return Report(range_of(given, now), given["status"], given["method"], _of(given))


def parse_summary(query: Mapping[str, str], *, now: datetime) -> PeriodReport:
    """Days are the operator's; a week starts on Monday."""
    form = Form(query)
    given = form.read_all(SUMMARY_QUERY)
    whole, by = range_of(given, now), given["by"]
    periods = [] if form.problems or by in get_args(Grouping) else list(_periods(whole, by))
    if len(periods) > MAX_PERIODS:
        form.refuse("from", f"must be near enough to `to` for at most {MAX_PERIODS} periods")
    form.finish()
    return PeriodReport(range=whole, by=by, of=_of(given), periods=periods)


def parse_to_clear(query: Mapping[str, str]) -> tuple[int, str]:
    form = Form(query)
    given = form.read_all(TO_CLEAR_QUERY)
    form.finish()
    return given["limit"], given["cursor"]


def _of(given: Mapping[str, Any]) -> Mapping[Grouping, str]:
    return {by: given[by] for by in get_args(Grouping)}


def range_of(given: Mapping[str, Any], now: datetime) -> Range:
    """By default from the start of the operator's current month till tomorrow."""
    timezone = settings().timezone
    start = given["from"] or times.start_of_day(times.day_of(now, timezone).replace(day=1), timezone)
    return Range(start, given["to"] or max(now, start) + CLOCK_TOLERANCE)


def _periods(whole: Range, by: str) -> Iterator[tuple[date, date]]:
    """First and last day of each period, those at the ends cut to the range; one more than allowed at most."""
    zone = times.zone(settings().timezone)
    day = whole.start.astimezone(zone).date()
    last = (whole.end - timedelta(seconds=1)).astimezone(zone).date()
    for _ in range(MAX_PERIODS + 1):
        if day > last:
            return
        next_day = _next_period(day, by)
        yield day, min(next_day - timedelta(days=1), last)
        day = next_day


def _next_period(day: date, by: str) -> date:
    if by == "month":
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 - day.weekday() if by == "week" else 1)


# --- answer ---------------------------------------------------------------------------------------


def list_payments(report: Report, limit: int, cursor: str) -> PaymentPage:
    """One page by `received_at`, and the totals of the whole range."""
    rows = by_charter.keep_those_of(_of_state(report), report.of)
    return _page(rows, limit, cursor, "payments")


def list_to_clear(limit: int, cursor: str) -> PaymentPage:
    """One page, the longest waiting first, of what is received and neither cleared, voided nor bounced."""
    return _page(fold(store.list_to_clear()), limit, cursor, "to_clear")


def summarize(wanted: PeriodReport) -> Summary:
    """The totals of each period of the range, of those without a payment too; or of each boat or captain."""
    timezone = settings().timezone
    rows = by_charter.keep_those_of(_read(wanted.range), wanted.of)
    by_period: dict[date, list[Payment]] = {first: [] for first, _ in wanted.periods}
    firsts = [first for first, _ in wanted.periods]
    for row in rows if wanted.periods else ():
        by_period[_first_of(firsts, times.local(row["received_at"], timezone).date())].append(row)
    return {
        "by": wanted.by,
        "timezone": timezone,
        "periods": [
            {"from": first.isoformat(), "to": last.isoformat(), "totals": totals(by_period[first])}
            for first, last in wanted.periods
        ],
        "groups": list(_groups(rows, wanted.by)),
        "totals": totals(rows),
    }


def _groups(rows: Sequence[Payment], by: Period | Grouping) -> Iterator[GroupTotals]:
    if by not in ("boat", "captain"):
        return
    for one in by_charter.group(rows, by):
        yield {**one.named._asdict(), "charters": one.charters, "totals": totals(one.payments)}  # type: ignore[typeddict-item]


def to_csv(report: Report) -> str:
    timezone, rows = settings().timezone, _of_state(report)
    charters = by_charter.charters_of(rows)
    kept = by_charter.keep_fitting(rows, report.of, charters)
    return csv_export.to_csv(CSV_COLUMNS, (_cells(row, charters.get(row["event_id"]), timezone) for row in kept))


def totals(rows: Iterable[Payment]) -> Totals:
    """Totals of the rows; voided and bounced ones only count in `count`.

    `by_method` is money in less money out, tips included; `by_kind` what was logged under each kind. Money of
    other currencies than the operator's (or the first there is) stands apart, in totals of its own.
    """
    first, *others = (_totals(*one) for one in currencies.group(rows, settings().currency))
    return {**first, "other_currencies": others}


def _totals(currency: str, rows: list[Payment]) -> CurrencyTotals:
    sums = ledger.fold(rows)
    by_method: dict[str, int] = {}
    by_kind: ByKind = {"deposit": 0, "balance": 0, "tip": 0, "refund": 0}
    for row in filter(ledger.is_live, rows):
        by_method[row["method"]] = by_method.get(row["method"], 0) + ledger.signed_cents(row)
        by_kind[row["kind"]] += row["amount_cents"]
    return {
        "currency": currency,
        "received_cents": sums.received_cents,
        "refunded_cents": sums.refunded_cents,
        "tips_cents": sums.tips_cents,
        "uncleared_cents": sums.uncleared_cents,
        "count": len(rows),
        "by_method": by_method,
        "by_kind": by_kind,
    }


def _page(rows: Iterable[Payment], limit: int, cursor: str, list_name: str) -> PaymentPage:
    rows = sorted(rows, key=_sort_key)
    left = [row for row in rows if not cursor or _sort_key(row) > cursor]
    page = left[:limit]
    return {
        "payments": [{**payment_json(row), "charter": row["charter"]} for row in page],
        "totals": totals(rows),
        "next_cursor": paging.make_cursor(list_name, _sort_key(page[-1])) if len(left) > limit else None,
    }


def _sort_key(payment: Payment) -> str:
    return f"{payment['received_at']}#{payment['payment_id']}#{payment['event_id']}"


def _of_state(report: Report) -> list[Payment]:
    """Those of the range with the wanted status and method, whatever their charter."""
    return [
        row
        for row in _read(report.range)
        if report.status in ("", row["status"]) and report.method in ("", row["method"])
    ]


def _read(whole: Range) -> Sequence[Payment]:
    if whole.start >= whole.end:
        return []
    first, last = times.format_instant(whole.start), times.format_instant(whole.end)
    return fold(store.list_ledger(first, last))


def _first_of(firsts: list[date], day: date) -> date:
    return firsts[bisect.bisect_right(firsts, day) - 1]


def _cells(row: Payment, charter: Charter | None, timezone: str) -> list[Any]:
    local = times.local(row["received_at"], timezone)
    cells = {
        **row,
        "amount": csv_export.Amount(amounts.plain(ledger.signed_cents(row), row["currency"])),
        "void_reason": row["void"] and row["void"]["reason"],
        "bounce_reason": row["bounce"] and row["bounce"]["reason"],
        **_key("corrects", row["corrects"]),
        **_key("corrected_by", row["corrected_by"]),
        "cleared_by": row["clearance"] and row["clearance"]["by"],
        "evidence": _evidence(row["clearance"]),
        **{by: charter and by_charter.named_of(charter, by).name for by in get_args(Grouping)},
        "received_local_day": local.date().isoformat(),
        "received_local_time": local.time().isoformat(),
        "timezone": timezone,
    }
    return [cells.get(name) for name in CSV_COLUMNS]


def _key(name: str, other: PaymentKey | None) -> dict[str, str | None]:
    return {name: other and other["payment_id"], f"{name}_event_id": other and other["event_id"]}


def _evidence(clearance: Clearance | None) -> str:
    """Where the bank shows the money: `chase, row 17, 2026-11-20, ANA RIVERA, file 9f86d0…`."""
    shown = clearance and clearance["evidence"]
    if not shown:
        return ""
    row, file = f"row {shown['row']}", f"file {shown['file_sha256']}"
    return ", ".join(filter(None, (shown["source"], row, shown["date"], shown["name"], file)))
