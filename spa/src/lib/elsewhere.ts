// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.

/** What the edge sends to the API, as CloudFront's patterns: `*` is any text. */
export const apiPaths: readonly string[] = ["/api/*", "/g/*/waiver", "/c/*"];

/** All that is no page of the SPA. */
export const elsewhere: readonly string[] = [...apiPaths, "/assets/*", "/_staging/*", "/_preview/*"];

/** A pattern for `RegExp`; a folder's own name belongs to the folder. */
export function pathPattern(pattern: string): string {
  return `^${pattern.replace(/\/\*$/, "(/*)?").replaceAll("*", ".*")}$`;
}
