import { expect, test } from "vitest";
import { findPage, isInApp } from "./pages";

test.each([
  ["/", "/", {}],
  ["/events/abc-_1", "/events/:event_id", { event_id: "abc-_1" }],
  ["/events/abc/", "/events/:event_id", { event_id: "abc" }],
  ["/payments", "/payments", {}],
  ["/payments/", "/payments", {}],
  ["/payments/to-clear", "/payments/to-clear", {}],
  ["/payments/reports", "/payments/reports", {}],
  ["/payments/deposit/", "/payments/deposit", {}],
  ["/payments/other", "", {}],
  ["/payments/deposit/more", "", {}],
  ["/people", "/people", {}],
  ["/boats/", "/boats", {}],
  ["/settings", "/settings", {}],
  ["/people/p1", "", {}],
  ["/mail", "/mail", {}],
  ["/mail/more", "", {}],
  ["/constructor", "", {}],
  ["/events/abc/statement", "/events/:event_id/statement", { event_id: "abc" }],
  ["/events/abc/manifest", "/events/:event_id/manifest", { event_id: "abc" }],
  ["/events/abc/dock-card/", "/events/:event_id/dock-card", { event_id: "abc" }],
  ["/events/abc/other", "", {}],
  ["/events/abc/waivers/0f1e", "/events/:event_id/waivers/:waiver_id", { event_id: "abc", waiver_id: "0f1e" }],
  ["/events/abc/waivers", "", {}],
  ["/events/abc/waivers/0f1e/more", "", {}],
  ["/events/abc/other/0f1e", "", {}],
  ["/waiver", "/waiver", {}],
  ["/waivers", "/waivers", {}],
  ["/events/abc/constructor", "", {}],
  ["/events/abc/statement/more", "", {}],
  ["/g/abc", "/g/:link", { link: "abc" }],
  ["/g/abc/", "/g/:link", { link: "abc" }],
  ["/g/abc/waiver", "/g/:link/waiver", { link: "abc" }],
  ["/g/abc/waiver/", "/g/:link/waiver", { link: "abc" }],
  ["/g/waiver", "/g/waiver", {}],
  ["/g/waiver/waiver", "/g/:link/waiver", { link: "waiver" }],
  ["/g/abc/waiver/more", "", {}],
  ["/g/abc/other", "", {}],
  ["/g", "", {}],
  ["/g//waiver", "", {}],
  ["/events", "", {}],
  ["/events/a%20b", "", {}],
  ["/nowhere", "", {}],
])("%s is the page of %s", (path, pattern, named) => {
  for (const base of ["", "/_staging", "/_preview/0123456789ab"]) {
    const { page, ids } = findPage(base + path);
    expect(page.path).toBe(pattern);
    expect(ids).toEqual({ event_id: "", waiver_id: "", link: "", ...named });
  }
});

test("the slot's base alone is its board", () => {
  expect(findPage("/_staging").page.path).toBe("/");
  expect(findPage("/_preview/0123456789ab/").page.path).toBe("/");
});

test("only guests' pages show without a login", () => {
  for (const path of ["/", "/payments", "/people", "/boats", "/settings", "/events/abc", "/events/abc/waivers/0f1e"]) {
    expect(findPage(path).page.open).toBeUndefined();
  }
  for (const path of ["/g/abc", "/g/abc/waiver", "/g/waiver", "/nowhere"]) {
    expect(findPage(path).page.open).toBe(true);
  }
});

test("links to the server's pages and to nowhere leave the app", () => {
  expect(isInApp("/events/abc")).toBe(true);
  expect(isInApp("/g/abc")).toBe(true);
  expect(isInApp("/g/abc/waiver")).toBe(false);
  expect(isInApp("/api/health")).toBe(false);
});
