const READ_MS = 5000;
const IDLE_MS = 3 * 60_000;

/** A tablet that many sign on: goes on to the next guest, and never shows one guest's form to another. */
export function startKiosk(): void {
  const next = document.body.dataset.kioskNext;
  if (next) setTimeout(() => location.replace(next), READ_MS);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && (next || kioskForm())) location.reload();
  });
  if (kioskForm()) clearWhenLeft();
}

/** Shows a fresh form when a guest began to fill in and walked away. */
function clearWhenLeft(): void {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const form = kioskForm();
      // A signature that is on its way is worth more than a fresh form.
      if (!navigator.onLine || form?.querySelector("#form-status")?.textContent) wait();
      else location.replace(`${location.pathname}?kiosk=1`);
    }, IDLE_MS);
  };
  // A guest who has only read leaves nothing to clear.
  document.addEventListener("input", wait);
  for (const name of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(name, () => timer && wait(), { passive: true });
  }
}

function kioskForm(): HTMLFormElement | null {
  return document.querySelector<HTMLFormElement>("#waiver-form[data-kiosk]");
}
