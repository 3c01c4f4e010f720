import { useEffect, useRef, useState } from "preact/hooks";
import {
  ApiError,
  listSuperseded,
  previewWaiver,
  publishWaiver,
  readWaiverVersions,
} from "../data/api";
import type { Block, OutdatedCharter, VersionList, WaiverVersion } from "../data/contract";
import { browserTimezone, formatMoment } from "../lib/time";
import { Dialog } from "../ui/dialog";
import { Field, focusFirstError, sentences } from "../ui/field";
import { announce } from "../ui/notices";
import { Failed, Skeleton, sentence } from "../ui/page";
import { Superseded } from "./superseded";
import { TextBlocks, WaiverText } from "./text-blocks";
import { languageNames, type WaiverLanguage } from "./waiver-text";
import "./waiver-versions.css";

const languages = Object.keys(languageNames) as WaiverLanguage[];

interface Found {
  versions: VersionList;
  superseded: OutdatedCharter[];
}

/** The waiver's text in each language, and the earlier ones that guests have signed. */
export function WaiverVersionsPage() {
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [editing, setEditing] = useState(false);

  const load = async () => {
    setError(null);
    try {
      const [versions, superseded] = await Promise.all([readWaiverVersions(), listSuperseded()]);
      setFound({ versions, superseded });
      return superseded.length;
    } catch (error) {
      setError(error);
      return 0;
    }
  };
  useEffect(() => {
    void load();
  }, []);

  const published = async () => {
    setEditing(false);
    const charters = await load();
    const asked = charters === 1 ? "1 coming charter has" : `${charters} coming charters have`;
    announce(
      charters ? `Published. ${asked} signatures under an older text: see below.` : "Published.",
    );
  };

  const current = found && currentVersions(found.versions);
  const earlier =
    found?.versions.versions.filter((one) => !Object.values(current ?? {}).includes(one)) ?? [];
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Waiver</h1>
        {found && (
          <button type="button" onClick={() => setEditing(true)}>
            New version
          </button>
        )}
      </div>
      {error !== null && (
        <Failed what="The waiver could not be loaded." error={error} onRetry={() => void load()} />
      )}
      {!found && error === null && <Skeleton rows={2} />}
      {found && <Superseded events={found.superseded} />}
      {current &&
        languages.map((language) => (
          <Current key={language} language={language} version={current[language]} />
        ))}
      {earlier.length > 0 && (
        <section class="panel" aria-labelledby="earlier">
          <h2 id="earlier">Earlier versions</h2>
          <ul class="versions">
            {earlier.map((version) => (
              <li key={version.waiver_version}>
                <Earlier version={version} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {editing && current && (
        <PublishDialog
          current={current}
          onClose={() => setEditing(false)}
          onPublished={() => void published()}
        />
      )}
    </>
  );
}

type Current = Partial<Record<WaiverLanguage, WaiverVersion>>;

function currentVersions({ current, current_es, versions }: VersionList): Current {
  const named = (name: string | null) =>
    versions.find(({ waiver_version }) => waiver_version === name);
  const [en, es] = [named(current), named(current_es)];
  return { ...(en ? { en } : {}), ...(es ? { es } : {}) };
}

interface CurrentProps {
  language: WaiverLanguage;
  version: WaiverVersion | undefined;
}

function Current({ language, version }: CurrentProps) {
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
              This is the sample that comes with the product. Have counsel review it, then publish
              your own.
            </p>
          )}
          <p class="entry-small">In use since {since(version)}. Guests sign this text.</p>
          <WaiverText text={version.text} />
        </>
      ) : (
        <p>
          There is no text in {name} yet. Guests who choose {name} sign the English one, and are
          told so.
        </p>
      )}
    </section>
  );
}

