import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Dialog } from "./dialog";
import { lazyDialog } from "./lazy-dialog";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const button = (name: string) => [...root.querySelectorAll("button")].find(({ textContent }) => textContent === name);

test("a dialog that cannot be fetched says so, is fetched again when asked, and can be closed", async () => {
  const Keys = ({ onClose }: { onClose(): void }) => (
    <Dialog title="Keys" onClose={onClose}>
      <p>n New charter</p>
    </Dialog>
  );
  const load = vi.fn().mockRejectedValueOnce(new TypeError("no network")).mockResolvedValue(Keys);
  const Lazy = lazyDialog<{ onClose(): void }>("Keys", load);
  const onClose = vi.fn();
  render(<Lazy onClose={onClose} />, root);
  await vi.waitFor(() => expect(root.textContent).toMatch("This page could not be loaded."));
  root.querySelector<HTMLElement>("[aria-label=Close]")?.click();
  expect(onClose).toHaveBeenCalledOnce();
  button("Try again")?.click();
  await vi.waitFor(() => expect(root.textContent).toMatch("n New charter"));
  expect(load).toHaveBeenCalledTimes(2);
});
