import type { Boat } from "../data/contract";
import { type Piece, pieces, type WeekDay } from "./week-geometry";
import { type Planned, turnaroundSpan } from "./week-plan";
import "./track.css";

interface Props {
  boat: Boat | null;
  planned: readonly Planned[];
  days: readonly WeekDay[];
  /** The place of the day among those. */
  place: number;
}

/** A day of a boat to scale, midnight to midnight, with a mark at noon. What it shows, the blocks say in words. */
export function Track({ boat, planned, days, place }: Props) {
  const bars = planned.flatMap((one) => {
    const kind = one.entry.kind === "charter" ? "charter" : (one.hold?.kind ?? "blocked");
    const after = one.entry.kind === "charter" ? pieces(turnaroundSpan(one, boat), days) : [];
    const clashes = one.conflicts.filter(({ isTooClose }) => !isTooClose).flatMap(({ span }) => pieces(span, days));
    return [...bar(one.pieces, kind), ...bar(after, "turnaround"), ...bar(clashes, "clash")];
  });
  const shown = bars.filter(({ piece }) => piece.day === place);
  // What clashes lies above all.
  shown.sort((one, other) => Number(one.kind === "clash") - Number(other.kind === "clash"));
  return (
    <svg class="track" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track-day" width="1000" height="8" />
      {shown.map(({ piece, kind }) => (
        <rect
          key={`${kind} ${piece.left}`}
          class={`track-${kind}`}
          x={piece.left * 1000}
          width={piece.width * 1000}
          y={kind === "turnaround" ? 3 : 0}
          height={kind === "turnaround" ? 2 : 8}
        />
      ))}
      <rect class="track-noon" x="499" width="2" height="8" />
    </svg>
  );
}

const bar = (found: readonly Piece[], kind: string) => found.map((piece) => ({ piece, kind }));
