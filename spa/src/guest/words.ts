import type { GuestEvent, WaiverLanguage } from "../data/contract";
import { sentence } from "../ui/page";

export type Method = GuestEvent["pay_to"][number]["method"];

/** All that a guest's page says, in one language. */
export type Words = Omit<typeof english, "language" | "methods"> & {
  language: WaiverLanguage;
  /** Null: the names that the desk has for them. */
  methods: Record<Method, string> | null;
};

export const english = {
  language: "en" as const,
  methods: null,
  languages: "Language",
  yourCharter: "Your charter",
  notFound: "Off the chart",
  unknownLink: "This charter link is not known. It may have been cut off, or replaced by a newer one.",
  askForLink: "Open the link from your invitation again. If it still leads here, ask your captain for a new one.",
  notLoaded: "Your charter could not be loaded.",
  notRenewed: "The newest state could not be loaded.",
  partNotLoaded: "The rest of this page could not be loaded.",
  problem: sentence,
  checkConnection: "Check the connection and try again.",
  tryAgain: "Try again",
  cancelled: "This charter is cancelled.",
  ask: (operator: string) => `Questions? Ask ${operator || "us"}.`,
  over: "This charter is over. Thank you for sailing with us.",
  departed: "This charter has departed.",
  waiver: "Waiver",
  kept: "A signature is kept on this phone and not sent yet.",
  sendNow: "Send it now",
  when: "When",
  everybodySigns: "Everybody aboard signs a waiver",
  sign: "Sign the waiver",
  signHint: "It takes two minutes. Parents sign for their children.",
  signed: (signed: number, expected: number) => `Waivers signed: ${signed} of ${expected}`,
  more: (count: number) => `and ${count} more`,
  nobodyYet: "Nobody yet. Be the first.",
  where: "Where",
  departs: "Departs from",
  returns: "Returns to",
  map: "Map",
  addToCalendar: "Add to calendar",
  calendarHint: "This page always shows the latest times; a calendar entry stays as it is.",
  calendarFailed: "The calendar entry could not be made. Check the connection and try again.",
  whoSails: "Who sails you",
  captain: "Captain",
  boat: "Boat",
  bring: "What to bring and know",
  pay: "How to pay",
  payHint: "For the person who booked.",
  questions: "Questions, or late?",
  call: "Call us",
  text: "Text us",
  atTheDesk: "Open this charter at the desk",
};
