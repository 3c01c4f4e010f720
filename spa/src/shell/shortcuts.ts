import { useEffect } from "preact/hooks";
import { deviceStorage } from "../lib/browser/storage";

const KEY = "scc.shortcuts";

/** Speech input types letters that nobody meant, so they can be switched off (WCAG 2.1.4). */
export function areShortcutsOn(): boolean {
  return deviceStorage.get(KEY) !== "off";
}

export function turnShortcuts(on: boolean): void {
  if (on) deviceStorage.remove(KEY);
  else deviceStorage.set(KEY, "off");
}

/** Single keys act while nothing is typed and no dialog is open. */
export function useShortcuts(acts: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const onKeyDown = (press: KeyboardEvent) => {
      const act = Object.hasOwn(acts, press.key) ? acts[press.key] : undefined;
      if (!act || press.defaultPrevented || press.repeat || press.ctrlKey || press.metaKey || press.altKey) return;
      const { target } = press;
      const isTyping = target instanceof HTMLElement && target.matches("input, textarea, select");
      if (isTyping || document.querySelector("dialog[open]") || !areShortcutsOn()) return;
      press.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
}
