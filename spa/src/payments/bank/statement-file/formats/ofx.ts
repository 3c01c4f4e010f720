import { isTwoWays, type Notation, notationOf, readAmount } from "../amounts";
import { readDay } from "../days";
import { describe } from "../descriptions";
import { kindOf, methodOf, saysReturned } from "../kinds";
import { type Draft, type DraftRow, RefusedFile, type RowKind } from "../rows";

/** Where NAME ends in an OFX file; what is longer goes on in MEMO. */
const NAME_LENGTH = 32;
/** How many letters may stand before the first tag: a header in words. */
const MOST_BEFORE = 4000;
const TAG = /<(\/?)([A-Za-z][\w.]*)(?:\s[^>]*)?(\/?)>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Names that say only what the type of the row says too. */
const NAMES_NOBODY = /^(?:|debit|withdrawal|check|cheque|other|ach debit|payment|adjustment)$/i;

/** An element with its values by their tags; a value stands where a tag is not closed or closed at once. */
type Element = Readonly<Record<string, string>>;

/** What a file says of one of its accounts before its transactions. */
interface Account {
  number: number;
  currency: string | undefined;
}

interface OfAccount {
  account: Account;
  values: Element;
}

/**
 * OFX and QFX, as SGML (1.x, tags mostly not closed) and as XML (2.x); null for any other text. Only what is needed of a
 * statement is read: its transactions, its currency, and the balance at its end. A file may have several accounts.
 */
export function readOfx(text: string, currency: string): Draft | null {
  const start = text.search(/<OFX[\s>]/i);
  if (start < 0 || start > MOST_BEFORE) return null;
  if (!/<\/OFX\s*>/i.test(text)) throw new RefusedFile("This OFX file ends in the middle. Download it again.");
  const { transactions, balances } = elementsOf(text.slice(start));
  if (transactions.length === 0) throw new RefusedFile("This OFX file has no transactions.");
  const notation = notationOf(
    [...transactions, ...balances].map(({ values }) => values.TRNAMT ?? values.BALAMT ?? ""),
    currency,
  );
  const own = (account: Account) => account.currency ?? currency;
  const currencies = new Set(transactions.map(({ account }) => own(account)));
  const [balance] = balances;
  return {
    rows: transactions.map(({ account, values }) => ({
      ...readTransaction(values, own(account), notation),
      account: account.number,
    })),
    ...(currencies.size === 1 ? { currency: [...currencies].join() } : {}),
    // Of several accounts no balance is the sum of all rows.
    closing_cents:
      balances.length === 1 && balance ? amountOf(balance.values.BALAMT, own(balance.account), notation) : null,
  };
}

function elementsOf(text: string) {
  const transactions: OfAccount[] = [];
  const balances: OfAccount[] = [];
  const others: Record<string, string> = {};
  let account: Account = { number: 0, currency: undefined };
  let current: Record<string, string> = others;
  let isOriginal = false;
  for (const { closes, tag, value } of tagsOf(text)) {
    const pending = tag === "STMTTRNP";
    if (tag === "STMTTRN" || pending || tag === "LEDGERBAL") {
      if (closes) current = others;
      else {
        current = pending ? { PENDING: "yes" } : {};
        (tag === "LEDGERBAL" ? balances : transactions).push({ account, values: current });
      }
    } else if (tag === "AVAILBAL" || tag === "BANKTRANLIST") {
      current = closes || tag === "BANKTRANLIST" ? others : {};
    } else if (tag === "STMTRS" || tag === "CCSTMTRS") {
      if (!closes) account = { number: account.number + 1, currency: undefined };
    } else if (tag === "CURDEF") {
      if (value !== "") account.currency = value.toUpperCase();
    } else if (tag === "ORIGCURRENCY") {
      isOriginal = !closes;
    } else if (!closes && value !== "" && !(isOriginal && OF_CURRENCY.test(tag))) {
      current[tag] ??= value;
    }
  }
  return { transactions, balances };
}

/** The amount of a row with these is in another currency, unless they tell only what it was before it was changed. */
const OF_CURRENCY = /^CUR(?:RATE|SYM)$/;

