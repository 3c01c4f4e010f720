import type { ComponentChildren } from "preact";
import { ApiError } from "../data/api";
import type { Asked } from "../lib/answer";
import { Failed, Skeleton } from "./page";

interface Props<T> {
  asked: Asked<T>;
  /** What is said when it could not be loaded, and when the server knows no such thing. */
  failed: string;
  missing?: string;
  rows?: number;
  kind?: "card" | "line";
  children(answer: T): ComponentChildren;
}

/** Shows an answer when it is there; before that room for it, or what went wrong. */
export function Loaded<T>(props: Props<T>) {
  const { failed, missing = failed, rows = 3, kind = "card", children } = props;
  const { answer, error, again } = props.asked;
  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <>
      {error !== null && <Failed what={unknown ? missing : failed} error={error} onRetry={again} />}
      {answer === null && error === null && <Skeleton rows={rows} kind={kind} />}
      {answer !== null && children(answer)}
    </>
  );
}
