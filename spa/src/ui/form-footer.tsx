interface Props {
  submit: string;
  back?: string;
  onBack(): void;
  /** What is being done; empty while nothing is. */
  doing: string;
  failure?: string;
  danger?: boolean;
  /** Whether the focus starts at the way back, so that one Enter too many does nothing. */
  backFirst?: boolean;
}

/** The foot of a dialog's form: what is being done, what went wrong, the way back and the button. */
export function FormFooter(props: Props) {
  const { submit, back = "Cancel", onBack, doing, failure = "", danger, backFirst } = props;
  return (
    <footer class="dialog-foot">
      <div class="dialog-status">
        <p role="status">{doing}</p>
        <p role="alert" class="error">
          {failure}
        </p>
      </div>
      <button type="button" data-first={backFirst || undefined} onClick={onBack}>
        {back}
      </button>
      <button type="submit" class={danger ? "primary danger" : "primary"} disabled={doing !== ""}>
        {submit}
      </button>
    </footer>
  );
}