/** The text comes when it is opened. */
function Earlier({ version }: { version: WaiverVersion }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      class="entry-actions"
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
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

interface PublishProps {
  current: Current;
  onClose(): void;
  onPublished(): void;
}

type Texts = Record<WaiverLanguage, { title: string; text: string }>;

function PublishDialog({ current, onClose, onPublished }: PublishProps) {
  const [language, setLanguage] = useState<WaiverLanguage>("en");
  // Each language keeps what was typed in it.
  const [texts, setTexts] = useState<Texts>(() => ({
    en: { title: current.en?.title ?? "", text: current.en?.text ?? "" },
    es: { title: current.es?.title ?? "", text: current.es?.text ?? "" },
  }));
  const [preview, setPreview] = useState<Block[] | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [doing, setDoing] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const { title, text } = texts[language];
  const set = (change: Partial<Texts["en"]>) => {
    setTexts({ ...texts, [language]: { title, text, ...change } });
    setPreview(null);
  };

  const isFilled = (wrong: Record<string, string>) => {
    setErrors(wrong);
    setFailure("");
    if (Object.keys(wrong).length > 0) focusFirstError(form.current);
    return Object.keys(wrong).length === 0;
  };
  const noText = text.trim() ? {} : { text: "Write the text that guests sign." };

  const look = async () => {
    if (doing || !isFilled(noText)) return;
    setDoing("Preparing…");
    try {
      setPreview(await previewWaiver(text.trim()));
    } catch (error) {
      failed("No preview.", error);
    }
    setDoing("");
  };

  const submit = async (event: Event) => {
    event.preventDefault();
    const noTitle = title.trim() ? {} : { title: "Give the waiver a title." };
    if (doing || !isFilled({ ...noTitle, ...noText })) return;
    setDoing("Publishing…");
    try {
      const version = await publishWaiver(title.trim(), text.trim(), language);
      const before = current[language];
      // The sample's text becomes the operator's own when they publish it before anybody has signed it.
      if (
        version.waiver_version === before?.waiver_version &&
        version.published_by === before.published_by
      ) {
        announce("The text is the same; nothing was changed.");
        onClose();
      } else {
        onPublished();
      }
      return;
    } catch (error) {
      failed("Not published.", error);
    }
    setDoing("");
  };

  const failed = (what: string, error: unknown) => {
    if (error instanceof ApiError) setErrors(sentences(error.fields));
    setFailure(`${what} ${sentence(error)}`);
    focusFirstError(form.current);
  };

  return (
    <Dialog title="New waiver version" onClose={onClose} wide>
      <form ref={form} onSubmit={submit} noValidate>
        <div class="dialog-body">
          <p>
            From now on guests sign the new text. Who has signed an earlier one stays signed, under
            that text.
          </p>
          <Field label="Language" error={errors.language}>
            {(props) => (
              <select
                {...props}
                data-first
                value={language}
                onChange={(event) => {
                  setLanguage(event.currentTarget.value as WaiverLanguage);
                  setPreview(null);
                  setErrors({});
                }}
              >
                {languages.map((name) => (
                  <option key={name} value={name}>
                    {languageNames[name]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label="Title" error={errors.title}>
            {(props) => (
              <input
                {...props}
                maxLength={150}
                value={title}
                onInput={(event) => set({ title: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field
            label="Text"
            error={errors.text}
            hint="Markdown: ## for a heading, - for a list, ** around strong words."
          >
            {(props) => (
              <textarea
                {...props}
                rows={14}
                maxLength={60_000}
                value={text}
                onInput={(event) => set({ text: event.currentTarget.value })}
              />
            )}
          </Field>
          <p>
            <button type="button" disabled={doing !== ""} onClick={() => void look()}>
              Preview
            </button>
          </p>
          {preview && (
            <section class="panel" aria-label="Preview">
              <h3>{title.trim() || "No title yet"}</h3>
              <TextBlocks blocks={preview} />
            </section>
          )}
        </div>
        <footer class="dialog-foot">
          <div class="dialog-said">
            <p role="status">{doing}</p>
            <p role="alert" class="error">
              {failure}
            </p>
          </div>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={doing !== ""}>
            Publish
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function since({ published_at }: WaiverVersion): string {
  return published_at ? formatMoment(published_at, browserTimezone) : "the beginning";
}
