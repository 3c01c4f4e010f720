import { describe, expect, test } from "vitest";
import { sampleBoat, samplePatron, samplePerson } from "../../testing/samples";
import { newCharterForm, withField } from "./charter-form";
import type { CharterForm, FieldName } from "./charter-table";
import { complete, suggestPeople } from "./suggestions";

const kestrel = sampleBoat({ boat_id: "b1", name: "Kestrel", passenger_limit: 6, home_port: "Vis" });
const gull = sampleBoat({ boat_id: "b2", name: "Gull", passenger_limit: 12, home_port: "Split" });
const dana = samplePerson({ person_id: "p1", name: "Dana Ortiz", email: "dana@example.com", phone: "+1 555 0110" });
const luis = samplePerson({ person_id: "p2", name: "José Núñez", email: "jose@example.com", phone: "" });
const ana = samplePatron({ name: "Ana Reyes", email: "ana@example.com", phone: "+1 555 0199" });
const known = { boats: [kestrel, gull], people: [dana, luis], patrons: [ana] };
const blank = newCharterForm("America/New_York", "USD");
const nobody = { name: "", email: "", phone: "" };

function typing<Name extends FieldName>(form: CharterForm, name: Name, value: CharterForm[Name]): CharterForm {
  return complete(form, withField(form, name, value), name, known);
}

describe("a known boat", () => {
  test("brings its limit and port, however its name is typed", () => {
    expect(typing(blank, "vessel", "kestrel")).toMatchObject({
      boat_id: "b1",
      vessel: "Kestrel",
      passenger_limit: "6",
      departure_port: "Vis",
    });
  });

  test("leaves what was typed, and takes along what came with another boat", () => {
    const ported = typing({ ...blank, departure_port: "Newport" }, "vessel", "Kestrel");
    expect(ported).toMatchObject({ departure_port: "Newport", passenger_limit: "6" });
    expect(typing(ported, "vessel", "Gull")).toMatchObject({
      boat_id: "b2",
      departure_port: "Newport",
      passenger_limit: "12",
    });
  });

  test("is let go by a name that is none of the list", () => {
    expect(typing(typing(blank, "vessel", "Gull"), "vessel", "Gulliver").boat_id).toBeNull();
  });
});

describe("a known person", () => {
  test("brings email, phone and who they are", () => {
    const { captain } = typing(blank, "captain", { ...nobody, name: "jose nunez" });
    expect(captain).toEqual({ person_id: "p2", name: "José Núñez", email: "jose@example.com", phone: "" });
  });

  test("takes them along when another name is typed, and leaves an address that was typed", () => {
    const named = typing(blank, "captain", { ...nobody, name: "Dana Ortiz" });
    const other = { ...named.captain, person_id: null, name: "Dana Ortiz-Lee" };
    expect(typing(named, "captain", other).captain).toMatchObject({ person_id: null, email: "", phone: "" });
    const own = { ...named, captain: { ...named.captain, email: "own@example.com" } };
    const kept = { ...own.captain, person_id: null, name: "Dana O" };
    expect(typing(own, "captain", kept).captain.email).toBe("own@example.com");
  });

  test("is found in each row of the crew", () => {
    const form = { ...blank, crew: [nobody, nobody] };
    const { crew } = typing(form, "crew", [nobody, { ...nobody, name: "Dana Ortiz" }]);
    expect(crew).toEqual([nobody, { person_id: "p1", name: "Dana Ortiz", email: dana.email, phone: dana.phone }]);
  });

  test("of two who bear one name the address tells which", () => {
    const other = samplePerson({ person_id: "p3", name: "Dana Ortiz", email: "d2@example.com" });
    const two = { ...known, people: [dana, other] };
    const choose = (name: string) =>
      complete(blank, { ...blank, captain: { ...nobody, name } }, "captain", two).captain;
    expect(suggestPeople(two.people).map(({ value }) => value)).toEqual([
      "Dana Ortiz, dana@example.com",
      "Dana Ortiz, d2@example.com",
    ]);
    expect(choose("Dana Ortiz")).toEqual({ ...nobody, name: "Dana Ortiz" });
    expect(choose("Dana Ortiz, d2@example.com")).toMatchObject({ person_id: "p3", name: "Dana Ortiz" });
  });
});

test("a known patron brings email and phone, and an address that was typed stays", () => {
  expect(typing(blank, "patron", { ...nobody, name: "ana reyes" }).patron).toEqual({
    name: "Ana Reyes",
    email: "ana@example.com",
    phone: "+1 555 0199",
  });
  const typed = { ...nobody, email: "new@example.com" };
  expect(typing({ ...blank, patron: typed }, "patron", { ...typed, name: "Ana Reyes" }).patron).toEqual({
    name: "Ana Reyes",
    email: "new@example.com",
    phone: "",
  });
});
