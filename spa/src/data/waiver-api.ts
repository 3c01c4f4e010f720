import type { Leaf, WaiverLanguage } from "./contract";
import { call, file, type Query } from "./request";

// The calls about waivers: apart from the others, for no page that loads first makes them.

const CHARTER = "/api/events/{event_id}";

export const readWaiverVersions = () => call("get", "/api/waiver-versions");

/** Makes a text the current one of its language; the current text again changes nothing. */
export const publishWaiver = (title: string, text: string, language: WaiverLanguage) =>
  call("put", "/api/waiver-versions/current", { body: { title, text, language } });

export const previewWaiver = async (text: string) =>
  (await call("post", "/api/waiver-versions/preview", { body: { text } })).blocks;

export const listSuperseded = async () => (await call("get", "/api/waiver-versions/superseded")).events;

/** Mails those who have signed an older text, each at most once in six hours. */
export const askAgain = (event_id: string) => call("post", `${CHARTER}/ask-again`, { path: { event_id }, body: {} });

export const listWaivers = (query: Query<"/api/waivers">) => call("get", "/api/waivers", { query });

/** The whole log of the waivers as one file, fetched in parts; the last part has the log's head of that moment. */
export async function exportLog(): Promise<Blob> {
  const leaves: Leaf[] = [];
  let after = 0;
  for (;;) {
    const part = await call("get", "/api/waivers.json", { query: { after: String(after) }, timeout_ms: 60_000 });
    leaves.push(...part.leaves);
    if (part.next === null) return jsonFile({ leaves, checkpoint: part.checkpoint, next: null });
    after = part.next;
  }
}

/** The log's head: three lines, of which the second is how many entries it has. */
export const readCheckpoint = async () => (await file("/api/waivers/checkpoint", "text/plain")).text();

const WAIVER = `${CHARTER}/waivers/{waiver_id}` as const;

export const readWaiver = (event_id: string, waiver_id: string) =>
  call("get", WAIVER, { path: { event_id, waiver_id } });

/** One record with all that proves it, as a file. */
export const waiverBundle = async (event_id: string, waiver_id: string) =>
  jsonFile(await call("get", `${WAIVER}/bundle`, { path: { event_id, waiver_id } }));

/** From now on the record counts nowhere; it stays in the log. */
export const setWaiverAside = (event_id: string, waiver_id: string, reason: string) =>
  call("post", `${WAIVER}/set-aside`, { path: { event_id, waiver_id }, body: { reason } });

/** Erases for good what is personal of a record; its proof stays. */
export const eraseWaiver = (event_id: string, waiver_id: string, reason: string) =>
  call("post", `${WAIVER}/erase`, { path: { event_id, waiver_id }, body: { reason } });

const jsonFile = (content: object) => new Blob([JSON.stringify(content)], { type: "application/json" });
