import type { ApiError } from "../../data/api";
import type { Conflict } from "../../data/contract";
import { holdLimits } from "../../data/later-limits";
import { isBlank } from "../../lib/names";
import { TextInput } from "../form/text-input";
import { conflictText } from "./conflict-text";
import "./conflict-question.css";

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
        {conflicts.map((conflict) => (
          <li key={`${conflict.name} ${conflict.title} ${conflict.starts_at}`}>{conflictText(conflict, timezone)}</li>
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

/** What a refused booking would clash with. */
export function conflictsOf({ answer }: ApiError): readonly Conflict[] {
  return (answer.conflicts ?? []) as Conflict[];
}
