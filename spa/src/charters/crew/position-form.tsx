import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import { keepCharters, refresh } from "../../data/charters";
import type { Boat, Charter, Conflict, Person, Position } from "../../data/contract";
import {
  addPosition,
  askForPosition,
  assignPosition,
  listBoats,
  listPeople,
  withdrawPosition,
} from "../../data/later-api";
import { spans } from "../../data/later-limits";
import { useAnswer } from "../../lib/answer";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { type Role, roleNames } from "../../ui/crew/roles";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { ReasonDialog } from "../../ui/dialog/reason-dialog";
import { type Errors, focusFirstError, sentences } from "../../ui/form/field";
import { optionsOf, Select } from "../../ui/form/select";
import { Loaded } from "../../ui/loaded";
import { announce } from "../../ui/notices";
import { sentence } from "../../ui/page";
import { ConflictQuestion, conflictsOf, wrongReason } from "../../ui/schedule/conflict-question";
import { type LocalMoment, MomentInput, readMoment } from "../../ui/schedule/moment-input";
import type { Booked } from "../form/free-then";
import { readBooked } from "../form/read-booked";
import { CandidateList } from "./candidate-list";
import { candidates } from "./candidates";
import { buttonText, type Way, wayHints, wayNames, waysOf } from "./ways";

interface Props {
  charter: Charter;
  position: Position | null;
  role: Role;
  onClose(): void;
}

interface Known {
  people: readonly Person[];
  boats: readonly Boat[];
  booked: Booked;
}

