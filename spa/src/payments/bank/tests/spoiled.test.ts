import { expect, test } from "vitest";
import { decode } from "../statement-file/bytes";
import { readStatement, type Statement } from "../statement-file/read";
import type { BankRow } from "../statement-file/rows";
import { randomMonth } from "./month";
import { Random } from "./random";
import { bytes } from "./small-files";
import { writers } from "./writers";

/** Files in which one line is not as the bank wrote it. */

const SEEDS = 25;
const ROWS = 8;
const NO_AMOUNTS = ["n/a", "", "1'200.00", "#####", "--5", "€5.00", "0x10", "5.00.00", "٥٠٠", "five", "4.39E+18"];
const NO_DAYS = ["31/31/2026", "", "n/a", "02/30/2026", "2026-02-31"];
const AMOUNT = /(?<=[,;\t])"?[-+(]* ?\$?\(?[\d.,]*\d[.,]\d\d\)?-?"?(?=[,;\t]|$)/;
const DAY = /\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/;
const BALANCE = /balance as of|,Account|^,+"?\$/i;

type Spoil = (line: string, random: Random) => string;

const named = writers
  .filter(({ format }) => format !== "ofx")
  .map((writer, at) => [`${writer.format} ${at}`, writer] as const);
const spoils: readonly [what: string, spoil: Spoil, shown: boolean][] = [
  ["an amount that is none", (line, random) => line.replace(new RegExp(AMOUNT, "g"), random.pick(NO_AMOUNTS)), true],
  ["a day that is none", (line, random) => line.replace(DAY, random.pick(NO_DAYS)), true],
  ["a quote too many", (line, random) => withQuote(line, random.whole(1, line.length - 2)), false],
  ["an empty line before it", (line) => `\n  \n${line}`, false],
];

test.each(named.flatMap(([name, writer]) => spoils.map((spoil) => [name, spoil[0], writer, spoil] as const)))(
  "%s: a line with %s takes no other row with it, and is shown",
  (_, __, writer, [, spoil, shown]) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new Random(seed * 31);
      const { movements } = randomMonth(random, random.pick(writer.methods), ROWS);
      const { text } = decode(writer.write(movements, random));
      const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
      const data = lines.flatMap((line, at) =>
        AMOUNT.test(line) && DAY.test(line) && !BALANCE.test(line) ? [at] : [],
      );
      const at = random.pick(data);
      lines[at] = spoil(lines[at] ?? "", random);
      const file = lines.join("\n");
      const [before, after] = [told(readStatement(bytes(text), "USD")), told(readStatement(bytes(file), "USD"))];
      expect(after, file).toHaveLength(before.length);
      const changed = after.filter((row, index) => row !== before[index]);
      expect(changed.length, file).toBeLessThanOrEqual(1);
      if (shown) expect(changed, lines[at]).toEqual([expect.stringContaining("unreadable")]);
    }
  },
);

function withQuote(line: string, at: number): string {
  return `${line.slice(0, at)}"${line.slice(at)}`;
}

function told({ rows }: Statement): string[] {
  return rows.map(({ date, amount_cents, kind }: BankRow) => `${date} ${amount_cents} ${kind}`);
}
