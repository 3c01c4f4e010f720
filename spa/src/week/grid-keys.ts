import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * One stop of the Tab key for a table of which arrows reach the rest: what has `data-stop`. Up and down go through all
 * of a column, left and right to the first one of the next cell.
 */
export function useGrid(table: RefObject<HTMLTableElement | null>) {
  const current = useRef<HTMLElement | null>(null);

  const mark = (stop: HTMLElement | null) => {
    if (!table.current || !stop) return;
    for (const other of stopsOf(table.current)) other.tabIndex = other === stop ? 0 : -1;
    current.current = stop;
  };
  // What had the place may have gone with what was done.
  useLayoutEffect(() => {
    const known = current.current;
    mark(known && table.current?.contains(known) ? known : (stopsOf(table.current)[0] ?? null));
  });

  const onFocusIn = ({ target }: FocusEvent) => mark(stopAt(target));

  /** Whether the key led somewhere. */
  const go = (key: string): boolean => {
    const next = current.current && nextStop(current.current, key);
    next?.focus();
    return next !== null;
  };
  return { onFocusIn, go };
}

export function stopAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-stop]") : null;
}

function stopsOf(within: Element | null | undefined): HTMLElement[] {
  return [...(within?.querySelectorAll<HTMLElement>("[data-stop]") ?? [])];
}

function nextStop(stop: HTMLElement, key: string): HTMLElement | null {
  const cell = stop.closest("td");
  const row = cell?.closest("tr");
  if (!cell || !row) return null;
  const cells = [...row.querySelectorAll("td")];
  const place = cells.indexOf(cell);
  const beside = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: cells.length - 1 }[key];
  if (beside !== undefined) return stopsOf(cells[beside])[0] ?? null;
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const rows = [...(row.parentElement?.querySelectorAll("tr") ?? [])];
  const column = rows.flatMap((each) => stopsOf(each.querySelectorAll("td")[place]));
  return column[column.indexOf(stop) + (key === "ArrowDown" ? 1 : -1)] ?? null;
}
