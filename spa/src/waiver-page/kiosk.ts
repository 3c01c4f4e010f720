const READ_MS = 5000;
const IDLE_MS = 3 * 60_000;

/** A tablet that many sign on: goes on to the next guest, and shows nobody the form of somebody else. */
export function startKiosk(): void {
  const next = document.body.dataset.kioskNext;
  if (next) setTimeout(() => location.replace(next), READ_MS);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && (next || kioskForm())) location.reload();
  });
  if (kioskForm()) clearWhenLeft();
}

/** Somebody who began to fill in and walked away leaves a fresh form behind. */
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
  // Whoever has only read has left nothing.
  document.addEventListener("input", wait);
  for (const sign of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(sign, () => timer && wait(), { passive: true });
  }
}

function kioskForm(): HTMLFormElement | null {
  return document.querySelector<HTMLFormElement>("#waiver-form[data-kiosk]");
}
