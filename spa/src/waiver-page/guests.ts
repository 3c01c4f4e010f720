/** A name picked from the list need not be typed. */
export function startGuests(form: HTMLFormElement): void {
  const list = form.querySelector<HTMLSelectElement>("#guest_id");
  const name = form.querySelector<HTMLInputElement>("#signer_name");
  if (!list || !name) return;
  list.addEventListener("input", () => {
    const listed = [...list.options].filter(({ value }) => value).map(({ text }) => text);
    // A name that was typed by hand is not overwritten by "I'm not on the list".
    if (list.value) name.value = list.selectedOptions[0]?.text ?? "";
    else if (listed.includes(name.value)) name.value = "";
  });
}
