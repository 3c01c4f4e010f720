import { useState } from "preact/hooks";
import { announce } from "./notices";
import { sentence } from "./page";

interface DownloadProps {
  file(): Promise<Blob>;
  name: string;
  label?: string;
  disabled?: boolean;
}

/** A file that only admins may load, so a plain link would not do. */
export function DownloadButton({
  file,
  name,
  label = "Download CSV",
  disabled = false,
}: DownloadProps) {
  const [saving, setSaving] = useState(false);
  const download = async () => {
    setSaving(true);
    try {
      save(await file(), name);
      announce("The file is on its way to your downloads.");
    } catch (error) {
      announce(`No file. ${sentence(error)}`, "bad");
    }
    setSaving(false);
  };
  return (
    <button type="button" onClick={() => void download()} disabled={saving || disabled}>
      {saving ? "Preparing…" : label}
    </button>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
