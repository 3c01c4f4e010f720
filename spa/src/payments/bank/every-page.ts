import type { ListedPayment } from "../../data/contract";

interface Page {
  payments: readonly ListedPayment[];
  next_cursor: string | null;
}

/** All pages of a list of payments, one after the other. */
export async function everyPage(read: (cursor: string) => Promise<Page>, most_pages = 100): Promise<ListedPayment[]> {
  const found: ListedPayment[] = [];
  let cursor = "";
  for (let page = 0; page < most_pages; page++) {
    const { payments, next_cursor } = await read(cursor);
    found.push(...payments);
    if (!next_cursor) return found;
    cursor = next_cursor;
  }
  throw new Error("more payments than any operator has");
}
