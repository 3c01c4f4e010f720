import { call } from "./request";

/** `link`: what a guest link ends in. Apart from what admins ask for, which guests' phones do without. */
export const readGuest = (link: string) =>
  call("get", "/api/guest/{event_id}", { path: { event_id: link }, open: true });
