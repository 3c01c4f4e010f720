/** Who and what a bank's line of text names. */
interface Described {
  counterparty: string;
  reference: string;
}

/** Two words of a place; all other places are taken for one word. */
const PLACE =
  "(?:(?:san|santa|los|las|la|el|del|new|long|palm|fort|port|saint|st|north|south|east|west|newport|marina|half|key) )?[\\w'.-]+ [A-Z]{2}";
const CARD_AT = `(?: ${PLACE})?`;

/** Zelle, and how banks go on behind it. */
function zelle(rest: string): RegExp {
  return new RegExp(
    `^zelle:? (?:(?:payment|transfer|money|instant|pmt|credit|debit|received|sent|recurring) )*${rest}$`,
    "i",
  );
}

/**
 * How banks word what a row is, the first that fits counts. `who` is the name, `what` the payer's words, `number` the
 * bank's number, which stands in for them. The wordings are those of the banks' own exports; all but the names is theirs.
 */
const WORDINGS: readonly RegExp[] = [
  // Returned checks name the check.
  /^(?=.*\bret(?:ur)?n)(?!.*\bfee$).*?\b(?:chk ser#|check #?) ?(?<number>\d+)/i,
  // Zelle. Some banks end with their number, some quote the payer's words.
  zelle('(?:from|to) (?<who>.+?) for "(?<what>.*)"; conf# (?<number>\\S+)'),
  zelle("(?:from|to) (?<who>.+?);? conf# (?<number>\\S+)"),
  zelle("conf# (?<number>\\S+?); (?<who>.+)"),
  /^zelle (?:payment )?(?:from|to) (?<who>.+?) on \d\d?\/\d\d?(?:\/\d+)? ref ?# ?(?<number>\S+)(?: (?<what>.+))?$/i,
  zelle("(?:from|to) (?<who>.+?) (?<number>(?=\\S*\\d)[A-Za-z0-9]{8,})"),
  zelle("(?:(?:from|to) )?(?<who>.+)"),
  // Wires.
  /\bb\/o: ?(?<who>.+?)(?: ref: ?(?<what>.+?))?(?: (?:trn|imad|rfb|obi|bbi): ?.*)?$/i,
  /^wire type:.*?\btrn: ?(?<number>\S+).*?\borig: ?(?<who>.+?)(?: id:.*)?$/i,
  /^wt (?:fed#)?.*?\/org=(?<who>.+?) srf# ?\S+ trn# ?(?<number>\S+)(?: rfb# ?.*)?$/i,
  /^(?:incoming )?wire (?:transfer )?(?:in |from )?(?<who>(?!fee\b).+)$/i,
  // Electronic payments between banks.
  /^orig co name: ?(?<who>.+?) (?:(?:orig id|desc date): ?\S* ?)*co entry descr: ?(?<what>.+?) ?sec:/i,
  /^(?<who>.+?) des: ?(?<what>.+?) id:/i,
  /^(?<who>venmo|paypal|square inc|stripe) (?<what>cashout|transfer|payout)\b/i,
  // Deposits name nobody.
  /^bkofamerica (?:mobile|atm) \d\d?\/\d\d? (?<number>\S+) (?:check )?deposit\b/i,
  /^(?:counter credit|(?:remote |online |mobile |counter |atm |branch |teller |e?-?check |cash |e)*deposit\b)(?:.*?(?<number>\d+)$|.*$)/i,
  // Checks that were written, and what the bank pays.
  /^check(?: ?#)? ?(?<number>\d+)?$/i,
  /^(?<what>(?:monthly |savings )?(?:interest(?: (?:payment|paid|earned|credit))?|dividend(?: .*)?))$/i,
  // Cards.
  new RegExp(
    `^purchase (?:return )?authorized on (?<number>\\d\\d?/\\d\\d?) (?<who>.+?)${CARD_AT} \\S+ card \\d+$`,
    "i",
  ),
  new RegExp(`^(?<who>.+?)${CARD_AT} [A-Z]\\d{8,} (?<number>card \\d+)$`, "i"),
  new RegExp(`^checkcard (?<number>\\d{4}) (?<who>.+?)${CARD_AT} \\d{8,}$`, "i"),
  /^(?<who>.+?) (?<number>\d+)\b.* bill p(?:aymen|m)t$/i,
  /^(?<who>.+?) (?<number>\d\d\/\d\d)$/,
  // Between own accounts.
  /^online transfer (?:to|from) (?<number>(?:sav|chk|mma) \.\.\.\d+)/i,
  /^online banking transfer (?:to|from) (?<who>.+?) confirmation# (?<number>\S+)/i,
  /^online transfer (?:to|from) (?<who>.+?)(?: x{3,}\d+)? ref ?# ?(?<number>\S+)/i,
  /^(?:transfer )?(?:to|from) (?<who>.+)$/i,
  // Bills.
  /^(?<who>.+?) (?<what>(?:slip|premium|invoice|inv|bill|dues|rent|policy)\b.*?)(?: web pmt)?$/i,
];

/** Who and what a line of a bank's text names; `isFee` for what the bank charges, which names nobody. */
export function describe(text: string, isFee: boolean): Described {
  const number = /^wire trans svc charge.*?sequence: ?(\S+)/i.exec(text)?.[1];
  if (isFee) return { counterparty: "", reference: number ?? text };
  for (const wording of WORDINGS) {
    const groups = wording.exec(text)?.groups;
    if (groups) {
      const { who = "", what = "", number = "" } = groups;
      return { counterparty: who.trim(), reference: what.trim() || number.trim() };
    }
  }
  return { counterparty: text, reference: "" };
}
