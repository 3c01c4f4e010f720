import { useEffect, useMemo, useState } from "preact/hooks";
import type { ListedPayment, Payment } from "../../../data/contract";
import { lastSaved } from "../../../data/device-outbox";
import { sentPayments } from "../../../data/outbox-entry";
import { operatorTimezone } from "../../../lib/clock";
import { sentence } from "../../../ui/page";
import { paymentsFor } from "./payments";
import { clearedOnServer, forget, remember, rememberedOf } from "./remembered";
import { type Decisions, type ReadFile, type Review, review, rowsOf, type SourceRow } from "./review";

/** The files that were opened, what waits, and what has been decided. */
export interface Bank {
  files: readonly ReadFile[];
  payments: readonly ListedPayment[];
  /** Null until a file and the payments are there. */
  review: Review | null;
  doing: string;
  failure: string;
  open(files: readonly ReadFile[]): Promise<void>;
  close(file: ReadFile): void;
  reload(): Promise<void>;
  /** Takes over what the server answered about a payment; returns it as the list had it. */
  settle(payment: Payment): ListedPayment | undefined;
  finish(rows: readonly SourceRow[]): Promise<void>;
  takeBack(row: SourceRow): Promise<void>;
  reject(row: SourceRow, payments: readonly ListedPayment[]): void;
}

const NOTHING: Decisions = { done: new Set(), rejected: new Map() };

export function useReview(): Bank {
  const [files, setFiles] = useState<readonly ReadFile[]>([]);
  const [payments, setPayments] = useState<readonly ListedPayment[] | null>(null);
  const [decisions, setDecisions] = useState(NOTHING);
  const [doing, setDoing] = useState("");
  const [failure, setFailure] = useState("");
  const rows = useMemo(() => rowsOf(files), [files]);
  const found = useMemo(
    () => (files.length > 0 && payments ? review(rows, payments, decisions, operatorTimezone()) : null),
    [rows, payments, decisions],
  );

  // What is logged from here waits from now on.
  useEffect(
    () =>
      lastSaved.subscribe((saved) => {
        if (!saved) return;
        const charter = saved.event.title;
        const add = (known: readonly ListedPayment[], payment: Payment) => [
          ...without(known, payment),
          { ...payment, charter },
        ];
        setPayments((known) => known && sentPayments(saved).reduce(add, known));
      }),
    [],
  );

  const load = async (rows: readonly SourceRow[]) => {
    setDoing("Reading what waits to clear…");
    setFailure("");
    try {
      const payments = await paymentsFor(rows);
      const done = new Set([...(await rememberedOf(rows)), ...(await clearedOnServer(rows, payments))]);
      setDecisions(({ rejected }) => ({ done, rejected }));
      setPayments(payments);
    } catch (error) {
      setFailure(`What waits to clear could not be read. ${sentence(error)}`);
    }
    setDoing("");
  };

  return {
    files,
    payments: payments ?? [],
    review: found,
    doing,
    failure,
    open: async (more) => {
      // What is opened again takes the place of what was there.
      const all = [...new Map([...files, ...more].map((file) => [file.sha256, file])).values()];
      setFiles(all);
      await load(rowsOf(all));
    },
    close: (file) => setFiles((files) => files.filter((other) => other !== file)),
    reload: () => load(rows),
    settle: (payment) => {
      const listed = payments?.find(({ payment_id }) => payment_id === payment.payment_id);
      setPayments((known) => known && [...without(known, payment), { ...payment, charter: listed?.charter ?? "" }]);
      return listed;
    },
    finish: async (rows) => {
      await remember(rows);
      setDecisions(({ done, rejected }) => ({ done: new Set([...done, ...rows.map(({ key }) => key)]), rejected }));
    },
    takeBack: async (row) => {
      await forget(row);
      setDecisions(({ done, rejected }) => ({ done: new Set([...done].filter((key) => key !== row.key)), rejected }));
    },
    reject: (row, payments) =>
      setDecisions(({ done, rejected }) => {
        const ids = [...(rejected.get(row.key) ?? []), ...payments.map(({ payment_id }) => payment_id)];
        return { done, rejected: new Map(rejected).set(row.key, new Set(ids)) };
      }),
  };
}

function without(payments: readonly ListedPayment[], { payment_id }: Payment): ListedPayment[] {
  return payments.filter((payment) => payment.payment_id !== payment_id);
}
