import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AskedPages, usePages } from "./answer";

interface Guests {
  guests: string[];
  next_cursor: string | null;
}

let root: HTMLElement;
let asked: AskedPages<Guests>;
let read: (cursor: string) => Promise<Guests>;

function List({ of }: { of: string }) {
  asked = usePages(
    (cursor) => read(cursor),
    (known, next) => ({ ...next, guests: [...known.guests, ...next.guests] }),
    [of],
  );
  return <p>{asked.error ? "failed" : asked.answer?.guests.join(", ")}</p>;
}

const shows = (text: string) => vi.waitFor(() => expect(root.textContent).toBe(text));

beforeEach(() => {
  root = document.createElement("div");
});

afterEach(() => render(null, root));

test("a list grows by the page that its cursor names, until there is none", async () => {
  const cursors: string[] = [];
  read = async (cursor) => {
    cursors.push(cursor);
    return cursor === "" ? { guests: ["Ana"], next_cursor: "2" } : { guests: ["Ben"], next_cursor: null };
  };
  render(<List of="today" />, root);
  await shows("Ana");
  await asked.more();
  await shows("Ana, Ben");
  await asked.more();
  expect(cursors).toEqual(["", "2"]);
});

test("a page that comes after another question was asked is left out", async () => {
  let answer = (_: Guests) => {};
  read = async (cursor) =>
    cursor === ""
      ? { guests: ["Ana"], next_cursor: "2" }
      : new Promise((resolve) => {
          answer = resolve;
        });
  render(<List of="today" />, root);
  await shows("Ana");
  const late = asked.more();
  read = async () => ({ guests: ["Cleo"], next_cursor: null });
  render(<List of="tomorrow" />, root);
  await shows("Cleo");
  answer({ guests: ["Ben"], next_cursor: null });
  await late;
  await shows("Cleo");
});

test("an answer never stands under the next question, not for a moment", async () => {
  read = async () => ({ guests: ["Ana"], next_cursor: null });
  render(<List of="today" />, root);
  await shows("Ana");
  read = () => new Promise(() => {});
  render(<List of="tomorrow" />, root);
  expect(root.textContent).toBe("");
});

test("asking again returns the answer that shows, and null when it failed", async () => {
  read = async () => ({ guests: ["Ana"], next_cursor: null });
  render(<List of="today" />, root);
  await shows("Ana");
  read = async () => ({ guests: ["Ana", "Ben"], next_cursor: null });
  expect((await asked.again())?.guests).toEqual(["Ana", "Ben"]);
  await shows("Ana, Ben");
  read = () => Promise.reject(new Error("no signal"));
  expect(await asked.again()).toBeNull();
  await shows("failed");
});
