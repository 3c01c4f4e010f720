import type { Charter, HistoryEvent, TipShare } from "../../data/contract";
import { formatMoney } from "../../lib/money";
import { formatMoment } from "../../lib/time";
import { checkNames } from "../../ui/readiness/ready-text";
import { charterTable, type FieldName } from "../form/charter-table";
import type { CharterField } from "../form/field-kinds";
import { statusNames } from "../phase";
import { positionsText } from "./position-text";

/** One value that an act has changed, in words; `before` is empty where there was none. */
interface ChangeText {
  label: string;
  before: string;
  after: string;
}

export interface ActText {
  id: string;
  at: string;
  what: string;
  by: string;
  reason: string;
  changes: ChangeText[];
}

const actNames: Record<string, string> = {
  created: "Created",
  edited: "Edited",
  cancelled: "Cancelled",
  departed: "Departed",
  waivers_reopened: "Opened for signatures again",
  guest_link_renewed: "New guest link",
  guest_erased: "A guest’s name and email erased",
  receipt_asked: "Receipt sent again",
  balance_reminded: "Patron reminded of the balance",
  position_added: "Position added",
  position_asked: "Others asked for a position",
  position_assigned: "Position assigned",
  position_withdrawn: "Position withdrawn",
  position_late: "No answer in time: the next is asked",
  position_bounced: "The mail came back: the next is asked",
  statement_sent: "Statement sent",
  tips_shared: "Tips shared out",
};
const answers: Record<string, string> = { accepted: "Accepted", declined: "Declined" };
/** What is no field of the charter's form. */
const beside: Record<string, string> = {
  positions: "Positions",
  schedule_override: "Booked anyway",
  cancellation_fee_cents: "Cancellation fee",
  tip_shares: "Tips",
};
const dockStates: Record<string, string> = { aboard: "aboard", no_show: "no-show", clear: "not noted" };

/** The acts in words, newest first as they come. `nameOf` gives the name of a guest or a signer by the id. */
export function historyTexts(
  events: readonly HistoryEvent[],
  charter: Charter,
  nameOf: (id: string) => string | undefined,
): ActText[] {
  let { currency } = charter;
  const changedText = (field: string, value: unknown, other: unknown, currency: string) =>
    field === "positions" ? positionsText(value, other) : valueText(field, value, { ...charter, currency });
  return events.map((event) => {
    const change = event.changes.find(({ field }) => field === "currency");
    const before = String(change?.before ?? currency);
    const changes = shownChanges(event).map(({ field, ...values }) => ({
      label: labelOf(field),
      before: event.act === "created" ? "" : changedText(field, values.before, values.after, before),
      after: changedText(field, values.after, values.before, currency),
    }));
    currency = before;
    return {
      id: event.audit_id,
      at: event.at,
      what: actText(event, nameOf),
      by: byText(event),
      reason: event.act === "departed" ? waivesText(event.reason) : event.reason,
      changes: changes.map(onlyDetails),
    };
  });
}

/** Of a new charter the fee alone: the rest stands on the page. The reason of a cancellation is in the notes, too. */
function shownChanges({ act, changes }: HistoryEvent): HistoryEvent["changes"] {
  if (act === "created") return changes.filter(({ field }) => field === "charter_fee_cents");
  return act === "cancelled" ? changes.filter(({ field }) => field !== "notes") : changes;
}

function actText({ act, about, state }: HistoryEvent, nameOf: (id: string) => string | undefined): string {
  if (act === "checked_in") return `${nameOf(about) ?? "A passenger"}: ${dockStates[state] ?? state}`;
  if (act === "safety_briefing") return state === "done" ? "Safety briefing given" : "Safety briefing not given";
  if (act === "position_answered") return answers[state] ?? state;
  const words = act.replace(/_/g, " ");
  return actNames[act] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why it sailed all the same, by the names of the checks: `Payment: paid at the dock`. */
function waivesText(reason: string): string {
  const codes = new RegExp(`(^|; )(${Object.keys(checkNames).join("|")}): `, "g");
  return reason.replace(codes, (_, before: string, code: keyof typeof checkNames) => `${before}${checkNames[code]}: `);
}

function byText({ by, actor_type }: HistoryEvent): string {
  if (actor_type === "system") return "automatically";
  return by === actor_type ? `by ${by}` : `by ${by} (${actor_type})`;
}

function sharesText(shares: readonly TipShare[], currency: string): string {
  const texts = shares.map(({ name, amount_cents }) => `${name} ${formatMoney(amount_cents, currency)}`);
  return texts.join(", ") || "in equal shares";
}

function isField(field: string): field is FieldName {
  return field in charterTable;
}

function labelOf(field: string): string {
  return isField(field) ? charterTable[field].label.replace(" of the charter", "") : (beside[field] ?? "Status");
}

function valueText(field: string, value: unknown, charter: Charter): string {
  if (field === "schedule_override") return (value as Charter["schedule_override"])?.reason ?? "";
  if (field === "status") return statusNames[value as Charter["status"]];
  if (field.endsWith("_fee_cents")) return formatMoney(Number(value), charter.currency);
  if (field === "tip_shares") return sharesText(value as TipShare[], charter.currency);
  if (!isField(field)) return String(value);
  if (field === "starts_at" || field === "ends_at") return formatMoment(String(value), charter.timezone);
  const { show, write } = charterTable[field] as CharterField;
  return show(write(value, charter));
}

/** Of people, names are shown; where only an address or a number changed, both would read the same. */
function onlyDetails(change: ChangeText): ChangeText {
  return change.before === change.after ? { ...change, before: "", after: "contact details changed" } : change;
}
