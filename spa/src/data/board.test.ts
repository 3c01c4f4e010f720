import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { json } from "../testing/app";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { forgetBoard, loadReceivables, owing, receivables } from "./board";
import { forgetCharters, keepAnswer, keepCharters, keepDetail, keepListed } from "./charters";
import * as session from "./session";

const due = (balance_due_cents: number, change = {}) =>
  sampleCharter({ balance: sampleBalance({ balance_due_cents }), ...change });
const listed = (due_cents: number, change = {}) => ({ ...due(due_cents), due_cents, ...change });
const detail = (charter: ReturnType<typeof due>) => ({
  ...charter,
  payments: [],
  waiver_records: [],
  mail_problems: [],
});
const answer = (cents: number, change = {}) => ({ payment: samplePayment({}), event: due(cents, change) });

let now_ms = 1_000_000;
let answers: ((charters: object[]) => void)[] = [];

/** Asks who owes; the answer is given later. */
async function ask(): Promise<(...charters: object[]) => Promise<void>> {
  const known = answers.length;
  const loading = loadReceivables();
  await vi.waitFor(() => expect(answers).toHaveLength(known + 1));
  return async (...charters) => {
    answers[known]?.(charters);
    await loading;
  };
}

const shown = () =>
  receivables.value && owing(receivables.value).map(({ event_id, due_cents }) => [event_id, due_cents]);

beforeEach(() => {
  now_ms += 1_000_000;
  answers = [];
  session.begin("t1", false);
  vi.spyOn(performance, "now").mockImplementation(() => now_ms);
  vi.stubGlobal("fetch", () => {
    return new Promise((resolve) => {
      answers.push((charters) => resolve(json(200, { charters, totals: {} })));
    });
  });
});

afterEach(() => {
  forgetBoard();
  forgetCharters();
  session.leave();
});

describe("who owes", () => {
  test("is not who has just paid here, though the list was asked for before", async () => {
    const give = await ask();
    now_ms += 500;
    keepAnswer(answer(0));
    now_ms += 500;
    await give(listed(120_000));
    expect(shown()).toEqual([]);
  });

  test("is who has just paid a part here, with the rest", async () => {
    const give = await ask();
    now_ms += 500;
    keepAnswer(answer(20_000));
    await give(listed(120_000));
    expect(shown()).toEqual([["event-1", 20_000]]);
  });

  test("is who owes again since another device voided the payment that was logged here", async () => {
    keepAnswer(answer(0));
    now_ms += 60_000;
    const give = await ask();
    await give(listed(120_000));
    expect(shown()).toEqual([["event-1", 120_000]]);
  });

  test("owes what another device has left, whatever this one knew of the charter", async () => {
    keepListed([due(120_000)], now_ms);
    now_ms += 60_000;
    const give = await ask();
    await give(listed(20_000));
    expect(shown()).toEqual([["event-1", 20_000]]);
  });

  test("is not told by a board, which comes from an index that lags", async () => {
    const give = await ask();
    await give(listed(20_000));
    now_ms += 1_000;
    keepListed([due(0)], now_ms);
    expect(shown()).toEqual([["event-1", 20_000]]);
  });

  test("is not told by a charter's page that was asked for before the list and is slower", async () => {
    const asked_at_ms = now_ms;
    now_ms += 500;
    const give = await ask();
    await give(listed(120_000));
    now_ms += 500;
    keepDetail(detail(due(0)), asked_at_ms);
    expect(shown()).toEqual([["event-1", 120_000]]);
  });

  test("is told by a charter's page that was asked for after the list", async () => {
    const give = await ask();
    await give(listed(120_000));
    now_ms += 500;
    keepDetail(detail(due(0)), now_ms);
    expect(shown()).toEqual([]);
  });

  test("is told by a payment's answer, also after a newer page of the charter that was asked for before it", async () => {
    const asked_at_ms = now_ms;
    now_ms += 500;
    const give = await ask();
    now_ms += 500;
    keepAnswer(answer(0));
    keepDetail(detail(due(0, { updated_at: "2036-01-01T00:00:00Z" })), asked_at_ms);
    await give(listed(120_000));
    expect(shown()).toEqual([]);
  });

  test("is who owes since a payment was voided here, in the order of the charters' ends", async () => {
    const give = await ask();
    now_ms += 500;
    keepCharters([due(30_000, { event_id: "event-2", ends_at: "2026-06-05T01:00:00Z" })]);
    await give(listed(120_000));
    expect(shown()).toEqual([
      ["event-2", 30_000],
      ["event-1", 120_000],
    ]);
  });

  test("is not undone by the answer to an earlier question, which may be the slower one", async () => {
    const giveFirst = await ask();
    now_ms += 500;
    const giveSecond = await ask();
    await giveSecond(listed(20_000));
    await giveFirst(listed(120_000));
    expect(shown()).toEqual([["event-1", 20_000]]);
  });
});
