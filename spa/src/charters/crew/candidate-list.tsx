import { type Role, roleNames } from "../../ui/crew/roles";
import type { Candidate } from "./candidates";
import type { Way } from "./ways";

interface Props {
  all: readonly Candidate[];
  role: Role;
  way: Way;
  /** By id; in the order in which they are asked. */
  chosen: readonly string[];
  error: string | undefined;
  onChoose(ids: readonly string[]): void;
}

/** Who could take it, by rank, with what speaks against each; to choose from unless the rank decides. */
export function CandidateList({ all, role, way, chosen, error, onChoose }: Props) {
  if (all.length === 0) {
    return <p class="strip strip-wait">Nobody on the list of people sails as {roleNames[role].toLowerCase()}.</p>;
  }
  const choose = (person_id: string, checked: boolean) => {
    const others = chosen.filter((other) => other !== person_id);
    if (way === "assign") onChoose([person_id]);
    else onChoose(checked ? [...others, person_id] : others);
  };
  return (
    <fieldset class={error ? "field field-wrong" : "field"}>
      <legend>{way === "order" ? "In the order in which you choose them" : `${roleNames[role]}s`}</legend>
      <div class="candidates">
        {all.map((one) => (
          <CandidateRow
            key={one.person.person_id}
            candidate={one}
            way={way}
            turn={chosen.indexOf(one.person.person_id) + 1}
            onChange={(checked) => choose(one.person.person_id, checked)}
          />
        ))}
      </div>
      {error && <p class="error">{error}</p>}
    </fieldset>
  );
}

interface RowProps {
  candidate: Candidate;
  way: Way;
  /** When this one is asked, from 1; 0: not at all. */
  turn: number;
  onChange(checked: boolean): void;
}

function CandidateRow({ candidate: { person, free, warnings }, way, turn, onChange }: RowProps) {
  const text = (
    <span>
      <strong>{person.name}</strong>{" "}
      {warnings.map((warning) => (
        <small key={warning} class="state state-part">
          {warning}
        </small>
      ))}
      {warnings.length === 0 && <small class="state state-good">Free, papers in order</small>}
    </span>
  );
  const [email, phone] = [person.email !== "", person.phone !== ""];
  const reach = email ? "" : phone ? "no email: text the link" : "no email, no phone";
  const note = way === "rank" && !free ? "not asked" : reach;
  if (way === "rank") {
    return (
      <p class="candidate">
        <span class="hint">{person.rank}</span>
        {text}
        <span class="hint">{note}</span>
      </p>
    );
  }
  return (
    <label class="candidate">
      <input
        type={way === "assign" ? "radio" : "checkbox"}
        name="candidate"
        checked={turn > 0}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {text}
      <span class="hint">{way === "order" && turn > 0 ? `asked ${ordinal(turn)}` : note}</span>
    </label>
  );
}

function ordinal(place: number): string {
  const ending = place % 100 > 10 && place % 100 < 14 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[place % 10] ?? "th");
  return `${place}${ending}`;
}
