import { call } from "./request";

/** `link`: what a guest link ends in. In a file of its own, so that guests' phones load no call of the admins'. */
export const readGuest = (link: string) =>
  call("get", "/api/guest/{event_id}", { path: { event_id: link }, open: true });
