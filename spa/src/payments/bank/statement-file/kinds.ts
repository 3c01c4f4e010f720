import type { PaymentMethod } from "../../../data/limits";
import type { RowKind } from "./rows";

/** Whose money is not income when it comes: they pay out what others have paid before. */
const PROCESSORS = /^(?:venmo|square|stripe|paypal|sumup|toast)$/;
/** What may stand behind such a name; with any other word it is another firm. */
const PROCESSOR_WORDS = /^(?:inc|llc|com|payments?|cashout|payouts?|transfer|deposit|des|ppd|ccd|.*\d.*)$/;
const OWN_ACCOUNT =
  /\b(?:own account|savings?|checking|sav|chk|mma|share|money market|brokerage)\b|\.\.\.\d{3,}|x{3,}\d+/i;
const TRANSFER = /^(?:(?:online |banking |internal |account |funds )*transfer\b|(?:to|from) |own account\b)/i;
const FEE =
  /\b(?:service|maintenance|returned|return|wire|overdraft|nsf|funds|stop payment|statement|account|atm|transaction|chargeback|item|check|annual|monthly|membership|late|bank|transfer|deposited)\b.*\b(?:fees?|charges?)(?: (?:on )?[\d/#*-]+)?$|\b(?:service|svc) charge\b|\bfee\b[ :-]+(?:for )?(?:an? )?(?:returned|return|nsf|overdraft|deposited|wire)\b/i;
const RETURNED =
  /\breturned\b|\bretn\b|\breturn (?:of posted|item|deposited|check|cheque|ach|r\d\d)|\b(?:ach|deposit|check|cheque|item|payment) return\b|\bcharge ?back\b|\brevers(?:al|ed)\b|\bdishonou?red\b|\bnsf\b|\binsufficient funds\b|\buncollected\b|\bbounced\b/i;
/** What Zelle calls a payment that was taken back; behind it stand names. */
const ZELLE_RETURNED = /^zelle (?:payment |transfer |credit )?(?:revers(?:al|ed)|return(?:ed)?)\b/i;
/** A shop may be called anything, and a bank's fee is not paid by card. */
const BOUGHT = /^(?:checkcard|purchase|debit card|pos)\b|\bcard \d+$|\bbill p(?:aymen|m)t$/i;
const CHECK =
  /^(?:counter credit|(?:remote |online |mobile |counter |atm |branch |teller |e?-?check |e)*deposit|check|cheque|bkofamerica \w+ \S+ \S+ (?:check )?deposit)\b|\bchk ser#|\bdeposited item\b|\breturn(?:ed)?\b.*\bche(?:ck|que)\b/i;

/** What a bank's text stands for, where its format has no column that says so. */
export function kindOf(text: string, counterparty: string, cents: number): RowKind {
  const bySign = cents > 0 ? "credit" : "debit";
  if (cents < 0 && ZELLE_RETURNED.test(text)) return "returned";
  if (/^zelle\b/i.test(text) || BOUGHT.test(text)) return bySign;
  if (cents < 0 && FEE.test(text)) return "fee";
  if (cents < 0 && RETURNED.test(text)) return "returned";
  return isTransfer(text, counterparty) ? "transfer" : bySign;
}

/** Between own accounts, or paid out by a processor. */
function isTransfer(text: string, counterparty: string): boolean {
  return isProcessor(counterparty) || (TRANSFER.test(text) && OWN_ACCOUNT.test(text));
}

function isProcessor(name: string): boolean {
  const [first = "", ...rest] = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return PROCESSORS.test(first) && rest.every((word) => PROCESSOR_WORDS.test(word));
}

/** How the money of a bank's row came. What says nothing else is a transfer between banks. */
export function methodOf(text: string): PaymentMethod {
  if (/\bzelle\b/i.test(text)) return "zelle";
  if (/^(?:atm |branch |teller )*cash\b.*\bdeposit\b/i.test(text)) return "cash";
  if (BOUGHT.test(text)) return "card";
  return CHECK.test(text) ? "check" : "bank_transfer";
}

/** Whether a memo says that the bank took something back, beside a name that says nothing: `Debit`. */
export function saysReturned(memo: string, cents: number): boolean {
  return cents < 0 && /^(?:returned|return|nsf|ach return|chargeback|reversal)\b/i.test(memo) && !FEE.test(memo);
}
