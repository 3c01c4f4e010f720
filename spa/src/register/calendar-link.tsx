import type { ComponentChildren } from "preact";
import { listCalendars, renewCalendarLink } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { Loaded } from "../ui/loaded";
import { PrivateLink } from "./private-link";

interface Props {
  /** Of which boat; null is the desk's own calendar. */
  boat_id: string | null;
  /** What the calendar tells. */
  children: ComponentChildren;
}

/** The address of a calendar feed. */
export function CalendarLink({ boat_id, children }: Props) {
  const asked = useAnswer(listCalendars, []);
  return (
    <Loaded asked={asked} failed="The calendar's address could not be loaded." rows={1} kind="line">
      {(calendars) => {
        const calendar = calendars.find((other) => other.boat_id === boat_id);
        if (!calendar) return null;
        const renew = async () => {
          const renewed = await renewCalendarLink(calendar);
          asked.setAnswer((known) => known.map((other) => (other.boat_id === boat_id ? renewed : other)));
        };
        return (
          <PrivateLink label="Calendar address" url={calendar.url} renew={renew}>
            {children}
          </PrivateLink>
        );
      }}
    </Loaded>
  );
}
