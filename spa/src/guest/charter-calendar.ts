import ical from "ical-generator";
import type { GuestEvent } from "../data/contract";

/**
 * One charter as a calendar file (RFC 5545), times in UTC. It holds only what the guest's page shows. Added once more,
 * after a change, it replaces the entry of before: the UID stays, and the stamp is newer.
 */
export function charterCalendar(event: GuestEvent, page_url: string, now: Date): string {
  const calendar = ical({ prodId: { company: event.operator.name || "Charter", product: "Charter" } });
  const texts = [event.guest_notes, event.guest_place_url, page_url];
  calendar.createEvent({
    id: `${event.event_id}@${new URL(page_url).hostname}`,
    stamp: now,
    start: new Date(event.starts_at),
    end: new Date(event.ends_at),
    summary: event.vessel ? `${event.title} (${event.vessel})` : event.title,
    location: event.departure_port || null,
    description: texts.filter(Boolean).join("\n\n"),
    url: page_url,
  });
  return calendar.toString();
}
