import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog/dialog";
import { DialogForm } from "../../../ui/dialog/dialog-form";
import { Field } from "../../../ui/form/field";
import { MOST_BYTES } from "../statement-file/bytes";
import type { Columns, Sheet } from "../statement-file/columns";
import { readStatement } from "../statement-file/read";
import { RefusedFile } from "../statement-file/rows";
import { ColumnsDialog } from "./columns-dialog";
import { columnsFor, keepColumns, sha256 } from "./remembered";
import type { ReadFile } from "./review";
import { StatementList } from "./statement-list";
import type { Bank } from "./use-review";

const ENDINGS = ".csv,.ofx,.qfx,.txt,.tsv,text/csv,text/plain";

interface Props {
  bank: Bank;
  currency: string;
}

/** Takes bank files: chosen, dropped anywhere on the page, or pasted as text. */
export function OpenFiles({ bank, currency }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [pasting, setPasting] = useState(false);
  /** Files of no known bank whose columns are asked for, one after the other. */
  const [asked, setAsked] = useState<readonly ReadFile[]>([]);

  const open = async (files: readonly { name: string; bytes: Uint8Array }[]) => {
    const read: ReadFile[] = [];
    const unknown: ReadFile[] = [];
    const problems: string[] = [];
    for (const { name, bytes } of files) {
      try {
        const file = await readFile(name, bytes, currency);
        const { chosen } = file.statement;
        if (chosen && !columnsFor(chosen.sheet)) unknown.push(file);
        else read.push(file);
      } catch (error) {
        problems.push(`${name}: ${error instanceof RefusedFile ? error.message : "This file could not be read."}`);
      }
    }
    setProblems(problems);
    setAsked(unknown);
    if (read.length > 0) await bank.open(read);
  };

  const openFiles = async (files: FileList | null | undefined) => {
    const given = [...(files ?? [])];
    const large = given.filter(({ size }) => size > MOST_BYTES);
    const small = given.filter(({ size }) => size <= MOST_BYTES);
    await open(await Promise.all(small.map(async (file) => ({ name: file.name, bytes: await bytesOf(file) }))));
    if (large.length > 0)
      setProblems((known) => [...known, ...large.map(({ name }) => `${name}: This file is too large.`)]);
  };

  const latest = useRef(openFiles);
  latest.current = openFiles;
  useEffect(() => acceptDrops((files) => void latest.current(files)), []);

  const choose = async (sheet: Sheet, columns: Columns) => {
    keepColumns(sheet, columns);
    // Files of the same form are read by them too.
    await open([...bank.files.filter(({ statement }) => statement.chosen), ...asked]);
  };

  const [unknown] = asked;
  return (
    <>
      <div class="bank-open no-print">
        <Button onClick={() => input.current?.click()}>Add a bank file</Button>
        <Button onClick={() => setPasting(true)}>Paste</Button>
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          multiple
          accept={ENDINGS}
          aria-label="Bank files"
          tabIndex={-1}
          onChange={(event) => {
            void openFiles(event.currentTarget.files);
            // The same file can be chosen again.
            event.currentTarget.value = "";
          }}
        />
        <p class="hint">
          <span class="only-desktop">Or drop files here: </span>Venmo, Chase, Bank of America, Wells Fargo, Square,
          Stripe, OFX, QFX or any CSV. They are read on this device and never leave it.
        </p>
      </div>
      {problems.map((problem) => (
        <p key={problem} class="error" role="alert">
          {problem}
        </p>
      ))}
      {pasting && <PasteDialog onClose={() => setPasting(false)} onPaste={(text) => void open([pasted(text)])} />}
      {unknown?.statement.chosen && (
        <ColumnsDialog
          key={unknown.sha256}
          name={unknown.name}
          currency={currency}
          sheet={unknown.statement.chosen.sheet}
          columns={unknown.statement.chosen.columns}
          onClose={() => setAsked(asked.slice(1))}
          onChoose={(sheet, columns) => void choose(sheet, columns)}
        />
      )}
      {bank.files.length > 0 && (
        <StatementList
          files={bank.files}
          review={bank.review}
          onClose={bank.close}
          onColumns={(file) => setAsked([file])}
        />
      )}
    </>
  );
}

async function readFile(name: string, bytes: Uint8Array, currency: string): Promise<ReadFile> {
  return { name, bytes, sha256: await sha256(bytes), statement: readStatement(bytes, currency, columnsFor) };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

function pasted(text: string) {
  return { name: "pasted text", bytes: new TextEncoder().encode(text) };
}

/** Takes files that are dropped anywhere on the page; the browser would leave the page to show them. */
function acceptDrops(open: (files: FileList) => void): () => void {
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    const files = event.dataTransfer?.files;
    if (!files || files.length === 0) return;
    event.preventDefault();
    open(files);
  };
  document.addEventListener("dragover", over);
  document.addEventListener("drop", drop);
  return () => {
    document.removeEventListener("dragover", over);
    document.removeEventListener("drop", drop);
  };
}

function PasteDialog({ onClose, onPaste }: { onClose(): void; onPaste(text: string): void }) {
  const [text, setText] = useState("");
  const submit = async () => {
    if (text.trim() === "") return;
    onClose();
    onPaste(text);
  };
  return (
    <Dialog title="Paste bank rows" onClose={onClose}>
      <DialogForm submit="Read" onSubmit={submit} onClose={onClose} doing="" failure="">
        <Field label="Rows, as the bank shows them" hint="With the names of the columns, where there are any.">
          {(props) => (
            <textarea
              {...props}
              rows={10}
              data-first
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
      </DialogForm>
    </Dialog>
  );
}
