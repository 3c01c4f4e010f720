import type { PaymentMethod } from "../../../data/limits";
import type { FormatName } from "../statement-file/rows";
import type { Movement } from "./month";
import type { Random } from "./random";

/** A way in which a bank writes its files. */
export interface Writer {
  format: FormatName;
  /** How the money of its payments came. */
  methods: readonly PaymentMethod[];
  /** Whether it has a balance to check the sum by, at both ends. */
  balanced: boolean;
  write(movements: readonly Movement[], random: Random): Uint8Array;
}

const OPENING_CENTS = 1_234_567;

// --- letters, figures and days as banks write them --------------------------------------------

const bytes = (text: string) => new TextEncoder().encode(text);

const bom = (text: string) => bytes(`\ufeff${text}`);

export function utf16(text: string): Uint8Array {
  const found = new Uint8Array(2 + text.length * 2);
  found.set([0xff, 0xfe]);
  for (let at = 0; at < text.length; at++) {
    found[2 + at * 2] = text.charCodeAt(at) & 0xff;
    found[3 + at * 2] = text.charCodeAt(at) >> 8;
  }
  return found;
}

/** Letters of western Europe; of others what is left without their accents. */
export function windows1252(text: string): Uint8Array {
  const western = [...text].map((letter) => (letter.charCodeAt(0) < 0x100 ? letter : printed(letter))).join("");
  return Uint8Array.from(western, (letter) => letter.charCodeAt(0));
}

export function csv(rows: readonly (readonly string[])[], delimiter = ",", end = "\n"): string {
  const cell = (text: string) =>
    new RegExp(`["\\r\\n${delimiter}]`).test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => row.map(cell).join(delimiter) + end).join("");
}

export const plain = (cents: number) => (cents / 100).toFixed(2);

export const grouped = (cents: number, language = "en-US") =>
  (cents / 100).toLocaleString(language, { minimumFractionDigits: 2, useGrouping: "always" });

const [us, german, british] = ["en-US", "de-DE", "en-GB"].map(
  (language) => (day: string) =>
    new Date(`${day}T12:00:00Z`).toLocaleDateString(language, {
      timeZone: "UTC",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    }),
) as [(day: string) => string, (day: string) => string, (day: string) => string];

/** Without accents, as most banks print. */
function printed(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("ø", "o")
    .replaceAll("Ø", "O")
    .replaceAll("ł", "l")
    .replaceAll("Ł", "L")
    .toUpperCase();
}

const full = ({ first, last }: Movement) => `${first} ${last}`.trim();

function running(movements: readonly Movement[]): { movement: Movement; balance_cents: number }[] {
  let balance_cents = OPENING_CENTS;
  return movements.map((movement) => {
    balance_cents += movement.cents;
    return { movement, balance_cents };
  });
}

const number = (random: Random, digits: number) =>
  Array.from({ length: digits }, (_, at) => (at === 0 ? random.whole(1, 9) : random.whole(0, 9))).join("");

// --- banks ------------------------------------------------------------------------------------

function chaseLine(movement: Movement, random: Random): [text: string, type: string] {
  const { kind, cents, check } = movement;
  if (kind === "returned") {
    return [
      `DEPOSITED ITEM RETURNED RETURN ITEM REF# ${number(random, 8)} CHK SER# ${check} RTN REASON: NSF`,
      "DEPOSIT_RETURN",
    ];
  }
  if (kind === "fee") return ["DEPOSITED ITEM RETURNED FEE", "FEE_TRANSACTION"];
  if (kind === "transfer")
    return ["ORIG CO NAME:VENMO            CO ENTRY DESCR:CASHOUT   SEC:PPD    IND NAME:HARBOR", "ACH_CREDIT"];
  if (kind === "debit") return [`${printed(full(movement))} DOCK ${us(movement.day).slice(0, 5)}`, "DEBIT_CARD"];
  if (full(movement) === "")
    return [movement.items ? `DEPOSIT ${movement.items} ITEMS` : "REMOTE ONLINE DEPOSIT #          1", "CHECK_DEPOSIT"];
  return [
    `Zelle payment from ${printed(full(movement))} ${number(random, 11)}`,
    cents > 0 ? "QUICKPAY_CREDIT" : "QUICKPAY_DEBIT",
  ];
}

