import { expect, test } from "vitest";
import type { MailStatus } from "../data/contract";
import { sampleMail } from "../testing/samples";
import { retryText } from "../ui/send-again";
import { attemptsText, kindText, mailMoment, mayRetry, needText, problemText } from "./mail-text";

test("a mail that is queued says when it is tried next, a finished one when it ended", () => {
  expect(mailMoment(sampleMail({ status: "queued", due_at: "2026-11-25T12:00:00Z" }))).toEqual({
    text: "Next try",
    at: "2026-11-25T12:00:00Z",
  });
  const ended = { finished_at: "2026-11-25T13:00:00Z", due_at: null };
  expect(mailMoment(sampleMail({ status: "failed", ...ended })).text).toBe("Given up");
  expect(mailMoment(sampleMail({ status: "uncertain", ...ended })).text).toBe("Last try");
  expect(mailMoment(sampleMail({ status: "cancelled", finished_at: null })).text).toBe("Queued since");
});

test("only what failed or is in doubt can be sent again", () => {
  const may = (["queued", "failed", "uncertain", "sent", "cancelled"] as const).filter((status) =>
    mayRetry(sampleMail({ status })),
  );
  expect(may).toEqual(["failed", "uncertain"]);
});

test("the copy of a waiver can be sent again whatever became of it, until it is erased", () => {
  const copy = (status: MailStatus, to = "ana@example.com") =>
    mayRetry(sampleMail({ kind: "waiver_copy", status, to, note: "" }));
  expect(copy("sent")).toBe(true);
  expect(copy("cancelled")).toBe(true);
  expect(copy("queued")).toBe(false);
  expect(copy("sent", "")).toBe(false);
});

test("sending again says the result", () => {
  const said = (status: MailStatus, note = "") => retryText(sampleMail({ status, note }));
  expect(said("sent")).toEqual({ text: "Sent to ana@example.com.", good: true });
  expect(said("queued").good).toBe(true);
  expect(said("failed", "550 no such user")).toEqual({ text: "Not sent: 550 no such user", good: false });
  expect(said("uncertain").text).toBe("Again it may or may not have arrived");
});

test("a kind of mail that is new is shown by its name", () => {
  expect(kindText("bounce")).toBe("Bounce notice");
  expect(kindText("log_alarm")).toBe("Alarm about the records");
  expect(kindText("crew_call")).toBe("Crew call");
});

test("tries and needs are counted in words", () => {
  expect([0, 1, 5].map(attemptsText)).toEqual(["not tried yet", "tried once", "tried 5 times"]);
  expect(needText(0, false)).toBe("");
  expect(needText(1, false)).toBe("1 mail needs you");
  expect(needText(100, true)).toBe("More than 100 mails need you");
});

test("what a mail server said about an address is shown with its day", () => {
  const at = "2026-07-02T12:00:00Z";
  const email = "ana@example.com";
  expect(problemText({ email, problem: "bounced", at, detail: "mailbox full" })).toBe(
    "Mail to ana@example.com bounced on Thu, Jul 2: mailbox full",
  );
  expect(problemText({ email, problem: "complained", at, detail: "" })).toBe(
    "The reader of ana@example.com marked our mail as spam on Thu, Jul 2",
  );
});
