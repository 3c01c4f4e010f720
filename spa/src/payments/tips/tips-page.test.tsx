import { expect, test, vi } from "vitest";
import type { CharterTips, Tips } from "../../data/contract";
import * as session from "../../data/session";
import { today } from "../../lib/periods";
import { json, settled, setUpApp } from "../../testing/app";
import { samplePerson, sampleTips } from "../../testing/samples";

const app = setUpApp();
const people = [samplePerson({ person_id: "person-2", name: "Tess Lindqvist" })];

/** The server: what was shared by hand stays, and each person's sum follows. */
function serve(charters: CharterTips[], refuse?: Record<string, string>): void {
  app.handle = (path, init) => {
    if (path === "/api/people") return json(200, { people });
    if (path.startsWith("/api/tips")) return json(200, tipsOf(charters));
    if (!path.endsWith("/tip-shares")) return json(404, {});
    if (refuse) return json(400, { Code: "BadInput", Message: "Some fields are wrong.", Fields: refuse });
    const { shares } = JSON.parse(String(init.body));
    const [first] = charters;
    if (!first) return json(404, {});
    charters[0] = {
      ...first,
      division: shares.length > 0 ? "by_hand" : "equal",
      ...(shares.length > 0 ? { shares } : {}),
    };
    return json(200, charters[0]);
  };
}

function tipsOf(charters: CharterTips[]): Tips {
  const shares = charters.flatMap(({ currency, shares }) => shares.map((share) => ({ ...share, currency })));
  return { charters, people: shares.map((share) => ({ ...share, charters: 1 })) };
}

async function openTips(charters: CharterTips[], refuse?: Record<string, string>): Promise<void> {
  serve(charters, refuse);
  session.begin("t1", false);
  app.open("/payments/tips");
  if (charters.length > 0) await app.says("Charters with tips");
}

async function openShares(): Promise<void> {
  app.button("Share out… tips of Sunset sail").click();
  await app.says("Left to share");
}

const amounts = () => [...app.root.querySelectorAll<HTMLInputElement>(".part-amount")];
const sent = () => app.calls.filter(({ method }) => method === "PUT").map(({ init }) => JSON.parse(String(init.body)));

test("the tips of a period are shown with who is owed what, to the cent", async () => {
  await openTips([sampleTips()]);
  await app.says("Tips received$150.01Owed to captain and crew$150.01");
  await app.says("Dana Ortiz1 charter$75.01Smee1 charter$75.00");
  await app.says(/Sunset sail\$150.01Equally: Dana Ortiz \$75.01, Smee \$75.00/);
  expect(app.text()).not.toContain("Not shared out");
  expect(app.text()).not.toContain("too much");
});

test("currencies without cents and with three digits are never added to others", async () => {
  const yen = sampleTips({ event_id: "yen", currency: "JPY", shares: [], left_cents: 15_001 });
  const dinars = sampleTips({ event_id: "dinars", currency: "KWD", left_cents: -1_000, division: "by_hand" });
  await openTips([yen, dinars]);
  await app.says("Tips received¥15,001Owed to captain and crew¥0Not shared out¥15,001");
  await app.says("Tips receivedKWD 15.001Owed to captain and crewKWD 16.001Shared out too muchKWD 1.000");
  await app.says("¥15,001Nobody aboard takes a share");
  await app.says("By hand: Dana Ortiz KWD 7.501, Smee KWD 7.500KWD 1.000 too much is shared out");
});

test("a period without tips says so, and one of a day asks for that day", async () => {
  await openTips([]);
  await app.says("No tips in this period.");
  const labels = [...app.root.querySelectorAll("label")];
  for (const name of ["From", "To"]) {
    const label = labels.find(({ textContent }) => textContent === name);
    app.type(`#${CSS.escape(label?.htmlFor ?? "")}`, today());
    await settled();
  }
  const day = `/api/tips?from=${today()}&to=${today()}`;
  await vi.waitFor(() => expect(app.calls.at(-1)?.path).toBe(day));
});

test("shares by hand that do not add up are refused with the difference, and nothing is sent", async () => {
  await openTips([sampleTips()]);
  await openShares();
  app.type(".part-amount", "100");
  await app.says("Shares$175.00Too much$24.99");
  await app.submit();
  await app.says("The shares add up to $175.00, $24.99 more than the tips of $150.01.");
  expect(sent()).toEqual([]);
});