const chase: Writer = {
  format: "chase",
  methods: ["zelle", "check"],
  balanced: true,
  write: (movements, random) => {
    const rows = running(movements).map(({ movement, balance_cents }) => {
      const [text, type] = chaseLine(movement, random);
      const side = movement.cents > 0 ? "CREDIT" : "DEBIT";
      return `${side},${us(movement.day)},"${text}",${plain(movement.cents)},${type},${plain(balance_cents)},,`;
    });
    const head = `Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #${random.pick(["", ","])}`;
    const end = random.pick(["\n", "\r\n"]);
    return bytes([head, ...rows.reverse(), ""].join(end));
  },
};

function bofaLine(movement: Movement, random: Random): string {
  const { kind, check, words } = movement;
  if (kind === "returned") return `RETURN OF POSTED CHECK / ITEM (RECEIVED ON 10-12) CHECK ${check}`;
  if (kind === "fee") return "RETURNED ITEM CHARGEBACK FEE";
  if (kind === "transfer") return "VENMO DES:CASHOUT ID:XXXXX20117 INDN:HARBOR CO ID:XXXXX81992 PPD";
  if (kind === "debit") return `CHECKCARD 1003 ${printed(full(movement))} SAN DIEGO CA ${number(random, 11)}`;
  if (full(movement) === "") return movement.items ? `Counter Credit ${movement.items} items` : "Counter Credit";
  const said = random.pick([` for "${words || "trip"}";`, ` for "${words} "quoted"";`, ""]);
  return `Zelle payment from ${printed(full(movement))}${said} Conf# ${number(random, 4)}x${number(random, 3)}`;
}

const bofa: Writer = {
  format: "bofa",
  methods: ["zelle", "check"],
  balanced: true,
  write: (movements, random) => {
    const rows = running(movements).map(
      ({ movement, balance_cents }) =>
        `${us(movement.day)},"${bofaLine(movement, random)}","${grouped(movement.cents)}","${grouped(balance_cents)}"`,
    );
    const closing_cents = running(movements).at(-1)?.balance_cents ?? OPENING_CENTS;
    const opening = `Beginning balance as of 10/01/2026,,"${grouped(OPENING_CENTS)}"`;
    const lines = [
      "Description,,Summary Amt.",
      opening,
      `Ending balance as of 10/31/2026,,"${grouped(closing_cents)}"`,
      "",
      "Date,Description,Amount,Running Bal.",
      `10/01/2026,${opening}`,
      ...rows,
      "",
    ];
    return bytes(lines.join("\r\n"));
  },
};

function wellsLine(movement: Movement, random: Random): string {
  const { kind, first, last, words, check, day } = movement;
  if (kind === "returned") return `RETURNED DEPOSITED ITEM CHECK # ${check} RETURN REASON NSF`;
  if (kind === "fee") return "RETURNED DEPOSITED ITEM FEE";
  if (kind === "transfer") return "VENMO CASHOUT 261013 XXXXX20117 HARBOR";
  if (kind === "debit")
    return `PURCHASE AUTHORIZED ON 10/05 ${printed(full(movement))} SAN DIEGO CA S${number(random, 9)} CARD 1182`;
  if (full(movement) === "") return `MOBILE DEPOSIT : REF NUMBER :${number(random, 12)}`;
  const said = words ? ` ${printed(words)}` : "";
  return `ZELLE FROM ${printed(`${last} ${first}`)} ON ${us(day).slice(0, 5)} REF # WFCT${number(random, 8)}${said}`;
}

const wellsFargo: Writer = {
  format: "wellsfargo",
  methods: ["zelle", "check"],
  balanced: false,
  write: (movements, random) => {
    const rows = movements.map((movement) => {
      const cells = [us(movement.day), plain(movement.cents), "*", "", wellsLine(movement, random)];
      return cells.map((cell) => `"${cell}"`).join(",");
    });
    return bytes(`${rows.reverse().join(random.pick(["\n", "\r\n"]))}\n`);
  },
};

// --- processors -------------------------------------------------------------------------------

