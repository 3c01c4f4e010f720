import { deviceStorage } from "./browser/storage";
import { Observable } from "./observable";

/** The operator's clock as the server tells it with each answer: its time counts, and not this device's. */
interface OperatorClock {
  timezone: string;
  /** How far this device's clock is ahead of the server's; 0 when that is too little to matter. */
  ahead_ms: number;
}

export const deviceTimezone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What a clock may be off before it is spoken of. */
const CLOCK_OFF_MS = 5 * 60_000;
const KEY = "scc.timezone";

/** Till the server has spoken, the zone that it told last, and the device's clock. */
export const operatorClock = new Observable<OperatorClock>({
  timezone: deviceStorage.get(KEY) ?? deviceTimezone,
  ahead_ms: 0,
});

export function operatorTimezone(): string {
  return operatorClock.value.timezone;
}

/** The present by the server's clock. */
export function nowMs(): number {
  return Date.now() - operatorClock.value.ahead_ms;
}

/**
 * Takes over what an answer says of the operator's clock, `2026-11-28T13:06:07-08:00[America/Los_Angeles]` (RFC 9557).
 * The server wrote it at some moment between the question and the answer.
 */
export function hearClock(header: string, asked_ms: number, answered_ms: number): void {
  const [, instant = "", timezone = ""] = /^(.+)\[(.+)\]$/.exec(header) ?? [];
  const server_ms = Date.parse(instant);
  if (Number.isNaN(server_ms)) return;
  const off_ms = Math.max(asked_ms - server_ms, 0) + Math.min(answered_ms - server_ms, 0);
  const ahead_ms = Math.abs(off_ms) > CLOCK_OFF_MS ? off_ms : 0;
  const known = operatorClock.value;
  // Answers take longer and shorter; only a clock that was set says something new.
  const isNews = Math.abs(ahead_ms - known.ahead_ms) > CLOCK_OFF_MS / 2;
  if (timezone !== known.timezone) deviceStorage.set(KEY, timezone);
  if (isNews || timezone !== known.timezone) {
    operatorClock.value = { timezone, ahead_ms: isNews ? ahead_ms : known.ahead_ms };
  }
}

/** `30 days slow`, `2 hours fast`; empty when the device's clock is right. */
export function clockFault({ ahead_ms }: OperatorClock): string {
  const minutes = Math.round(Math.abs(ahead_ms) / 60_000);
  if (minutes === 0) return "";
  const [count, unit] =
    minutes < 60
      ? [minutes, "minute"]
      : minutes < 24 * 60
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / (24 * 60)), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"} ${ahead_ms > 0 ? "fast" : "slow"}`;
}
