import "fake-indexeddb/auto";
import { afterEach, beforeEach } from "vitest";

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

afterEach(() => {
  document.body.replaceChildren();
});
