import { refresh } from "../../data/charters";
import type { Charter, Check } from "../../data/contract";
import { noteBriefing } from "../../data/later-api";
import { href } from "../../lib/browser/router";
import { nameList } from "../../lib/names";
import { formatMoment } from "../../lib/time";
import { Button } from "../../ui/button";
import { announce, announceFailure } from "../../ui/notices";
import { checkNames, isDone, readyText, sortedChecks } from "../../ui/readiness/ready-text";
import { useTask } from "../../ui/task";
import type { OpenPosition } from "../crew/position-dialogs";
import { RemindButton } from "../missing-guests";
import { canSailAnyway, nextStep } from "./next-step";
import "../../ui/crew/state-text.css";
import "./readiness-panel.css";

interface Acts {
  onPay(): void;
  onEdit(): void;
  onPosition(what: OpenPosition): void;
}

interface Props extends Acts {
  charter: Charter;
  bareboat: boolean;
  now_ms: number;
}

/** What has to be in order before it sails: first what is not, each with the one thing to do about it. */
export function ReadinessPanel({ charter, bareboat, now_ms, ...acts }: Props) {
  const { readiness } = charter;
  const checks = sortedChecks(readiness);
  const done = checks.filter(isDone);
  const departed = readiness.state === "departed";
  const text = readyText(charter, now_ms);
  if (checks.length === 0 || (!text && !departed)) return null;
  return (
    <section class="panel readiness" aria-labelledby="readiness">
      <div class="spread">
        <h2 id="readiness">{departed ? "As it departed" : "Ready to sail"}</h2>
        {text && (
          <strong class={text.tone === "due" ? "badge badge-due" : `state state-${text.tone}`}>
            {text.tone === "due" ? "Blocked" : text.word}
          </strong>
        )}
        <span class="readiness-count">
          {done.length} of {checks.length} done
        </span>
      </div>
      <ul>
        {checks
          .filter((check) => check.state !== "ok")
          .map((check) => (
            <li key={check.code} class="readiness-check">
              <strong class={`state state-${tones[check.state]}`}>
                {checkNames[check.code]}
                <span class="visually-hidden">: {stateWords[check.state]}</span>
              </strong>
              <p>
                {check.message} <Waived check={check} timezone={charter.timezone} />
              </p>
              {!departed && !isDone(check) && (
                <p class="buttons">
                  {check.state === "blocks" && canSailAnyway(charter, now_ms) && (
                    <a class="button quiet readiness-anyway" href={href(`/events/${charter.event_id}/manifest`)}>
                      Sail anyway<span class="visually-hidden"> {checkNames[check.code]}</span>
                    </a>
                  )}
                  <StepButton check={check} charter={charter} bareboat={bareboat} {...acts} />
                </p>
              )}
            </li>
          ))}
      </ul>
      <Fine checks={checks.filter(({ state }) => state === "ok")} />
    </section>
  );
}

const tones = { blocks: "due", open: "part", unknown: "part", waived: "calm", ok: "good" } as const;
const stateWords = { blocks: "blocks", open: "open", unknown: "not known", waived: "allowed", ok: "in order" };

/** A double booking was allowed when it was booked, all else when it sailed. */
function Waived({ check: { code, waived }, timezone }: { check: Check; timezone: string }) {
  if (!waived) return null;
  return (
    <span class="readiness-waived">
      {code === "conflicts" ? "Booked" : "Sailed"} anyway: {waived.reason} ({waived.by},{" "}
      {formatMoment(waived.at, timezone)})
    </span>
  );
}

/** What is in order, side by side; on a phone in one line. */
function Fine({ checks }: { checks: readonly Check[] }) {
  if (checks.length === 0) return null;
  const names = checks.map(({ code }) => checkNames[code]);
  return (
    <>
      <ul class="readiness-fine">
        {checks.map(({ code, message }) => (
          <li key={code}>
            <span class="state state-good">{checkNames[code]}</span> <span class="readiness-more">{message}</span>
          </li>
        ))}
      </ul>
      <p class="state state-good readiness-sum" aria-hidden="true">
        {nameList(names)}: in order
      </p>
    </>
  );
}

function StepButton({
  check,
  charter,
  bareboat,
  ...acts
}: { check: Check } & Pick<Props, "charter" | "bareboat"> & Acts) {
  const { busy, run } = useTask("Not saved.", announceFailure);
  const step = nextStep(check, charter, bareboat);
  const about = <span class="visually-hidden"> {checkNames[check.code]}</span>;
  switch (step.kind) {
    case "remind":
      return <RemindButton charter={charter} />;
    case "link":
      return (
        <a class="button" href={step.to}>
          {step.label}
        </a>
      );
    case "briefing": {
      const mark = async () => {
        await noteBriefing(charter.event_id, true);
        await refresh(charter.event_id);
        announce("The safety briefing is marked as given.");
      };
      return (
        <Button disabled={busy} onClick={() => void run(mark)}>
          {busy ? "Saving…" : step.label}
          {about}
        </Button>
      );
    }
    case "position":
      return (
        <Button onClick={() => acts.onPosition(step)}>
          {step.label}
          {about}
        </Button>
      );
    case "edit":
      return (
        <Button onClick={acts.onEdit}>
          {step.label}
          {about}
        </Button>
      );
    case "pay":
      return (
        <Button onClick={acts.onPay}>
          {step.label}
          {about}
        </Button>
      );
  }
}
