/** Calls back when the network is back and when the page is looked at again; returns how to stop it. */
export function onReturn(act: (cause: "network" | "visible") => void): () => void {
  const onOnline = () => act("network");
  const onVisible = () => {
    if (document.visibilityState === "visible") act("visible");
  };
  window.addEventListener("online", onOnline);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    window.removeEventListener("online", onOnline);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
