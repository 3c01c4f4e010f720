import { beforeEach, describe, expect, test } from "vitest";
import { field, fill, openForm } from "../testing/waiver-form";
import { startMinors } from "./minors";
import { startLinksWithin, startProblems } from "./problems";
import { startSending } from "./sending";

let form: HTMLFormElement;

describe("problems", () => {
  const submit = () => form.dispatchEvent(new Event("submit", { cancelable: true }));
  const notes = () => [...document.querySelectorAll(".error")].map(({ id, textContent }) => [id, textContent]);
  const summary = () => [...document.querySelectorAll(".summary a")].map(({ textContent }) => textContent);

  beforeEach(() => {
    form = openForm();
    startMinors(form);
    startProblems(form);
    startSending(form, () => undefined);
  });

  test("stand beside their fields and above the form, and the first has the focus", () => {
    fill("minor_name[0]", "Lea");
    submit();
    expect(notes()).toEqual([
      ["signer_name-error", "Your name is required."],
      ["minor_birth_date[0]-error", "Birth date is required."],
      ["guardian_relationship-error", "Your relationship is required."],
      ["intent-error", "The sentence must be ticked."],
    ]);
    expect(summary()).toEqual(notes().map(([, sentence]) => sentence));
    expect(document.querySelector("[role=alert]")?.textContent).toContain("Please correct this:");
    expect(document.activeElement).toBe(field("signer_name"));
    expect(field("signer_name").getAttribute("aria-invalid")).toBe("true");
    expect(field("signer_name").getAttribute("aria-describedby")).toBe("signer_name-error");
    // Beside a tick the sentence that is ticked comes first.
    expect(field("intent").closest("label")?.nextElementSibling?.id).toBe("intent-error");
  });

  test("of a folded part unfold it", () => {
    fill("signer_name", "Ana");
    fill("minor_name[0]", "Lea");
    const minors = document.getElementById("minors") as HTMLDetailsElement;
    minors.open = false;
    submit();
    expect(minors.open).toBe(true);
    expect(document.activeElement).toBe(document.getElementById("minor_birth_date[0]"));
  });

  test("go as they are corrected, and blanks are no name", () => {
    submit();
    fill("signer_name", "  ");
    expect(summary()).toEqual(["Your name is required.", "The sentence must be ticked."]);
    fill("signer_name", "Ana");
    expect(summary()).toEqual(["The sentence must be ticked."]);
    expect(field("signer_name").hasAttribute("aria-invalid")).toBe(false);
    field("intent").checked = true;
    fill("signer_name", "Ana R");
    expect(notes()).toEqual([]);
    expect(document.querySelector(".summary")).toBeNull();
  });

  test("that the server has found stay until it is asked again", () => {
    const refused = "Your name must be at most 100 characters long.";
    field("signer_name").insertAdjacentHTML("afterend", `<p class="error" id="signer_name-error">${refused}</p>`);
    field("signer_name").setAttribute("aria-invalid", "true");
    fill("signer_name", "Ana");
    expect(notes()).toEqual([["signer_name-error", refused]]);
    submit();
    expect(notes()).toEqual([["intent-error", "The sentence must be ticked."]]);
    expect(field("signer_name").hasAttribute("aria-invalid")).toBe(false);
  });

  test("are reached by their links, which leave no entry in the history", () => {
    startLinksWithin();
    submit();
    const before = history.length;
    document.querySelectorAll<HTMLElement>(".summary a")[1]?.click();
    expect(document.activeElement).toBe(field("intent"));
    expect([history.length, location.hash]).toEqual([before, ""]);
  });
});
