import type { BoatDetails, BoatEdit, Calendar, PersonDetails, PersonEdit, Repetition, SavedSettings } from "./contract";
import { call, type Query } from "./request";

// The calls about boats, people, the settings and the schedule: apart, for no page that loads first makes them.

export const listBoats = async () => (await call("get", "/api/boats")).boats;

/** With the same key again it answers the same boat. */
export const createBoat = (key: string, body: BoatDetails) =>
  call("post", "/api/boats", { body, headers: { "Idempotency-Key": key } });

export const editBoat = (boat_id: string, body: BoatEdit) =>
  call("patch", "/api/boats/{boat_id}", { path: { boat_id }, body });

export const listPeople = async () => (await call("get", "/api/people")).people;

/** With the same key again it answers the same person. */
export const createPerson = (key: string, body: PersonDetails) =>
  call("post", "/api/people", { body, headers: { "Idempotency-Key": key } });

export const editPerson = (person_id: string, body: PersonEdit) =>
  call("patch", "/api/people/{person_id}", { path: { person_id }, body });

/** Gives a person's own page a new address; the one before is dead at once. */
export const renewPersonLink = (person_id: string) =>
  call("post", "/api/people/{person_id}/new-link", { path: { person_id }, body: {} });

/** Who chartered before, latest first. */
export const listPatrons = async () => (await call("get", "/api/patrons")).patrons;

export const readSettings = () => call("get", "/api/settings");

export const saveSettings = (body: SavedSettings) => call("put", "/api/settings", { body });

export const listCalendars = async () => (await call("get", "/api/calendars")).calendars;

/** Gives a calendar feed a new address; the one before is dead at once. */
export const renewCalendarLink = ({ boat_id }: Calendar) =>
  call("post", "/api/calendars/{calendar_id}/new-link", { path: { calendar_id: boat_id ?? "desk" }, body: {} });

/** What is booked between two moments, at most 62 days apart. */
export const readSchedule = (query: Query<"/api/schedule">) => call("get", "/api/schedule", { query });

/** Repeats a charter each week; a preview makes nothing and says what would be in the way. */
export const repeatCharter = (event_id: string, body: Repetition) =>
  call("post", "/api/events/{event_id}/repeat", { path: { event_id }, body });
