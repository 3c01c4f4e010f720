/** The app runs. Until then the start script (`shell/start.ts`) may let another release in. */
export function markStarted(): void {
  document.getElementById("app")?.setAttribute("data-started", "");
}
