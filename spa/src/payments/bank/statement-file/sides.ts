/** How banks say in a column of its own that an amount came, and that it left. */
const CAME =
  /^(?:cr?|cdt|credits?|deposits?|in|money in|paid in|incoming|received|interest|\+|h|haben|gutschrift|eingang|abono|crédit)\.?$/i;
const LEFT =
  /^(?:dr?|db|dbt|debits?|withdrawals?|out|money out|paid out|outgoing|sent|fees?|-|s|soll|lastschrift|belastung|ausgang|cargo|débit)\.?$/i;

/** 1 for what came, -1 for what left, null when it says neither. */
export function signOf(text: string): 1 | -1 | null {
  const plain = text.trim();
  return CAME.test(plain) ? 1 : LEFT.test(plain) ? -1 : null;
}

/** Whether all that a column says is which side an amount is of. */
export function isSide(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length > 0 && filled.every((cell) => signOf(cell) !== null);
}
