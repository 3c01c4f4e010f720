import type { Charter, Position } from "../../data/contract";
import type { Role } from "../../ui/crew/roles";
import { roleNames } from "../../ui/crew/roles";
import { Dialog } from "../../ui/dialog/dialog";
import { lazy, NotLoaded } from "../../ui/lazy";
import { Skeleton } from "../../ui/page";

/** A position of the charter, or a new one of this role. */
export interface OpenPosition {
  position: Position | null;
  role: Role;
}

interface Props extends OpenPosition {
  charter: Charter;
  onClose(): void;
}

const PositionForm = lazy<Props>(
  async () => (await import("./position-form")).PositionForm,
  ({ failed, onRetry }) => (
    <div class="dialog-body">{failed ? <NotLoaded onRetry={onRetry} /> : <Skeleton rows={4} kind="line" />}</div>
  ),
);

/** Who shall take a position: asked one after the other, or assigned. What fills it is fetched when it opens. */
export function PositionDialog(props: Props) {
  const { position, role, onClose } = props;
  return (
    <Dialog title={position ? roleNames[role] : "New position"} onClose={onClose} wide>
      <PositionForm {...props} />
    </Dialog>
  );
}
