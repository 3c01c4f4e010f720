/** The place of the first item of this day or later, in a list by days. */
export function firstAt<T>(items: readonly T[], day: string, dayOf: (item: T) => string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dayOf(items[middle] as T) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of two instants or two days the earlier comes first; a hundred times as fast as by the rules of a language. */
export function byTime(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
