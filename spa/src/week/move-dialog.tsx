import { useLayoutEffect, useState } from "preact/hooks";
import { ApiError, editCharter, readCharter } from "../data/api";
import { keepCharters, keepDetail } from "../data/charters";
import type { Boat, CharterEdit, Conflict } from "../data/contract";
import { editHold } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { Dialog } from "../ui/dialog/dialog";
import { DialogForm } from "../ui/dialog/dialog-form";
import { Select } from "../ui/form/select";
import { useForm } from "../ui/form/use-form";
import { Loaded } from "../ui/loaded";
import { announce, announceFailure } from "../ui/notices";
import { sentence } from "../ui/page";
import { ConflictQuestion, conflictsOf, wrongReason } from "../ui/schedule/conflict-question";
import { MomentInput, withStart } from "../ui/schedule/moment-input";
import { boatOptions } from "./boat-options";
import {
  changedPlace,
  type Movable,
  moveForm,
  type Place,
  placeOf,
  placeText,
  readMove,
  rebasedMove,
} from "./move-form";
import type { Planned } from "./week-plan";
import "./move-dialog.css";

interface Props {
  planned: Planned;
  boats: readonly Boat[];
  /** Where it was dropped; the time of day stays. */
  boat_id: string | null;
  days: number;
  onSaved(): void;
  onClose(): void;
}

/** Asks before a charter or a hold is moved: old, new, and what the new place clashes with. */
export function MoveDialog(props: Props) {
  const { entry, hold } = props.planned;
  const asked = useAnswer<Movable>(
    () => (entry.event_id ? readMovable(entry.event_id) : Promise.resolve(hold as Movable)),
    [],
  );
  return (
    <Dialog title={`Move ${entry.title}`} onClose={props.onClose}>
      {asked.answer ? (
        <MoveFields {...props} loaded={asked.answer} />
      ) : (
        <div class="dialog-body">
          <Loaded asked={asked} failed="The charter could not be loaded." rows={1} kind="line">
            {() => null}
          </Loaded>
        </div>
      )}
    </Dialog>
  );
}

async function readMovable(event_id: string): Promise<Movable> {
  const asked_at_ms = performance.now();
  const charter = await readCharter(event_id);
  keepDetail(charter, asked_at_ms);
  return charter;
}

function MoveFields({ loaded, boats, boat_id, days, onSaved, onClose }: Props & { loaded: Movable }) {
  const [base, setBase] = useState(loaded);
  const [form, setForm] = useState(() => moveForm(loaded, boat_id, days));
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const [reason, setReason] = useState("");
  const [notify, setNotify] = useState(false);
  const { form: element, errors, failure, doing, attempt } = useForm();
  // It was fetched after the dialog opened.
  useLayoutEffect(() => element.current?.querySelector<HTMLElement>("[data-first]")?.focus(), []);
  const { place, errors: wrongTimes } = readMove(form, base);
  const isTyped = Object.keys(wrongTimes).length === 0;

  /** Another place may be free. */
  const change = (next: typeof form) => {
    setForm(next);
    setConflicts([]);
  };

  const submit = () => {
    const wrong = { ...wrongTimes, ...wrongReason(conflicts, reason) };
    return attempt({ doing: "Moving…", failed: "Not moved.", wrong }, async () => {
      const changed = changedPlace(place, base);
      if (Object.keys(changed).length > 0) {
        let moved: Movable;
        try {
          const override = conflicts.length > 0 ? { override_reason: reason.trim() } : {};
          moved = await move(base, { ...changed, ...override, ...(notify ? { notify } : {}) });
        } catch (error) {
          if (error instanceof ApiError) {
            setConflicts(conflictsOf(error));
            const { current } = error;
            if (isMovable(current)) {
              setForm((form) => rebasedMove(form, base, current));
              setBase(current);
            }
          }
          throw error;
        }
        // Who was mailed of the move is mailed of its end.
        const undo = () => moveBack(moved, base, notify, onSaved);
        const mailed = notify ? " The mails are on their way." : "";
        announce(`Moved: ${base.title}, ${placeText(place, base, boats)}.${mailed}`, "good", undo);
        onSaved();
      }
      onClose();
    });
  };

  return (
    <DialogForm
      form={element}
      submit={conflicts.length > 0 ? "Book anyway" : "Move"}
      onSubmit={submit}
      back="Leave it"
      onClose={onClose}
      doing={doing}
      failure={failure}
    >
      <dl class="old-new">
        <dt>Now</dt>
        <dd>{placeText(placeOf(base), base, boats)}</dd>
        <dt>New</dt>
        <dd>
          <strong>{isTyped ? placeText(place, base, boats) : "…"}</strong>
        </dd>
      </dl>
      <Select
        label="Boat"
        first
        options={boatOptions(boats, base.boat_id, typedBoat(base))}
        value={form.boat_id}
        onChoose={(boat_id) => change({ ...form, boat_id })}
      />
      <div class="pair">
        <MomentInput
          label="Departs"
          value={form.starts_at}
          timezone={base.timezone}
          error={errors.starts_at}
          onChange={(starts_at) => change(withStart(form, starts_at))}
        />
        <MomentInput
          label="Returns"
          value={form.ends_at}
          timezone={base.timezone}
          error={errors.ends_at}
          onChange={(ends_at) => change({ ...form, ends_at })}
        />
      </div>
      {"event_id" in base && (
        <label class="check">
          <input type="checkbox" checked={notify} onChange={(event) => setNotify(event.currentTarget.checked)} />
          <span>
            Mail those it concerns
            <small>Patron, guests, captain and crew: one mail each, with old and new.</small>
          </span>
        </label>
      )}
      {conflicts.length > 0 && (
        <ConflictQuestion
          conflicts={conflicts}
          timezone={base.timezone}
          reason={reason}
          error={errors.override_reason}
          onReason={setReason}
        />
      )}
    </DialogForm>
  );
}

/** What stands for the boat of what has none of ours; null for what has one. */
function typedBoat(base: Movable): string | null {
  if (base.boat_id !== null) return null;
  return ("vessel" in base && base.vessel) || "No boat";
}

type Change = Partial<Place> &
  Pick<CharterEdit, "override_reason" | "notify" | "vessel" | "passenger_limit" | "departure_port">;

async function move(base: Movable, change: Change): Promise<Movable> {
  if ("event_id" in base) {
    const saved = await editCharter(base.event_id, { version: base.version, ...change });
    keepCharters([saved]);
    return saved;
  }
  const { boat_id, notify: _, ...others } = change;
  return editHold(base.hold_id, { version: base.version, ...others, ...(boat_id ? { boat_id } : {}) });
}

/** With what came from the other boat's record. */
async function moveBack(moved: Movable, before: Movable, notify: boolean, onSaved: () => void): Promise<void> {
  const place = placeOf(before);
  try {
    if ("event_id" in before) {
      const { vessel, passenger_limit, departure_port } = before;
      await move(moved, { ...place, vessel, passenger_limit, departure_port, ...(notify ? { notify } : {}) });
    } else await move(moved, place);
    announce(`Back where it was: ${before.title}.`);
    onSaved();
  } catch (error) {
    announceFailure(`Not moved back. ${sentence(error)}`);
  }
}

function isMovable(value: unknown): value is Movable {
  return typeof value === "object" && value !== null && "version" in value && "starts_at" in value;
}
