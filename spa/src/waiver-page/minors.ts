/** Shows the rows for minors one by one, and asks for what a minor's record needs. */
export function startMinors(form: HTMLFormElement): void {
  const part = form.querySelector<HTMLDetailsElement>("#minors");
  const add = part?.querySelector<HTMLButtonElement>("#add-minor");
  if (!part || !add) return;
  // Without JavaScript the later rows lie folded up.
  const folded = part.querySelector("details");
  folded?.replaceWith(...folded.querySelectorAll(".pair"));
  const rows = [...part.querySelectorAll<HTMLElement>(".pair")];

  const show = (count: number) => {
    for (const [index, row] of rows.entries()) row.hidden = index >= count;
    add.hidden = count >= rows.length;
  };
  const ask = () => {
    for (const row of rows) {
      for (const input of row.querySelectorAll("input")) input.required = isFilled(row);
    }
    for (const one of part.querySelectorAll<HTMLSelectElement | HTMLInputElement>(
      "#guardian_relationship, #authority_attestation",
    )) {
      one.required = rows.some(isFilled);
    }
  };

  show(Math.max(1, rows.findLastIndex(isFilled) + 1));
  ask();
  if (rows.some(isFilled)) part.open = true;
  part.addEventListener("input", ask);
  add.addEventListener("click", () => {
    const count = rows.filter((row) => !row.hidden).length + 1;
    show(count);
    rows[count - 1]?.querySelector("input")?.focus();
  });
}

function isFilled(row: HTMLElement): boolean {
  return [...row.querySelectorAll("input")].some((input) => input.value.trim() !== "" || input.validity.badInput);
}
