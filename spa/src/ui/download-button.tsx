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
      save(await file(), name);
      announce("The file is on its way to your downloads.");
    });
  return (
    <Button onClick={() => void download()} disabled={busy || disabled}>
      {busy ? "Preparing…" : label}
    </Button>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
