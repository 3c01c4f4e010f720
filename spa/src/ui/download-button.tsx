import { saveFile } from "../lib/browser/save-file";
import { Button } from "./button";
import { announce, announceFailure } from "./notices";
import { useTask } from "./task";

interface DownloadProps {
  file(): Promise<Blob>;
  name: string;
  label?: string;
  disabled?: boolean;
}

/** A file that only admins may load, so a plain link would not do. */
export function DownloadButton({ file, name, label = "Download CSV", disabled = false }: DownloadProps) {
  const { busy, run } = useTask("No file.", announceFailure);
  const download = () =>
    run(async () => {
      saveFile(await file(), name);
      announce("The file is on its way to your downloads.");
    });
  return (
    <Button onClick={() => void download()} disabled={busy || disabled}>
      {busy ? "Preparing…" : label}
    </Button>
  );
}
