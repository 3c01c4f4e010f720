import { type Seat, seatTexts } from "./seats";
import "./state-text.css";

/** A name with what became of the asking: as a mark, and as a word where it is not settled. */
export function SeatName({ name, state }: Seat) {
  const { word, tone } = seatTexts[state];
  const settled = tone === "good";
  return (
    <span class={tone === "calm" ? undefined : `state state-${tone}`}>
      <span class="state-who">{name}</span>
      {word && <span class={settled ? "visually-hidden" : undefined}> {word}</span>}
    </span>
  );
}
