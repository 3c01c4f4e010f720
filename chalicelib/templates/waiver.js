"use strict";
// The page works without this. Whoever has it is told the device's own time, and a kiosk goes on by itself.
(() => {
  const form = document.getElementById("waiver-form");
  form?.addEventListener("submit", () => {
    document.getElementById("device_time").value = new Date().toISOString();
  });
  const next = document.body.dataset.kioskNext;
  if (next) setTimeout(() => location.replace(next), 5000);
})();
