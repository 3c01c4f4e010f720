import { expect, test } from "vitest";
import { read } from "./small-files";
import { csv } from "./writers";

/** Venmo prints what it keeps of a payment in a column of its own. */

const HEAD =
  ",ID,Datetime,Type,Status,Note,From,To,Amount (total),Amount (fee),Funding Source,Beginning Balance,Ending Balance".split(
    ",",
  );

interface Row {
  amount: string;
  fee?: string;
  type?: string;
  status?: string;
  source?: string;
}

function venmo(opening: string, closing: string, ...rows: Row[]) {
  const lines = rows.map(({ amount, fee = "", type = "Payment", status = "Complete", source = "" }, at) => [
    ...["", `44${at}`, "2026-10-04T01:15:33", type, status, "", "Ana", "Us", amount, fee, source, "", ""],
  ]);
  const blank = Array(11).fill("");
  return read(csv([["Account Statement"], HEAD, [...blank, opening, ""], ...lines, [...blank, "", closing]]));
}

test.each(["$2.00", "- $2.00", "-$2.00", "2.00"])(
  "a fee of %s beside the amount explains what the balance lacks",
  (fee) => {
    const statement = venmo("$10.00", "$108.00", { amount: "+ $100.00", fee });
    expect(statement).toMatchObject({ difference_cents: 0, fees_cents: -200 });
    expect(statement.rows[0]).toMatchObject({ amount_cents: 10_000, fee_cents: -200 });
  },
);

test("a fee within the amount explains nothing, for nothing is missing", () => {
  expect(venmo("$10.00", "$110.00", { amount: "+ $100.00", fee: "$2.00" })).toMatchObject({
    difference_cents: 0,
    fees_cents: 0,
  });
});

test("fees of income are beside the amounts and those of what is paid out within, or the other way round", () => {
  const rows = [
    { amount: "+ $100.00", fee: "$2.00" },
    { amount: "+ $50.00", fee: "$1.05" },
    { amount: "- $80.00", fee: "$1.40", type: "Instant Transfer" },
  ];
  expect(venmo("$10.00", "$76.95", ...rows)).toMatchObject({ difference_cents: 0, fees_cents: -305 });
  expect(venmo("$10.00", "$78.60", ...rows)).toMatchObject({ difference_cents: 0, fees_cents: -140 });
  expect(venmo("$10.00", "$75.55", ...rows)).toMatchObject({ difference_cents: 0, fees_cents: -445 });
});

test.each(["$108.01", "$107.99", "$112.00", "$106.00"])(
  "a closing balance of %s is another than fees explain",
  (closing) => {
    const { difference_cents, fees_cents } = venmo("$10.00", closing, { amount: "+ $100.00", fee: "$2.00" });
    expect(difference_cents).not.toBe(0);
    expect(fees_cents).toBe(0);
  },
);

test("no fee is taken of one payment and not of another of its kind", () => {
  const rows = [
    { amount: "+ $100.00", fee: "$2.00" },
    { amount: "+ $50.00", fee: "$1.05" },
  ];
  expect(venmo("$10.00", "$158.00", ...rows).difference_cents).toBe(-200);
});

test("the fee of what is pending or was paid elsewhere explains nothing", () => {
  expect(venmo("$10.00", "$8.00", { amount: "+ $9.00", fee: "$2.00", status: "Pending" }).difference_cents).toBe(-200);
  expect(venmo("$10.00", "$8.00", { amount: "- $9.00", fee: "$2.00", source: "MY BANK *1" }).difference_cents).toBe(
    -200,
  );
});

test("a fee that is given back is above zero, and none is no fee", () => {
  const statement = venmo(
    "$100.00",
    "$2.00",
    { amount: "- $100.00", fee: "+ $2.00", type: "Refund" },
    { amount: "+ $0.00", fee: "0" },
  );
  expect(statement).toMatchObject({ difference_cents: 0, fees_cents: 200 });
  expect(statement.rows[1]).not.toHaveProperty("fee_cents");
});
