import { describe, expect, test } from "vitest";
import { wanted } from "./sw-rules";

const origin = window.location.origin;
const files = new Map([["/assets/index-1.js", ""]]);
const production = (path: string, request = {}) => answer(path, "/", request);
const staging = (path: string, request = {}) => answer(path, "/_staging/", request);

function answer(path: string, base: string, request: object): string | null {
  const url = new URL(path, origin).href;
  return wanted({ method: "GET", mode: "navigate", url, ...request }, base, files);
}

describe("the worker of a slot", () => {
  test.each(["/", "/events/a.b", "/payments", "/g/event-1", "/g/v1.2", "/no/such/page"])(
    "answers %s with the page",
    (path) => {
      expect(production(path)).toBe("./");
      expect(staging(`/_staging${path}`)).toBe("./");
    },
  );

  test("answers for its release's files, and for no others", () => {
    expect(production("/assets/index-1.js", { mode: "cors" })).toBe("/assets/index-1.js");
    expect(production("/assets/index-2.js", { mode: "cors" })).toBeNull();
    expect(staging("/assets/index-1.js", { mode: "cors" })).toBe("/assets/index-1.js");
  });

  test.each([
    "/api",
    "/api/events",
    "/g/event-1/waiver",
    "/g/event-1/waiver?signed=abc",
    "/g/a/b/waiver",
    "/_local/mail.html",
    "/_staging",
    "/_staging/",
    "/_staging/events/a",
    "/_preview/0123456789ab/",
    "/_preview/0123456789ab/events/a",
    "/_releases/x",
    "/assets/gone",
    "/sw.js",
    "/manifest.webmanifest",
  ])("in production never answers %s", (path) => {
    expect(production(path)).toBeNull();
  });

  test("in staging never answers for production", () => {
    for (const path of ["/", "/events/a", "/api/events", "/g/event-1/waiver"]) {
      expect(staging(path)).toBeNull();
    }
  });

  test("leaves what is no navigation, no GET or another site's alone", () => {
    expect(production("/payments", { mode: "cors" })).toBeNull();
    expect(production("/", { method: "POST" })).toBeNull();
    expect(production("https://elsewhere.example/")).toBeNull();
  });
});
