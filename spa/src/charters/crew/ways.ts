/** How a position gets somebody. */
export type Way = "rank" | "order" | "assign" | "open";

export const wayNames: Record<Way, string> = {
  rank: "Ask by rank",
  order: "Ask in my order",
  assign: "Assign",
  open: "Leave it open",
};

export const wayHints: Record<Way, string> = {
  rank: "Who is free is asked one after the other, rank 1 first, until somebody accepts.",
  order: "Those you choose are asked one after the other, until somebody accepts.",
  assign: "Without being asked: they are told.",
  open: "Nobody is asked until you ask.",
};

export function waysOf(isNew: boolean): Way[] {
  return isNew ? ["rank", "order", "assign", "open"] : ["order", "assign"];
}

/** The button says what happens. */
export function buttonText(way: Way, names: readonly string[]): string {
  const [first] = names;
  if (way === "rank") return "Add and ask by rank";
  if (way === "open") return "Add, ask nobody";
  if (!first) return way === "assign" ? "Assign" : "Ask";
  if (way === "assign") return `Assign ${first}`;
  return names.length === 1 ? `Ask ${first}` : `Ask ${first}, then ${names.length - 1} more`;
}
