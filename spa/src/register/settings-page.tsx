import type { SavedSettings, Settings } from "../data/contract";
import { readSettings, saveSettings } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { Loaded } from "../ui/loaded";
import { announce } from "../ui/notices";
import { CalendarLink } from "./calendar-link";
import { RecordFields } from "./record-fields";
import { settingsParts, settingsTable } from "./settings-table";
import { useRecordForm } from "./use-record-form";

/** What the desk may change of the operator. */
export function SettingsPage() {
  const asked = useAnswer(readSettings, []);
  return (
    <>
      <h1 tabIndex={-1}>Settings</h1>
      <Loaded asked={asked} failed="The settings could not be loaded.">
        {(settings) => <SettingsForm settings={settings} />}
      </Loaded>
      <section class="panel settings">
        <h2>Calendar of the desk</h2>
        <CalendarLink boat_id={null}>
          <p>For a calendar app: every charter and hold, with titles and boats. Whoever has it sees them all.</p>
        </CalendarLink>
      </section>
    </>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  const save = ({ version }: Settings, body: object) => saveSettings({ ...body, version } as SavedSettings);
  const record = useRecordForm<Settings>({
    table: settingsTable,
    record: settings,
    create: (_, body) => save(settings, body),
    edit: (base, _, body) => save(base, body),
    onSaved: () => announce("The settings are saved."),
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (!record.saving) void record.submit();
  };
  return (
    <form ref={record.element} class="panel settings stack" onSubmit={submit} noValidate>
      <h2>The operator</h2>
      <RecordFields table={settingsTable} parts={settingsParts} record={record} />
      <p role="status">{record.saving ? "Saving…" : ""}</p>
      <p role="alert" class="error">
        {record.failure}
      </p>
      <p>
        <button type="submit" class="primary" disabled={record.saving}>
          Save settings
        </button>
      </p>
    </form>
  );
}
