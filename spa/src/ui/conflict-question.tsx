import type { Conflict } from "../data/contract";
import { holdLimits } from "../data/later-limits";
import { isBlank } from "../lib/names";
import { formatDay, formatSpan } from "../lib/time";
import { TextInput } from "./text-input";

interface Props {
  conflicts: readonly Conflict[];
  timezone: string;
  reason: string;
  error?: string | undefined;
  onReason(reason: string): void;
}

/** What a booking would clash with, and why it shall be made all the same. */
export function ConflictQuestion({ conflicts, timezone, reason, error, onReason }: Props) {
  return (
    <section class="strip strip-bad conflicts" aria-label="Conflicts" role="alert">
      <ul>
        {conflicts.map(({ name, title, starts_at, ends_at }) => (
          <li key={`${name} ${title} ${starts_at}`}>
            <strong>{name}</strong> is booked: {title}, {formatDay(starts_at, timezone)},{" "}
            {formatSpan(starts_at, ends_at, timezone)}.
          </li>
        ))}
      </ul>
      <TextInput
        label="Book anyway, because"
        hint="The warning stays on both until it is no longer true."
        most={holdLimits.override_reason.most}
        error={error}
        value={reason}
        onInput={onReason}
      />
    </section>
  );
}

/** What is wrong with the reason that is asked for. */
export function wrongReason(conflicts: readonly Conflict[], reason: string): Record<string, string> {
  if (conflicts.length === 0 || !isBlank(reason)) return {};
  return { override_reason: "Say why, or choose another time or boat." };
}