test("shares by hand are saved to the cent, with somebody of the list and somebody who is typed", async () => {
  await openTips([sampleTips()]);
  await openShares();
  app.type(".part-amount", "100.01");
  app.button("Remove Smee").click();
  await settled();
  app.button("Add").click();
  await settled();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Share of Tess Lindqvist (USD)");
  app.type(".tip-share:last-child .part-amount", "20");
  app.button("Add").click();
  await settled();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Name");
  app.type(".tip-share:last-child input", "Mullins");
  app.type(".tip-share:last-child .part-amount", "30");
  await app.says("Left to share$0.00");
  await app.submit();
  await app.says("By hand: Dana Ortiz $100.01, Tess Lindqvist $20.00, Mullins $30.00");
  expect(sent()).toEqual([
    {
      shares: [
        { person_id: "person-1", name: "Dana Ortiz", amount_cents: 10_001 },
        { person_id: "person-2", name: "Tess Lindqvist", amount_cents: 2_000 },
        { name: "Mullins", amount_cents: 3_000 },
      ],
    },
  ]);
  expect(app.root.querySelector("dialog")).toBeNull();
});

test("what was shared by hand is shared equally again by one button", async () => {
  await openTips([sampleTips({ division: "by_hand" })]);
  await openShares();
  app.button("Share equally").click();
  await app.says("Equally: Dana Ortiz");
  expect(sent()).toEqual([{ shares: [] }]);
});

test("what was handed out of a tip that is voided now stays in sight, and is taken back by one button", async () => {
  const shares = [{ person_id: "person-1", name: "Dana Ortiz", amount_cents: 15_001 }];
  await openTips([sampleTips({ tips_cents: 0, division: "by_hand", shares, left_cents: -15_001 })]);
  await app.says("Tips received$0.00Owed to captain and crew$150.01Shared out too much$150.01");
  await app.says("By hand: Dana Ortiz $150.01$150.01 too much is shared out");
  app.button("Share out… tips of Sunset sail").click();
  await app.says("Too much$150.01");
  app.button("Share equally").click();
  await app.says("is shared equally");
  expect(sent()).toEqual([{ shares: [] }]);
});

test("two people of one name are told apart wherever they have shares, and in the dialog", async () => {
  people.push(
    samplePerson({ person_id: "person-1", name: "Dana Ortiz", email: "dana@example.com" }),
    samplePerson({ person_id: "person-3", name: "Dana Ortiz", email: "", phone: "+1 555 0199" }),
  );
  const shares = [
    { person_id: "person-1", name: "Dana Ortiz", amount_cents: 7_501 },
    { person_id: "person-3", name: "Dana Ortiz", amount_cents: 7_500 },
  ];
  await openTips([sampleTips({ shares })]);
  await app.says("Dana Ortiz, dana@example.com1 charter$75.01Dana Ortiz, +1 555 01991 charter$75.00");
  await app.says("Equally: Dana Ortiz, dana@example.com $75.01, Dana Ortiz, +1 555 0199 $75.00");
  await openShares();
  await app.says(/Dana Ortiz, dana@example.com.*Dana Ortiz, \+1 555 0199.*Give a share to/);
  app.button("Remove Dana Ortiz, +1 555 0199");
  people.splice(1);
});

test("a tip that came in since is told by the server and counts in the open dialog", async () => {
  const charters = [sampleTips()];
  await openTips(charters, { shares: "must add up to $170.01, the tips of this charter" });
  await openShares();
  charters[0] = sampleTips({ tips_cents: 17_001 });
  await app.submit();
  await app.says("Must add up to $170.01, the tips of this charter.");
  await app.says("Tips$170.01Shares$150.01Left to share$20.00");
  expect(amounts().map(({ value }) => value)).toEqual(["75.01", "75.00"]);
});

test("an owner who is typed is refused at their row", async () => {
  await openTips([sampleTips()], { "shares[1]": "is an owner's, who takes no share of tips" });
  await openShares();
  await app.submit();
  await app.says("Is an owner's, who takes no share of tips.");
  expect(app.root.querySelectorAll(".tip-share .error")).toHaveLength(1);
  expect(amounts()[1]?.getAttribute("aria-invalid")).toBe("true");
});
