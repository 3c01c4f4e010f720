import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { basePath, href, navigate, parseRoute, pathname, query, startRouter } from "./router";

describe("paths", () => {
  test.each([
    ["/", { page: "board" }],
    ["/events/abc-_1", { page: "charter", event_id: "abc-_1" }],
    ["/events/abc/", { page: "charter", event_id: "abc" }],
    ["/payments", { page: "payments" }],
    ["/payments/", { page: "payments" }],
    ["/payments/to-clear", { page: "to_clear" }],
    ["/payments/reports", { page: "reports" }],
    ["/payments/deposit/", { page: "deposit" }],
    ["/payments/other", { page: "not_found" }],
    ["/payments/deposit/more", { page: "not_found" }],
    ["/mail", { page: "mail" }],
    ["/mail/more", { page: "not_found" }],
    ["/constructor", { page: "not_found" }],
    ["/events/abc/statement", { page: "statement", event_id: "abc" }],
    ["/events/abc/manifest", { page: "manifest", event_id: "abc" }],
    ["/events/abc/dock-card/", { page: "dock_card", event_id: "abc" }],
    ["/events/abc/other", { page: "not_found" }],
    ["/events/abc/waivers/0f1e", { page: "waiver_record", event_id: "abc", waiver_id: "0f1e" }],
    ["/events/abc/waivers", { page: "not_found" }],
    ["/events/abc/waivers/0f1e/more", { page: "not_found" }],
    ["/events/abc/other/0f1e", { page: "not_found" }],
    ["/waivers", { page: "waivers" }],
    ["/events/abc/constructor", { page: "not_found" }],
    ["/events/abc/statement/more", { page: "not_found" }],
    ["/g/abc", { page: "guest", event_id: "abc" }],
    ["/g/abc/", { page: "guest", event_id: "abc" }],
    ["/g/abc/waiver", { page: "waiver", event_id: "abc" }],
    ["/g/abc/waiver/", { page: "waiver", event_id: "abc" }],
    ["/g/waiver", { page: "not_found" }],
    ["/g/waiver/waiver", { page: "waiver", event_id: "waiver" }],
    ["/g/abc/waiver/more", { page: "not_found" }],
    ["/g/abc/other", { page: "not_found" }],
    ["/g", { page: "not_found" }],
    ["/g//waiver", { page: "not_found" }],
    ["/events", { page: "not_found" }],
    ["/events/a%20b", { page: "not_found" }],
    ["/nowhere", { page: "not_found" }],
  ])("%s", (path, route) => {
    expect(parseRoute(path)).toEqual(route);
    expect(parseRoute(`/_staging${path}`)).toEqual(route);
  });

  test("the base is where the app was opened", () => {
    expect(basePath("/_staging")).toBe("/_staging");
    expect(basePath("/_staging/events/abc")).toBe("/_staging");
    expect(basePath("/_stagingful")).toBe("");
    expect(basePath("/")).toBe("");
    expect(parseRoute("/_staging")).toEqual({ page: "board" });
  });
});

describe("links", () => {
  let stop = () => {};
  const followed = vi.fn();

  beforeEach(() => {
    window.history.replaceState(null, "", "/");
    stop = startRouter();
    window.addEventListener("click", onBrowser);
  });
  afterEach(() => {
    stop();
    window.removeEventListener("click", onBrowser);
    followed.mockClear();
    window.history.replaceState(null, "", "/");
    pathname.value = "/";
  });
  const onBrowser = (event: MouseEvent) => {
    if (!event.defaultPrevented) followed();
    event.preventDefault();
  };
  const click = (address: string, init: MouseEventInit = {}) => {
    const link = document.createElement("a");
    link.href = address;
    document.body.append(link);
    link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
  };

  test("to pages of the app stay in the app", () => {
    click("/events/abc");
    expect(followed).not.toHaveBeenCalled();
    expect(pathname.value).toBe("/events/abc");
  });

  test("keep what they ask of the page", () => {
    click("/payments?from=2026-11-01&to=2026-11-30");
    expect(followed).not.toHaveBeenCalled();
    expect(pathname.value).toBe("/payments");
    expect(query.value).toBe("?from=2026-11-01&to=2026-11-30");
    click("/payments");
    expect(query.value).toBe("");
  });

  test("to the waiver are the browser's", () => {
    click("/g/abc/waiver");
    expect(followed).toHaveBeenCalledOnce();
    expect(pathname.value).toBe("/");
  });

  test("to other sites, to the API and with a modifier key are the browser's", () => {
    click("https://example.com/events/abc");
    click("/api/health");
    click("/events/abc", { ctrlKey: true });
    expect(followed).toHaveBeenCalledTimes(3);
  });

  test("of the staged app stay in the staged app", () => {
    window.history.replaceState(null, "", "/_staging/");
    pathname.value = "/_staging/";
    expect(href("/events/abc")).toBe("/_staging/events/abc");
    click("/_staging/events/abc");
    expect(pathname.value).toBe("/_staging/events/abc");
    navigate("/payments");
    expect(window.location.pathname).toBe("/_staging/payments");
    click("/events/abc");
    expect(followed).toHaveBeenCalledOnce();
  });
});
