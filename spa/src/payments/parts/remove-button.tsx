import { Button } from "../../ui/button";

interface Props {
  /** Names the row, for those who do not see the button beside it. */
  label: string;
  disabled?: boolean;
  onClick(): void;
}

/** Takes a row out of a form. */
export function RemoveButton({ label, disabled = false, onClick }: Props) {
  return (
    <Button class="icon-button" disabled={disabled} aria-label={label} onClick={onClick}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M6 6l12 12M18 6L6 18" />
      </svg>
    </Button>
  );
}