export function PositionForm({ charter, position, role: first, onClose }: Props) {
  const { event_id, starts_at, ends_at, timezone } = charter;
  const lists = useAnswer<Known>(() => readLists(starts_at, ends_at), [event_id]);
  const [role, setRole] = useState(first);
  const [required, setRequired] = useState(true);
  const [way, setWay] = useState<Way>(position ? "order" : "rank");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [answerBy, setAnswerBy] = useState<LocalMoment>({ local: "", fold: "earlier" });
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const [reason, setReason] = useState("");
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [doing, setDoing] = useState("");
  const [withdrawing, setWithdrawing] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const attempt = useRef({ key: "", content: "" });
  // It may have been fetched after the dialog opened.
  useLayoutEffect(() => element.current?.querySelector<HTMLElement>("[data-first]")?.focus(), []);

  const people = lists.answer?.people ?? [];
  const nameOf = (person_id: string | undefined) => people.find((one) => one.person_id === person_id)?.name ?? "them";
  const choose = (ids: readonly string[]) => {
    setChosen(ids);
    setConflicts([]);
  };
  const turn = (way: Way) => {
    setWay(way);
    choose([]);
  };

  const submit = async () => {
    const wrong: Record<string, string> = { ...wrongReason(conflicts, reason) };
    if ((way === "order" || way === "assign") && chosen.length === 0) wrong.person_ids = "Choose somebody.";
    const asksNow = way === "rank" || way === "order";
    const answer_by =
      asksNow && answerBy.local !== ""
        ? readMoment(answerBy, timezone, (message) => {
            wrong.answer_by = message;
          })
        : "";
    setErrors(wrong);
    setFailure("");
    if (Object.keys(wrong).length > 0) {
      focusFirstError(element.current);
      return;
    }
    setDoing("Saving…");
    try {
      const saved = await save(answer_by);
      keepCharters([saved]);
      announce(doneText());
      onClose();
      return;
    } catch (error) {
      if (error instanceof ApiError) {
        setErrors(sentences(error.fields));
        setConflicts(error.code === "ScheduleConflict" ? conflictsOf(error) : []);
        if (error.status === 409 && error.code !== "ScheduleConflict") void refresh(event_id);
      }
      setFailure(`Not saved. ${sentence(error)}`);
    }
    setDoing("");
    focusFirstError(element.current);
  };

  const save = async (answer_by: string): Promise<Charter> => {
    if (position) return fill(position.position_id);
    const person_ids = { rank: undefined, order: [...chosen], assign: [], open: [] }[way];
    const body = { role, required, ...(person_ids ? { person_ids } : {}), ...(answer_by ? { answer_by } : {}) };
    const content = JSON.stringify(body);
    // The same content sent again is the same position; other content is another one.
    if (attempt.current.content !== content) attempt.current = { key: uuid7(), content };
    const added = await addPosition(attempt.current.key, event_id, body);
    const made = added.positions.at(-1);
    if (way !== "assign" || !made) return added;
    // What was added stays, even when it cannot be filled: it shows as open.
    keepCharters([added]);
    return fill(made.position_id);
  };

  const fill = (position_id: string): Promise<Charter> =>
    way === "assign"
      ? assignPosition(event_id, position_id, chosen[0] ?? "", reason.trim())
      : askForPosition(event_id, position_id, [...chosen]);

  const doneText = () => {
    if (way === "assign") return `Assigned: ${nameOf(chosen[0])}.`;
    if (way === "order") return `Asked: ${nameOf(chosen[0])}. If the answer is no, the next is asked by itself.`;
    return way === "rank" ? "Added. Who is free is asked by rank." : "Added. Nobody is asked yet.";
  };

  return (
    <DialogForm
      form={element}
      submit={buttonText(way, chosen.map(nameOf))}
      onSubmit={submit}
      beside={
        position && (
          <Button class="danger" onClick={() => setWithdrawing(true)}>
            Withdraw…
          </Button>
        )
      }
      onClose={onClose}
      doing={doing}
      failure={failure}
    >
      {!position && (
        <div class="pair">
          <Select
            label="Role"
            first
            options={optionsOf(roleNames)}
            value={role}
            error={errors.role}
            onChoose={(role) => {
              setRole(role);
              choose([]);
            }}
          />
          <label class="check">
            <input type="checkbox" checked={required} onChange={(event) => setRequired(event.currentTarget.checked)} />
            <span>
              The charter needs it <small>While nobody has it, the charter is not ready.</small>
            </span>
          </label>
        </div>
      )}
      <fieldset class="field">
        <legend>Who takes it</legend>
        <div class="choices choices-ways">
          {waysOf(position === null).map((one) => (
            <label key={one} class="choice">
              <input type="radio" name="way" checked={way === one} onChange={() => turn(one)} />
              <span>{wayNames[one]}</span>
            </label>
          ))}
        </div>
        <p class="hint">{wayHints[way]}</p>
      </fieldset>
      {way !== "open" && (
        <Loaded asked={lists} failed="The people could not be loaded." rows={3} kind="line">
          {({ people, boats, booked }) => (
            <CandidateList
              all={candidates(role, people, boats, booked, charter)}
              role={role}
              way={way}
              chosen={chosen}
              error={errors.person_ids ?? errors.person_id}
              onChoose={choose}
            />
          )}
        </Loaded>
      )}
      {!position && (way === "rank" || way === "order") && (
        <MomentInput
          label="First answer until"
          hint={`Left empty: ${spans.toAnswer} hours, in the last ${spans.soon} hours before the start ${spans.toAnswerSoon} hours.`}
          timezone={timezone}
          error={errors.answer_by}
          value={answerBy}
          onChange={setAnswerBy}
        />
      )}
      {conflicts.length > 0 && (
        <ConflictQuestion
          conflicts={conflicts}
          timezone={timezone}
          reason={reason}
          error={errors.override_reason}
          onReason={setReason}
        />
      )}
      {withdrawing && position && (
        <ReasonDialog
          title={`Withdraw the ${roleNames[role].toLowerCase()}’s position?`}
          explanation="It is closed. Whoever has it or is asked to take it is told, with your reason."
          button="Withdraw"
          act={async (reason) => {
            keepCharters([await withdrawPosition(event_id, position.position_id, reason)]);
            announce("The position is withdrawn.");
            onClose();
          }}
          onClose={() => setWithdrawing(false)}
        />
      )}
    </DialogForm>
  );
}

async function readLists(starts_at: string, ends_at: string): Promise<Known> {
  const [people, boats, booked] = await Promise.all([listPeople(), listBoats(), readBooked(starts_at, ends_at)]);
  return { people, boats, booked };
}
