/** How many ways are looked at before it is given up: then what was found so far is not said to be the only one. */
const MOST_STEPS = 20_000;
const MOST_FOUND = 50;

export interface Sums<T> {
  /** Sets of at least two whose amounts add up, the likeliest first. */
  found: readonly (readonly T[])[];
  /** Whether all ways were looked at. */
  complete: boolean;
}

interface Addend {
  amount_cents: number;
}

/**
 * The sets that add up to an amount. It stops after a fixed number of steps, for with many amounts there are more sets
 * than anyone could look at. `closeness` says how well a set hangs together; less is better.
 */
export function setsThatSumTo<T extends Addend>(
  total_cents: number,
  items: readonly T[],
  isWanted: (size: number) => boolean,
  closeness: (set: readonly T[]) => number,
): Sums<T> {
  const sorted = items
    .filter(({ amount_cents }) => amount_cents < total_cents)
    .sort((a, b) => b.amount_cents - a.amount_cents);
  // What all from here on come to: when that is too little, no set is left.
  const rest_cents = new Array<number>(sorted.length + 1).fill(0);
  for (let at = sorted.length - 1; at >= 0; at--)
    rest_cents[at] = (rest_cents[at + 1] ?? 0) + (sorted[at]?.amount_cents ?? 0);
  const found: T[][] = [];
  const chosen: T[] = [];
  let steps = 0;

  const look = (at: number, left_cents: number): void => {
    steps++;
    if (left_cents === 0) {
      if (chosen.length > 1 && isWanted(chosen.length)) found.push([...chosen]);
      return;
    }
    const item = sorted[at];
    if (!item || steps > MOST_STEPS || found.length >= MOST_FOUND || left_cents > (rest_cents[at] ?? 0)) return;
    if (item.amount_cents <= left_cents) {
      chosen.push(item);
      look(at + 1, left_cents - item.amount_cents);
      chosen.pop();
    }
    look(at + 1, left_cents);
  };
  look(0, total_cents);

  const complete = steps <= MOST_STEPS && found.length < MOST_FOUND;
  return { found: found.sort((a, b) => closeness(a) - closeness(b) || a.length - b.length), complete };
}
