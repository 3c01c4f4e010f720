import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { basePath, href, matchPath, navigate, pathname, query, startRouter } from "./router";

test("a pattern names the ids in its paths", () => {
  expect(matchPath("/", "/")).toEqual({});
  expect(matchPath("/", "")).toEqual({});
  expect(matchPath("/", "//")).toBeNull();
  expect(matchPath("/trips/:trip_id/:day", "/trips/a-_1/2/")).toEqual({ trip_id: "a-_1", day: "2" });
  expect(matchPath("/trips/:trip_id", "/trips/a%20b")).toBeNull();
  expect(matchPath("/trips/:trip_id", `/trips/${"a".repeat(65)}`)).toBeNull();
});

test("the base is where the app was opened", () => {
  expect(basePath("/_staging")).toBe("/_staging");
  expect(basePath("/_staging/events/abc")).toBe("/_staging");
  expect(basePath("/_stagingful")).toBe("");
  expect(basePath("/_preview/0123456789ab")).toBe("/_preview/0123456789ab");
  expect(basePath("/_preview/0123456789ab/events/abc")).toBe("/_preview/0123456789ab");
  expect(basePath("/_preview/0123456789abc/")).toBe("");
  expect(basePath("/_preview/events/abc")).toBe("");
  expect(basePath("/")).toBe("");
});

describe("links", () => {
  let stop = () => {};
  const followed = vi.fn();

  beforeEach(() => {
    window.history.replaceState(null, "", "/");
    stop = startRouter((path) => /^(\/_staging)?\/(events|payments)/.test(path));
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

  test("to pages of the server are the browser's", () => {
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
