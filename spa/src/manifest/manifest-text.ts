import type { Passenger, Snapshot, WaiverState } from "../data/contract";
import { nameList } from "../lib/names";

export const waiverStates: Record<WaiverState, { text: string; tone: "good" | "part" | "due" }> = {
  signed: { text: "Signed", tone: "good" },
  superseded: { text: "Signed an older text", tone: "part" },
  missing: { text: "Not signed", tone: "due" },
};

/** A passenger has a signature or an entry on the guest list, never both. */
export function passengerKey({ waiver_id, guest_id }: Pick<Passenger, "waiver_id" | "guest_id">): string {
  return waiver_id ?? guest_id ?? "";
}

export function aboard({ passengers }: Snapshot): Passenger[] {
  return passengers.filter(({ checked_in_at }) => checked_in_at !== null);
}

/** Who was neither ticked off as aboard nor as not coming. */
export function unticked({ passengers }: Snapshot): Passenger[] {
  return passengers.filter(({ checked_in_at, no_show }) => checked_in_at === null && !no_show);
}

/** `5 aboard, limit 12`; before anybody has come aboard, how many have signed. */
export function headCount(manifest: Snapshot): string {
  const what = aboard(manifest).length > 0 ? "aboard" : "signed";
  const { head_count, passenger_limit } = manifest;
  const limit = passenger_limit === null ? "no limit set" : `limit ${passenger_limit}`;
  return `${head_count} ${what}, ${limit}`;
}

/** By how much there are too many; before anybody has come aboard, of those who are expected. */
export function overText(manifest: Snapshot): string {
  const { head_count, missing, passenger_limit } = manifest;
  const many = aboard(manifest).length > 0 ? `${head_count} are aboard` : `${head_count + missing} are expected`;
  return `${many}; the vessel may carry ${passenger_limit}.`;
}

/** `3 have not signed: Bo Sund, Cora Lind and 1 without a name` */
export function missingText({ missing, missing_names }: Snapshot): string {
  if (missing === 0) return "";
  const have = missing === 1 ? "1 has not signed" : `${missing} have not signed`;
  const unnamed = missing - missing_names.length;
  if (missing_names.length === 0) return `${have}.`;
  const rest = unnamed > 0 ? ` and ${unnamed} without a name` : "";
  return `${have}: ${nameList(missing_names)}${rest}.`;
}
