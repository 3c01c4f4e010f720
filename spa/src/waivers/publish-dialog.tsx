import { useRef, useState } from "preact/hooks";
import { ApiError, previewWaiver, publishWaiver } from "../data/api";
import type { Block, WaiverLanguage, WaiverVersion } from "../data/contract";
import { waiverTextLimits } from "../data/limits";
import { Dialog } from "../ui/dialog";
import { Field, focusFirstError, sentences } from "../ui/field";
import { FormFooter } from "../ui/form-footer";
import { announce } from "../ui/notices";
import { sentence } from "../ui/page";
import { TextInput } from "../ui/text-input";
import { TextBlocks } from "./text-blocks";
import { languageNames, languages } from "./waiver-text";

/** The text that guests sign in each language; none where none was published. */
export type CurrentVersions = Record<WaiverLanguage, WaiverVersion | undefined>;

interface Props {
  current: CurrentVersions;
  onClose(): void;
  onPublished(): void;
}

/** A new text in one language, looked at before it is published. */
export function PublishDialog({ current, onClose, onPublished }: Props) {
  const [language, setLanguage] = useState<WaiverLanguage>("en");
  // Each language keeps what was typed in it.
  const [texts, setTexts] = useState(() => ({
    en: { title: current.en?.title ?? "", text: current.en?.text ?? "" },
    es: { title: current.es?.title ?? "", text: current.es?.text ?? "" },
  }));
  const [preview, setPreview] = useState<Block[] | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [doing, setDoing] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const { title, text } = texts[language];
  const set = (change: { title?: string; text?: string }) => {
    setTexts({ ...texts, [language]: { title, text, ...change } });
    setPreview(null);
  };

  /** Does `work` when nothing is missing; `failed` begins the sentence about a failure. */
  const attempt = async (
    what: { doing: string; failed: string; missing: Record<string, string> },
    work: () => Promise<void>,
  ) => {
    if (doing) return;
    setErrors(what.missing);
    setFailure("");
    if (Object.keys(what.missing).length === 0) {
      setDoing(what.doing);
      try {
        await work();
      } catch (error) {
        if (error instanceof ApiError) setErrors(sentences(error.fields));
        setFailure(`${what.failed} ${sentence(error)}`);
      }
      setDoing("");
    }
    focusFirstError(form.current);
  };
  const noText = text.trim() ? {} : { text: "Write the text that guests sign." };
  const noTitle = title.trim() ? {} : { title: "Give the waiver a title." };

  const showPreview = () =>
    attempt({ doing: "Preparing…", failed: "No preview.", missing: noText }, async () =>
      setPreview(await previewWaiver(text.trim())),
    );

  const publish = () =>
    attempt({ doing: "Publishing…", failed: "Not published.", missing: { ...noTitle, ...noText } }, async () => {
      const version = await publishWaiver(title.trim(), text.trim(), language);
      const before = current[language];
      // The sample's text becomes the operator's own when they publish it before anybody has signed it.
      if (version.waiver_version === before?.waiver_version && version.published_by === before.published_by) {
        announce("The text is the same; nothing was changed.");
        onClose();
      } else {
        onPublished();
      }
    });
  const submit = (event: Event) => {
    event.preventDefault();
    void publish();
  };

  return (
    <Dialog title="New waiver version" onClose={onClose} wide>
      <form ref={form} onSubmit={submit} noValidate>
        <div class="dialog-body">
          <p>From now on guests sign the new text. Those who signed an earlier one stay signed under that text.</p>
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
          <TextInput
            label="Title"
            error={errors.title}
            most={waiverTextLimits.title.most}
            value={title}
            onInput={(title) => set({ title })}
          />
          <Field
            label="Text"
            error={errors.text}
            hint="Markdown: ## for a heading, - for a list, ** around strong words."
          >
            {(props) => (
              <textarea
                {...props}
                rows={14}
                maxLength={waiverTextLimits.text.most}
                value={text}
                onInput={(event) => set({ text: event.currentTarget.value })}
              />
            )}
          </Field>
          <p>
            <button type="button" disabled={doing !== ""} onClick={() => void showPreview()}>
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
        <FormFooter submit="Publish" onBack={onClose} doing={doing} failure={failure} />
      </form>
    </Dialog>
  );
}
