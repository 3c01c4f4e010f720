/** The waiver's form as far as its script looks at it, and a guest who fills it in. */
export const PATH = "/g/charter-1/waiver";
const PAGE = `
<p id="waiting" data-sending="Sending {name}" data-offline="No signal for {name}" data-trouble="Not through" data-signed="{name} is through" data-see="See"></p>
<nav id="progress"><p data-done="{done} of 4 done" data-all="All done">4 steps</p>
<a href="#the-document">Read</a><a href="#you">You</a><a href="#minors">Minors</a><a href="#your-signature">Sign</a></nav>
<section id="the-document">The risks.</section>
<form id="waiver-form" action="/g/charter-1/waiver" data-problems="Please correct this:">
<input type="hidden" id="submission_id" name="submission_id" value="6f3c9b1e-0000-4000-8000-000000000001">
<input type="hidden" name="device_time" id="device_time">
<fieldset id="you">
<select id="guest_id" name="guest_id"><option value="">I’m not on the list</option><option value="g1">Ana Ruiz</option><option value="g2">Zoë O’Brien-Kay</option></select>
<input id="signer_name" name="signer_name" required data-missing="Your name is required.">
<input id="signer_birth_date" name="signer_birth_date" type="date" data-bad="Your birth date must be a date.">
</fieldset>
<details id="minors"><summary>Minors</summary>
${minor(0)}${minor(1)}
<details><summary>More</summary>${minor(2)}</details>
<button type="button" id="add-minor" hidden>Add a minor</button>
<select id="guardian_relationship" name="guardian_relationship" data-missing="Your relationship is required."><option value=""></option><option value="parent">parent</option></select>
<input id="authority_attestation" name="authority_attestation" type="checkbox" value="yes">
</details>
<fieldset id="your-signature">
<label><input id="intent" name="intent" type="checkbox" value="yes" required data-missing="The sentence must be ticked."> I have read it.</label>
<input id="signature_typed" name="signature_typed">
</fieldset>
<p id="form-status" data-sending="Sending" data-offline="No signal" data-trouble="Not through" data-kept="Kept" data-unkept="Keep open" data-changed="Changed"></p>
</form>`;

function minor(index: number): string {
  return `<div class="pair"><input id="minor_name[${index}]" name="minor_name" data-missing="Name is required."><input id="minor_birth_date[${index}]" name="minor_birth_date" type="date" data-missing="Birth date is required."></div>`;
}

/** Shows the page anew, as a reload does; returns its form. */
export function openForm(): HTMLFormElement {
  document.body.replaceChildren(...parsePage().body.children);
  return document.querySelector("form") as HTMLFormElement;
}

export function parsePage(): Document {
  return new DOMParser().parseFromString(PAGE, "text/html");
}

export function field(id: string): HTMLInputElement {
  return document.getElementById(id) as HTMLInputElement;
}

export function fill(id: string, value: string): void {
  field(id).value = value;
  field(id).dispatchEvent(new Event("input", { bubbles: true }));
}