function* tagsOf(text: string) {
  const plain = text
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => inner.replace(/[<&]/g, escaped));
  const found = [...plain.matchAll(TAG)];
  for (const [index, { 0: whole, 1: slash, 2: name = "", index: at }] of found.entries()) {
    const value = plain.slice(at + whole.length, found[index + 1]?.index);
    yield { closes: slash === "/", tag: name.toUpperCase(), value: unescaped(value).replace(/\s+/g, " ").trim() };
  }
}

function escaped(letter: string): string {
  return letter === "<" ? "&lt;" : "&amp;";
}

function unescaped(text: string): string {
  // Some write the sign of a letter's name as a letter's name: `&amp;apos;`.
  const once = text.replace(/&amp;(?=(?:#?\w+);)/gi, "&");
  return once.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function readTransaction(transaction: Element, file_currency: string, notation: Notation | null): DraftRow {
  const { TRNTYPE = "", FITID = "", CHECKNUM = "", DTPOSTED = "", DTTRAN = "", CURSYM, NAME = "" } = transaction;
  const currency = CURSYM && transaction.CURRATE ? CURSYM.toUpperCase() : file_currency;
  const amount_cents = amountOf(transaction.TRNAMT, currency, notation);
  const { name, memo } = joined(NAME, transaction.MEMO ?? "");
  const byType = kindOfType(TRNTYPE.toUpperCase(), name, amount_cents ?? 0, transaction.PENDING !== undefined);
  const isTakenBack = NAMES_NOBODY.test(NAME) && saysReturned(transaction.MEMO ?? "", amount_cents ?? 0);
  const kind = byType === "debit" && isTakenBack ? "returned" : byType;
  const described = describe(name, kind === "fee");
  const bankWords = described.counterparty === "" && TRNTYPE.toUpperCase() !== "CHECK" ? described.reference : "";
  return {
    bank_id: FITID,
    date: dayOf(DTPOSTED) ?? dayOf(DTTRAN),
    amount_cents,
    balance_cents: null,
    counterparty: kind === "returned" || /^check$/i.test(name) ? "" : described.counterparty,
    reference: memo || CHECKNUM || (described.counterparty === "" ? bankWords : described.reference),
    kind,
    currency,
    method: methodOfType(TRNTYPE, `${name} ${memo}`),
    text: [name, memo, CHECKNUM].filter(Boolean).join(" "),
  };
}

/** `20261005120000.000[-7:PDT]`: the day as printed, whatever the zone. Some write it with signs, as 2026-10-05. */
function dayOf(text: string): DraftRow["date"] {
  return readDay(/^\d{8}/.exec(text)?.[0] ?? text.replace(/\[.*/, ""), "ymd");
}

function methodOfType(type: string, text: string): DraftRow["method"] {
  const byText = methodOf(text);
  return /^(?:DEP|CHECK)$/i.test(type) && byText === "bank_transfer" ? "check" : byText;
}

/**
 * OFX writes an amount without groups, its decimal sign may be a comma; some banks part thousands all the same. So an amount
 * that reads in one way only is that; of one that reads in two the others of the file tell.
 */
function amountOf(text = "", currency: string, notation: Notation | null): number | null {
  return readAmount(text, currency, isTwoWays(text, currency) ? notation : null);
}

/**
 * A name that was cut goes on in the memo, up to the first blank or to ` / `. Where there is no name, the memo is all that
 * the bank says.
 */
function joined(name: string, memo: string): { name: string; memo: string } {
  if (name === "") return { name: memo, memo: "" };
  if (name.length < NAME_LENGTH || memo === "") return { name, memo };
  // Some banks say all of it again.
  if (memo.startsWith(name)) return { name: memo, memo: "" };
  const [, rest = "", after = ""] = /^(.*?) \/ (.*)$/.exec(memo) ?? /^(\S+) ?(.*)$/.exec(memo) ?? [];
  return { name: name + rest, memo: after };
}

function kindOfType(type: string, name: string, cents: number, pending: boolean): RowKind {
  if (pending || type === "HOLD") return "pending";
  if (type === "FEE" || type === "SRVCHG") return "fee";
  if (type === "XFER") return "transfer";
  const byName = kindOf(name, describe(name, false).counterparty, cents);
  // Checks and interest have their types; whom a check is of may be called anything.
  const hasType = type === "CHECK" || type === "INT" || type === "DIV";
  if (hasType && byName === "transfer") return cents > 0 ? "credit" : "debit";
  return byName;
}