const venmo: Writer = {
  format: "venmo",
  methods: ["venmo"],
  balanced: true,
  write: (movements, random) => {
    const pad = (cells: readonly string[]) => [...cells, ...Array<string>(22).fill("")].slice(0, 22);
    const head =
      ",ID,Datetime,Type,Status,Note,From,To,Amount (total),Amount (tip),Amount (tax),Amount (fee),Tax Rate,Tax Exempt,Funding Source,Destination,Beginning Balance,Ending Balance,Statement Period Venmo Fees,Terminal Location,Year to Date Venmo Fees,Disclaimer".split(
        ",",
      );
    const money = (cents: number) => `${cents < 0 ? "-" : "+"} $${grouped(Math.abs(cents))}`;
    const rows = movements.map((movement) => {
      const asked = random.chance(0.3);
      const [type, from, to] =
        movement.kind === "transfer" || movement.kind === "fee"
          ? ["Standard Transfer", "", ""]
          : asked
            ? ["Charge", ...(movement.cents > 0 ? ["Harbor", full(movement)] : [full(movement), "Harbor"])]
            : ["Payment", ...(movement.cents > 0 ? [full(movement), "Harbor"] : ["Harbor", full(movement)])];
      const status = type === "Standard Transfer" ? "Issued" : "Complete";
      const note = `${movement.words} ${random.pick(["", "⛵", '"quoted", yes'])}`.trim();
      return pad([
        "",
        `4${number(random, 18)}`,
        `${movement.day}T12:00:00`,
        type ?? "",
        status,
        note,
        from ?? "",
        to ?? "",
        money(movement.cents),
      ]);
    });
    const opening = pad([...Array<string>(16).fill(""), `$${grouped(OPENING_CENTS)}`]);
    const closing_cents = running(movements).at(-1)?.balance_cents ?? OPENING_CENTS;
    const closing = pad([
      ...Array<string>(17).fill(""),
      `$${grouped(closing_cents)}`,
      "$0.00",
      "",
      "$0.00",
      "A long\ntext, over lines.",
    ]);
    return bytes(csv([pad(["Account Statement"]), pad(["Account Activity"]), head, opening, ...rows, closing]));
  },
};

const square: Writer = {
  format: "square",
  methods: ["card"],
  balanced: false,
  write: (movements, random) => {
    const money = (cents: number) => {
      const figures = `$${grouped(Math.abs(cents))}`;
      return cents >= 0 ? figures : random.pick([`(${figures})`, `-${figures}`]);
    };
    const head = [
      "Date",
      "Time",
      "Gross Sales",
      "Total Collected",
      "Fees",
      "Payment ID",
      "Event Type",
      "Customer Name",
    ];
    const rows = movements.map((movement) => {
      const { day, cents, kind, words } = movement;
      const type = kind === "returned" ? "Chargeback" : cents > 0 ? "Payment" : "Refund";
      const row = [day, "12:00:00", money(cents), money(cents), money(-1056), number(random, 12), type, full(movement)];
      return [...row, words, "Complete"];
    });
    return bom(csv([[...head, "Description", "Transaction Status"], ...rows], ",", random.pick(["\n", "\r\n"])));
  },
};

const stripe: Writer = {
  format: "stripe",
  methods: ["card"],
  balanced: false,
  write: (movements, random) => {
    const types: Partial<Record<string, string>> = {
      credit: "charge",
      debit: "refund",
      fee: "stripe_fee",
      transfer: "payout",
      returned: "adjustment",
    };
    const rows = movements.map((movement) => {
      const { day, cents, kind, words } = movement;
      const signed = kind === "transfer" ? -Math.abs(cents) : cents;
      const row = [`txn_${number(random, 12)}`, types[kind] ?? "", plain(signed), "14.80", plain(signed - 1480), "usd"];
      return [...row, `${day} 16:04`, words, full(movement)];
    });
    const head = [
      "id",
      "Type",
      "Amount",
      "Fee",
      "Net",
      "Currency",
      "Created (UTC)",
      "Description",
      "payer_name (metadata)",
    ];
    return bytes(csv([head, ...rows]));
  },
};

// --- OFX --------------------------------------------------------------------------------------

function ofxParts(movement: Movement, random: Random): { type: string; name: string; memo: string; check: string } {
  const { kind, check, items, words } = movement;
  if (kind === "returned") return { type: "DEBIT", name: "RETURNED DEPOSITED ITEM", memo: `CHECK ${check} NSF`, check };
  if (kind === "fee") return { type: "FEE", name: "RETURNED ITEM FEE", memo: "", check: "" };
  if (kind === "transfer") return { type: "XFER", name: "VENMO CASHOUT", memo: "HARBOR", check: "" };
  if (kind === "debit") return { type: "POS", name: printed(full(movement)), memo: "CARD 1182", check: "" };
  if (full(movement) === "")
    return { type: "DEP", name: "DEPOSIT", memo: items ? `SLIP 5520 ${items} ITEMS` : "", check: "" };
  const name = random.pick([`ZELLE FROM ${full(movement).toUpperCase()}`, `Zelle ${full(movement)}`]);
  return {
    type: "CREDIT",
    name: name.slice(0, 32),
    memo: name.length > 32 ? `${name.slice(32)} / ${words}` : words,
    check: "",
  };
}

