import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Entry, Navigation } from "./navigation";
import { pages } from "./pages";
import { sections } from "./sections";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
});
afterEach(() => render(null, root));

const onPay = vi.fn();
const entries = (count: number): Entry[] =>
  Array.from({ length: count }, (_, one) => ({ name: `Section ${one}`, path: `/${one}`, icon: "M0 0h1" }));
const names = (selector: string) => [...root.querySelectorAll(selector)].map((found) => found.textContent);

test("every entry has a page, and every page's section an entry", () => {
  const named = new Set(pages.flatMap(({ section }) => section ?? []));
  expect([...named].sort()).toEqual(Object.keys(sections).sort());
});

test("the current page is marked, and no other", () => {
  for (const current of ["Section 2", "Section 5"]) {
    render(<Navigation entries={entries(7)} current={current} onPay={onPay} />, root);
    expect(names("[aria-current=page]")).toEqual([current]);
  }
  expect(names("a")).toHaveLength(7);
});

test("what has no room below a phone's page is under More", () => {
  render(<Navigation entries={entries(7)} current="Section 5" onPay={onPay} />, root);
  expect(names("nav > a")).toEqual(["Section 0", "Section 1", "Section 2"]);
  expect(names("[popover] a")).toEqual(["Section 3", "Section 4", "Section 5", "Section 6"]);
  expect(names("button.here")).toEqual(["More"]);
  render(<Navigation entries={entries(7)} current="Section 0" onPay={onPay} />, root);
  expect(names("button.here")).toEqual([]);
});

test("Log payment stands in the middle of a phone's tabs", () => {
  render(<Navigation entries={entries(7)} current="Section 0" onPay={onPay} />, root);
  expect(names("nav > a, nav > button").slice(0, 4)).toEqual(["Section 0", "Section 1", "Log payment", "Section 2"]);
  root.querySelector<HTMLButtonElement>(".pay-tab")?.click();
  expect(onPay).toHaveBeenCalledOnce();
});
