import { hearClock } from "../lib/clock";
import type { Payment, paths } from "./contract";
import * as session from "./session";

const TIMEOUT_MS = 20_000;

/** What the operator charges in, as the server has said last; empty until it has. */
export const operator = { currency: "" };

/**
 * Why a call has failed. `network`, `timeout`, `masked` (an answer that is not the API's) and
 * `server` may pass by themselves; `refused` is a clear no from the API.
 */
export type Failure = "network" | "timeout" | "masked" | "server" | "refused";

/** What the API says beside the message when it refuses. */
interface Refusal {
  code?: string;
  fields?: Readonly<Record<string, string>>;
  retry_after_s?: number | null;
  /** The present state of what could not be changed (409). */
  current?: unknown;
  /** The payment that the refused one may repeat (409). */
  duplicate?: Payment | null;
  /** The whole answer. */
  answer?: Readonly<Record<string, unknown>>;
}

/** Its message is a sentence that can be shown. */
export class ApiError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly retry_after_s: number | null;
  readonly current: unknown;
  readonly duplicate: Payment | null;
  readonly answer: Readonly<Record<string, unknown>>;

  constructor(
    readonly failure: Failure,
    message: string,
    readonly status = 0,
    refusal: Refusal = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.code = refusal.code ?? "";
    this.fields = refusal.fields ?? {};
    this.retry_after_s = refusal.retry_after_s ?? null;
    this.current = refusal.current ?? null;
    this.duplicate = refusal.duplicate ?? null;
    this.answer = refusal.answer ?? {};
  }
}

let onSuccess = () => {};

/** Calls `listener` after each call that the API has answered well. */
export function afterEachSuccess(listener: () => void): void {
  onSuccess = listener;
}

type Method = "get" | "post" | "put" | "patch";
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Json<Part> = Part extends { content: { "application/json": infer Body } } ? Body : never;
type Parameters<O, Kind extends "path" | "query"> = O extends { parameters: infer All }
  ? NonNullable<All[Kind & keyof All]>
  : never;
type Answer<O> = O extends { responses: infer All } ? Json<All[keyof All]> : never;
type RequestBody<O> = O extends { requestBody?: infer Body } ? Json<NonNullable<Body>> : never;

/** What may be asked of a list or a report. */
export type Query<P extends keyof paths> = Parameters<Operation<P, "get">, "query">;

interface Transport {
  headers?: Record<string, string>;
  /** Guest pages and the login send no token. */
  open?: boolean;
  timeout_ms?: number;
}

interface Call<P extends keyof paths, M extends Method> extends Transport {
  path?: Parameters<Operation<P, M>, "path">;
  query?: Parameters<Operation<P, M>, "query">;
  body?: RequestBody<Operation<P, M>>;
}

/** One call of the API: its data. Every failure is an `ApiError`. */
export async function call<P extends keyof paths, M extends Method>(
  method: M,
  path: P,
  options: Call<P, M> = {},
): Promise<Answer<Operation<P, M>>> {
  return (await callWithHeaders(method, path, options)).data;
}

export async function callWithHeaders<P extends keyof paths, M extends Method>(
  method: M,
  path: P,
  { path: parts, query, ...options }: Call<P, M>,
): Promise<{ data: Answer<Operation<P, M>>; headers: Headers }> {
  const response = await send(method, address(path, parts, query), options);
  const { status, headers } = response;
  if (status === 204) return { data: null as never, headers };
  if (!isJson(response)) throw masked(status);
  try {
    const data = (await response.json()) as Answer<Operation<P, M>>;
    if (!options.open) onSuccess();
    return { data, headers };
  } catch {
    // The connection broke in the middle of the answer.
    throw new ApiError("network", "The answer broke off. Check the connection and try again.");
  }
}

/** An answer that is no JSON but a file of this type. */
export async function file<P extends keyof paths>(
  path: P,
  type: "text/csv" | "text/plain",
  { path: parts, query }: Pick<Call<P, "get">, "path" | "query"> = {},
): Promise<Blob> {
  const response = await send("get", address(path, parts, query), { timeout_ms: 60_000 });
  if (!response.headers.get("Content-Type")?.startsWith(type)) throw masked(response.status);
  return response.blob();
}

function address(path: string, parts: object = {}, query: object = {}): string {
  const named = new Map<string, string>(Object.entries(parts));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => named.get(name) ?? "");
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${filled}?${search}` : filled;
}

async function send(
  method: Method,
  path: string,
  { headers, open, timeout_ms = TIMEOUT_MS, body }: Transport & { body?: unknown },
): Promise<Response> {
  const { value } = session.session;
  const token = !open && value.state === "in" ? value.token : null;
  let response: Response;
  const asked_ms = Date.now();
  try {
    response = await fetch(path, {
      method: method.toUpperCase(),
      headers: {
        Accept: "application/json",
        ...headers,
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(timeout_ms),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new ApiError("timeout", "The server did not answer in time. Try again.");
    }
    throw new ApiError("network", "The server cannot be reached. Check the connection.");
  }
  hearClock(response.headers.get("Operator-Time") ?? "", asked_ms, Date.now());
  operator.currency = response.headers.get("Operator-Currency") ?? operator.currency;
  if (response.status === 401 && token) session.end(token);
  if (!response.ok) throw await failure(response);
  return response;
}

async function failure(response: Response): Promise<ApiError> {
  const { status } = response;
  if (status >= 500) {
    return new ApiError("server", `The server has a problem (${status}). Try again soon.`, status);
  }
  if (!isJson(response)) return masked(status);
  // An unreadable error is still an error of that status.
  const body = ((await response.json().catch(() => null)) ?? {}) as Record<string, unknown>;
  const { Code: code, Message: text, Fields: fields, current, duplicate } = body;
  // The API names a code with every refusal; what has none came from something before the API.
  if (!code && status !== 401 && status !== 429) return masked(status);
  const message = text || (status === 401 ? "Please log in." : `The server refused (${status}).`);
  return new ApiError("refused", String(message), status, {
    code: String(code ?? ""),
    fields: (fields ?? {}) as Record<string, string>,
    retry_after_s: retryAfter_s(response.headers.get("Retry-After")),
    current,
    duplicate: (duplicate as Payment | undefined) ?? null,
    answer: body,
  });
}

function masked(status: number): ApiError {
  return new ApiError(
    "masked",
    `The answer did not come from the booking server (${status}). Its address may be set up wrongly.`,
    status,
  );
}

function isJson(response: Response): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(response.headers.get("Content-Type") ?? "");
}

function retryAfter_s(header: string | null): number | null {
  if (!header) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.max(seconds, 1) : null;
}
