import { useState } from "preact/hooks";
import type { Block, WaiverLanguage, WaiverVersion } from "../data/contract";
import { previewWaiver, publishWaiver } from "../data/later-api";
import { waiverTextLimits } from "../data/later-limits";
import { isBlank } from "../lib/names";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog/dialog";
import { DialogForm } from "../ui/dialog/dialog-form";
import { optionsOf, Select } from "../ui/form/select";
import { TextInput } from "../ui/form/text-input";
import { useForm } from "../ui/form/use-form";
import { announce } from "../ui/notices";
import { TextBlocks } from "./text-blocks";
import { languageNames } from "./waiver-text";

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
  const { form, errors, setErrors, failure, doing, attempt } = useForm();
  const { title, text } = texts[language];
  const set = (change: { title?: string; text?: string }) => {
    setTexts({ ...texts, [language]: { title, text, ...change } });
    setPreview(null);
  };

  const noText = isBlank(text) ? { text: "Write the text that guests sign." } : {};
  const noTitle = isBlank(title) ? { title: "Give the waiver a title." } : {};

  const showPreview = () =>
    attempt({ doing: "Preparing…", failed: "No preview.", wrong: noText }, async () =>
      setPreview(await previewWaiver(text.trim())),
    );

  const publish = () =>
    attempt({ doing: "Publishing…", failed: "Not published.", wrong: { ...noTitle, ...noText } }, async () => {
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
  return (
    <Dialog title="New waiver version" onClose={onClose} wide>
      <DialogForm form={form} submit="Publish" onSubmit={publish} onClose={onClose} doing={doing} failure={failure}>
        <p>From now on guests sign the new text. Those who signed an earlier one stay signed under that text.</p>
        <Select
          label="Language"
          first
          options={optionsOf(languageNames)}
          value={language}
          error={errors.language}
          onChoose={(language) => {
            setLanguage(language);
            setPreview(null);
            setErrors({});
          }}
        />
        <TextInput
          label="Title"
          error={errors.title}
          most={waiverTextLimits.title.most}
          value={title}
          onInput={(title) => set({ title })}
        />
        <TextInput
          label="Text"
          error={errors.text}
          hint="Markdown: ## for a heading, - for a list, ** around strong words."
          rows={14}
          most={waiverTextLimits.text.most}
          value={text}
          onInput={(text) => set({ text })}
        />
        <p>
          <Button disabled={doing !== ""} onClick={() => void showPreview()}>
            Preview
          </Button>
        </p>
        {preview && (
          <section class="panel" aria-label="Preview">
            <h3>{isBlank(title) ? "No title yet" : title}</h3>
            <TextBlocks blocks={preview} />
          </section>
        )}
      </DialogForm>
    </Dialog>
  );
}
