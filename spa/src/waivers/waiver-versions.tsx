import { useState } from "preact/hooks";
import type { VersionList, WaiverLanguage, WaiverVersion } from "../data/contract";
import { listSuperseded, readWaiverVersions } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { operatorTimezone } from "../lib/clock";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { Loaded } from "../ui/loaded";
import { announce } from "../ui/notices";
import { type CurrentVersions, PublishDialog } from "./publish-dialog";
import { Superseded } from "./superseded";
import { WaiverText } from "./text-blocks";
import { languageNames, languages } from "./waiver-text";

/** The waiver's text in each language, and the earlier ones that guests have signed. */
export function WaiverVersionsPage() {
  const asked = useAnswer(() => Promise.all([readWaiverVersions(), listSuperseded()]), []);
  const [editing, setEditing] = useState(false);

  const published = async () => {
    setEditing(false);
    const { length } = (await asked.again())?.[1] ?? [];
    const have = length === 1 ? "1 coming charter has" : `${length} coming charters have`;
    announce(`Published.${length ? ` ${have} signatures under an older text: see below.` : ""}`);
  };

  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Waiver</h1>
        {asked.answer && <Button onClick={() => setEditing(true)}>New version</Button>}
      </div>
      <Loaded asked={asked} failed="The waiver could not be loaded." rows={2}>
        {([versions, superseded]) => {
          const current = currentVersions(versions);
          return (
            <>
              <Superseded events={superseded} />
              {languages.map((language) => (
                <Current key={language} language={language} version={current[language]} />
              ))}
              <EarlierVersions
                versions={versions.versions.filter((version) => !Object.values(current).includes(version))}
              />
              {editing && (
                <PublishDialog
                  current={current}
                  onClose={() => setEditing(false)}
                  onPublished={() => void published()}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function currentVersions({ current, current_es, versions }: VersionList): CurrentVersions {
  const named = (name: string | null) => versions.find(({ waiver_version }) => waiver_version === name);
  return { en: named(current), es: named(current_es) };
}

function Current({ language, version }: { language: WaiverLanguage; version: WaiverVersion | undefined }) {
  const name = languageNames[language];
  return (
    <section class="panel" aria-labelledby={`current-${language}`}>
      <h2 id={`current-${language}`}>
        {name}
        {version && `: ${version.title}`}
      </h2>
      {version ? (
        <>
          {isSample(version) && (
            <p class="strip strip-wait">
              This is the sample that comes with the product. Have counsel review it, then publish your own.
            </p>
          )}
          <p class="entry-small">In use since {since(version)}. Guests sign this text.</p>
          <WaiverText text={version.text} />
        </>
      ) : (
        <p>
          There is no text in {name} yet. Guests who choose {name} sign the English one, and are told so.
        </p>
      )}
    </section>
  );
}

function EarlierVersions({ versions }: { versions: readonly WaiverVersion[] }) {
  if (versions.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="earlier">
      <h2 id="earlier">Earlier versions</h2>
      <ul class="rows">
        {versions.map((version) => (
          <li key={version.waiver_version}>
            <Earlier version={version} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The text is fetched when it is opened. */
function Earlier({ version }: { version: WaiverVersion }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="entry-actions" onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>
        {version.title}, {languageNames[version.language]}, {since(version)}
        {isSample(version) && ", sample"}
      </summary>
      {open && <WaiverText text={version.text} />}
    </details>
  );
}

function isSample({ published_by }: WaiverVersion): boolean {
  return published_by === "sample";
}

function since({ published_at }: WaiverVersion): string {
  return published_at ? formatMoment(published_at, operatorTimezone()) : "the beginning";
}
