import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, publishWaiver, readWaiverVersions } from "./api";
import type { WaiverVersion, WaiverVersions } from "./contract";
import { browserTimezone, formatMoment } from "./time";
import {
  announce,
  Dialog,
  Failed,
  Field,
  focusFirstError,
  Skeleton,
  sentence,
  sentences,
  usePageTitle,
} from "./ui";

/** The waiver's text, and the earlier ones that guests have signed. */
export function WaiverVersionsPage() {
  usePageTitle("Waiver");
  const [found, setFound] = useState<WaiverVersions | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [editing, setEditing] = useState(false);

  const load = () => {
    setError(null);
    readWaiverVersions().then(setFound, setError);
  };
  useEffect(load, []);

  const current = found?.versions.find(({ waiver_version }) => waiver_version === found.current);
  const earlier = found?.versions.filter((version) => version !== current) ?? [];
  return (
    <main id="main" class="page narrow">
      <div class="page-head">
        <h1 tabIndex={-1}>Waiver</h1>
        {found && (
          <button type="button" onClick={() => setEditing(true)}>
            New version
          </button>
        )}
      </div>
      {error !== null && (
        <Failed what="The waiver could not be loaded." error={error} onRetry={load} />
      )}
      {!found && error === null && <Skeleton rows={2} />}
      {current && (
        <section class="panel" aria-labelledby="current">
          <h2 id="current">{current.title}</h2>
          <p class="entry-small">In use since {since(current)}. Guests sign this text.</p>
          <WaiverText text={current.text} />
        </section>
      )}
      {earlier.length > 0 && (
        <section class="panel" aria-labelledby="earlier">
          <h2 id="earlier">Earlier versions</h2>
          <ul class="versions">
            {earlier.map((version) => (
              <li key={version.waiver_version}>
                <details class="entry-actions">
                  <summary>
                    {version.title}, {since(version)}
                  </summary>
                  <WaiverText text={version.text} />
                </details>
              </li>
            ))}
          </ul>
        </section>
      )}
      {editing && (
        <PublishDialog
          current={current}
          onClose={() => setEditing(false)}
          onPublished={() => {
            setEditing(false);
            load();
          }}
        />
      )}
    </main>
  );
}

/** Paragraphs, `## headings` and `**strong words**`, as guests see them. */
function WaiverText({ text }: { text: string }) {
  return (
    <div class="waiver-text">
      {text.split(/\n\s*\n/).map((block, index) =>
        block.startsWith("#") ? (
          <h3 key={index}>{block.replace(/^#+\s*/, "")}</h3>
        ) : (
          <p key={index} class="words">
            {block
              .split("**")
              .map((words, at) => (at % 2 === 1 ? <strong key={at}>{words}</strong> : words))}
          </p>
        ),
      )}
    </div>
  );
}

interface PublishProps {
  current: WaiverVersion | undefined;
  onClose(): void;
  onPublished(): void;
}

function PublishDialog({ current, onClose, onPublished }: PublishProps) {
  const [title, setTitle] = useState(current?.title ?? "");
  const [text, setText] = useState(current?.text ?? "");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [saving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (saving) return;
    const wrong: Record<string, string> = {};
    if (!title.trim()) wrong.title = "Give the waiver a title.";
    if (!text.trim()) wrong.text = "Write the text that guests sign.";
    setErrors(wrong);
    setFailure("");
    if (Object.keys(wrong).length > 0) {
      focusFirstError(form.current);
      return;
    }
    setSaving(true);
    try {
      const published = await publishWaiver(title.trim(), text.trim());
      const same = published.waiver_version === current?.waiver_version;
      announce(same ? "The text is the same; nothing was changed." : "Published.");
      onPublished();
      return;
    } catch (error) {
      if (error instanceof ApiError) setErrors(sentences(error.fields));
      setFailure(`Not published. ${sentence(error)}`);
      focusFirstError(form.current);
    }
    setSaving(false);
  };

  return (
    <Dialog title="New waiver version" onClose={onClose} wide>
      <form ref={form} onSubmit={submit} noValidate>
        <div class="dialog-body">
          <p>
            From now on guests sign the new text. Who has signed an earlier one stays signed, under
            that text.
          </p>
          <Field label="Title" error={errors.title}>
            {(props) => (
              <input
                {...props}
                data-first
                maxLength={150}
                value={title}
                onInput={(event) => setTitle(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Text" error={errors.text}>
            {(props) => (
              <textarea
                {...props}
                rows={14}
                maxLength={60_000}
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <footer class="dialog-foot">
          <div class="dialog-said">
            <p role="status">{saving ? "Publishing…" : ""}</p>
            <p role="alert" class="error">
              {failure}
            </p>
          </div>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={saving}>
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
