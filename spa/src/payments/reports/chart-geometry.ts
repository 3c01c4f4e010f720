/** Where bars may be drawn, in the units of the drawing; y grows downwards. */
export interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const GAP = 0.25;

/** Bars up from zero, or down for what is below it. */
export function chartGeometry(values: readonly number[], plot: Plot) {
  const highest = Math.max(0, ...values);
  const lowest = Math.min(0, ...values);
  const tick_cents = niceStep((highest - lowest) / 3);
  const first = Math.floor(lowest / tick_cents);
  const last = Math.max(Math.ceil(highest / tick_cents), first + 1);
  const unit = (plot.bottom - plot.top) / ((last - first) * tick_cents);
  const y = (cents: number) => plot.bottom - (cents - first * tick_cents) * unit;
  const step = (plot.right - plot.left) / Math.max(1, values.length);
  return {
    bars: values.map((cents, index) => ({
      x: plot.left + (index + GAP / 2) * step,
      y: y(Math.max(0, cents)),
      width: step * (1 - GAP),
      height: Math.abs(cents) * unit,
    })),
    /** Lines to read values from, from the lowest to the highest. */
    ticks: Array.from({ length: last - first + 1 }, (_, index) => {
      const cents = (first + index) * tick_cents;
      return { cents, y: y(cents) };
    }),
    /** The width of one bar with its share of the gaps. */
    step,
  };
}

/** The least of 1, 2 and 5 times a power of ten that is not below the rough one; at least a dollar. */
function niceStep(rough_cents: number): number {
  if (rough_cents <= 100) return 100;
  const power = 10 ** Math.floor(Math.log10(rough_cents));
  return ([1, 2, 5, 10].find((times) => times * power >= rough_cents) ?? 10) * power;
}
