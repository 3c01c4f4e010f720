import type { CharterForm } from "./charter-table";

/** What was typed and not saved, by charter; it lives in this page only, for it holds contact data. */
export const drafts = new Map<string, CharterForm>();