function ofxBody(movements: readonly Movement[], random: Random, closed: boolean): string {
  const line = (tag: string, text: string) =>
    text === "" ? "" : `<${tag}>${escaped(text)}${closed ? `</${tag}>` : "\n"}`;
  const rows = movements.map((movement) => {
    const { type, name, memo, check } = ofxParts(movement, random);
    const posted = `${movement.day.replaceAll("-", "")}120000${random.pick(["", ".000[-7:PDT]"])}`;
    return [
      "<STMTTRN>",
      line("TRNTYPE", type),
      line("DTPOSTED", posted),
      line("TRNAMT", plain(movement.cents)),
      line("FITID", number(random, 15)),
      line("CHECKNUM", check),
      line("NAME", name),
      line("MEMO", memo),
      "</STMTTRN>\n",
    ].join("");
  });
  const balance = `<LEDGERBAL>${line("BALAMT", "99.00")}${line("DTASOF", "20261031")}</LEDGERBAL>`;
  return `<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>${line("CURDEF", "USD")}<BANKTRANLIST>${rows.join("")}</BANKTRANLIST>${balance}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const sgml: Writer = {
  format: "ofx",
  methods: ["zelle", "check"],
  balanced: false,
  write: (movements, random) => {
    const head = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n";
    return windows1252(head + ofxBody(movements, random, false));
  },
};

const xml: Writer = {
  format: "ofx",
  methods: ["zelle", "check"],
  balanced: false,
  write: (movements, random) =>
    bytes(
      `<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n${ofxBody(movements, random, true)}`,
    ),
};

// --- any other bank ---------------------------------------------------------------------------

interface Locale {
  delimiter: string;
  head: readonly string[];
  day(day: string): string;
  money(cents: number): string;
  encode(text: string): Uint8Array;
  apart: boolean;
}

const locales: readonly Locale[] = [
  {
    delimiter: ",",
    head: ["Date", "Payee", "Memo", "Amount", "Balance"],
    day: us,
    money: (cents) => (cents < 0 ? `($${grouped(-cents)})` : `$${grouped(cents)}`),
    encode: bom,
    apart: false,
  },
  {
    delimiter: ";",
    head: ["Buchungstag", "Name", "Verwendungszweck", "Betrag", "Saldo"],
    day: german,
    money: (cents) => grouped(cents, "de-DE"),
    encode: utf16,
    apart: false,
  },
  {
    delimiter: ",",
    head: ["Transaction Date", "Name", "Description", "Paid Out", "Paid In", "Balance"],
    day: british,
    money: plain,
    encode: bytes,
    apart: true,
  },
  {
    delimiter: "\t",
    head: ["Date", "Name", "Details", "Amount", "Balance"],
    day: (day) => day,
    money: (cents) => (cents < 0 ? `${grouped(-cents)}-` : grouped(cents)),
    encode: windows1252,
    apart: false,
  },
];

function genericWords(movement: Movement): [name: string, purpose: string] {
  const { kind, words, check } = movement;
  if (kind === "returned") return ["Bank", `Returned check ${check}`];
  if (kind === "fee") return ["Bank", "Account fee"];
  if (kind === "transfer") return ["Stripe", "Payout po_1"];
  return [full(movement), words];
}

function generic(locale: Locale): Writer {
  return {
    format: "generic",
    methods: ["bank_transfer"],
    balanced: true,
    write: (movements, random) => {
      const { delimiter, head, day, money, apart } = locale;
      const rows = running(movements).map(({ movement, balance_cents }) => {
        const { cents } = movement;
        const amounts = apart ? (cents < 0 ? [money(-cents), ""] : ["", money(cents)]) : [money(cents)];
        return [day(movement.day), ...genericWords(movement), ...amounts, money(balance_cents)];
      });
      const ordered = random.chance(0.5) ? rows.reverse() : rows;
      return locale.encode(csv([head, ...ordered], delimiter, random.pick(["\n", "\r\n"])));
    },
  };
}

/** Every described format, some in several forms. */
export const writers: readonly Writer[] = [
  chase,
  bofa,
  wellsFargo,
  venmo,
  square,
  stripe,
  sgml,
  xml,
  ...locales.map(generic),
];
