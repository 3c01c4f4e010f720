import { fold } from "../lib/names";

/** A name picked from the list need not be typed; where another name is typed, nobody is picked. */
export function startGuests(form: HTMLFormElement): void {
  const list = form.querySelector<HTMLSelectElement>("#guest_id");
  const name = form.querySelector<HTMLInputElement>("#signer_name");
  if (!list || !name) return;
  let picked = pickedOf(list);
  list.addEventListener("input", () => {
    const before = picked;
    picked = pickedOf(list);
    // A name that was typed by hand is not overwritten by "I'm not on the list".
    if (picked) name.value = picked.text;
    else if (name.value === before?.text) name.value = "";
  });
  name.addEventListener("input", () => {
    // Typed right again after a slip, it is the same pick again.
    if (picked) list.value = fold(name.value) === fold(picked.text) ? picked.value : "";
  });
}

function pickedOf(list: HTMLSelectElement): HTMLOptionElement | null {
  return list.value ? (list.selectedOptions[0] ?? null) : null;
}
