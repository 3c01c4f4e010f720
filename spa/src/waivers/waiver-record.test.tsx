import { describe, expect, test, vi } from "vitest";
import type { RecordDetail } from "../data/contract";
import * as session from "../data/session";
import { json, setUpApp } from "../testing/app";
import { sampleMail, sampleRecord } from "../testing/samples";

const app = setUpApp();
const { open, says, button, dialog, submit, type } = app;
const act = { reason: "asked by mail", at: "2026-07-05T10:00:00Z", by: "ben" };
const sent = () => app.calls.filter(({ method }) => method === "POST");

async function show(record: RecordDetail, answers: Record<string, () => Response> = {}): Promise<void> {
  session.begin("t1", false);
  app.handle = (path) => {
    const made = Object.entries(answers).find(([end]) => path.endsWith(end));
    return made ? made[1]() : json(200, record);
  };
  open("/events/event-1/waivers/waiver-1");
  await says("What happened to it");
}

describe("a record", () => {
  test("shows its place and hash in the log, counted from one as the check of the log does", async () => {
    await show(sampleRecord());
    await says(/Place in the log1/);
    await says("b".repeat(64));
    await says("1984-05-31");
  });

  test("tells a time with its zone once, on a device whose clocks are others", async () => {
    await show(sampleRecord({ timezone: "America/Los_Angeles", signed_at: "2026-07-01T19:30:00Z" }));
    await says(/Signed as an adult, Wed, Jul 1(, 2026)?, 12:30\sPM PDT(?! PDT)/);
  });

  test("that has no place yet says so", async () => {
    await show(sampleRecord({ leaf_index: null }));
    await says("on its way into the log");
  });

  test("tells who did what to it, and what is known of who opened the copy's link", async () => {
    const audit = [
      { act: "signed", actor_type: "signer", by: "admin", address: "192.0.2.7", at: act.at, audit_id: "1" },
      { act: "link_opened", actor_type: "link", by: "", address: "192.0.2.9", at: act.at, audit_id: "2" },
      { act: "set_aside", actor_type: "admin", by: "ben", address: "", at: act.at, audit_id: "3", reason: "double" },
    ] as const;
    await show(
      sampleRecord({ audit: audit.map((one) => (one.audit_id === "2" ? { ...one, user_agent: "Bot" } : one)) }),
    );
    await says(/Signed .* by the signer, admin from 192\.0\.2\.7/);
    await says(/Link of the copy opened [^.]*from 192\.0\.2\.9, Bot/);
    await says(/Set aside .* by ben: double/);
  });

  test("is set aside for a reason, and then says who did it and why", async () => {
    await show(sampleRecord(), { "/set-aside": () => json(200, sampleRecord({ set_aside: act })) });
    button("Set aside… the signature of Ana Reyes").click();
    await says("This one of Ana Reyes will count nowhere");
    await submit();
    await says("Say why, in a few words.");
    type("dialog input", "signed twice");
    await submit();
    await says("The signature of Ana Reyes is set aside.");
    expect(sent().map(({ path, init }) => [path, init.body])).toEqual([
      ["/api/events/event-1/waivers/waiver-1/set-aside", '{"reason":"signed twice"}'],
    ]);
    await says(/Set aside Sun, Jul 5.* by ben: asked by mail\. It counts nowhere/);
    expect(app.root.querySelector("h1")?.className).toBe("struck");
    expect(() => button("Set aside… the signature of Ana Reyes")).toThrow();
  });

  test("is erased only for a reason and with a tick, and is nobody's afterwards", async () => {
    const erased = sampleRecord({
      erased: act,
      participant_name: "",
      signer_name: "",
      signer_email: "",
      signature_typed: "",
      participant_birth_date: null,
      charter: "",
    });
    await show(sampleRecord(), { "/erase": () => json(200, erased) });
    button("Erase personal data…").click();
    await says("This cannot be undone.");
    await submit();
    await says("Tick this too");
    type("dialog input:not([type=checkbox])", "asked by mail");
    await submit();
    expect(sent()).toEqual([]);
    dialog().querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    await submit();
    await says(/Personal data erased Sun, Jul 5.* by ben: asked by mail\./);
    expect(app.root.querySelector("h1")?.textContent).toBe("Erased guest");
    expect(app.text()).not.toMatch(/Ana Reyes|1984/);
    expect(() => button("Erase personal data…")).toThrow();
  });

  test("that cannot be erased yet says why, and stays", async () => {
    const early = () => json(409, { Code: "NotLoggedYet", Message: "This record is on its way into the log." });
    await show(sampleRecord(), { "/erase": early });
    button("Erase personal data…").click();
    await settledDialog();
    type("dialog input:not([type=checkbox])", "asked by mail");
    dialog().querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    await submit();
    await says("Not erased. This record is on its way into the log.");
  });

  test("sends its copy again where there was one", async () => {
    await show(sampleRecord({ copy_mail_id: "waiver-w1" }), {
      "/retry": () => json(202, sampleMail({ kind: "waiver_copy", status: "sent" })),
    });
    button("Send the copy again").click();
    await says("Sent to ana@example.com.");
    expect(sent().map(({ path }) => path)).toEqual(["/api/mail/waiver-w1/retry"]);
  });

  test("without a copy offers none to send", async () => {
    await show(sampleRecord());
    expect(() => button("Send the copy again")).toThrow();
  });
});

async function settledDialog(): Promise<void> {
  await vi.waitFor(() => expect(dialog()).not.toBeNull());
}
