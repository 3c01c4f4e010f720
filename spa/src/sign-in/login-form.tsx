import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, login } from "../data/api";
import * as session from "../data/session";
import { Button } from "../ui/button";
import { type Errors, focusFirstError, sentences } from "../ui/form/field";
import { TextInput } from "../ui/form/text-input";
import { sentence } from "../ui/page";

export interface LoginFormProps {
  /** In a dialog over the desk: the way out. The form takes the focus there. */
  onLeave?(): void;
}

/** Asks for the password, and for a name and a code where the server wants them. */
export function LoginForm({ onLeave }: LoginFormProps) {
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const [needsName, setNeedsName] = useState(false);
  const [code, setCode] = useState("");
  const [needsCode, setNeedsCode] = useState(session.codeWasAsked);
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [wait_s, setWait] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  // It was fetched after the dialog opened.
  useLayoutEffect(() => {
    if (onLeave) form.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, []);

  useEffect(() => {
    if (wait_s <= 0) return;
    const timer = setTimeout(() => setWait(wait_s - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait_s]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (password === "") {
      setErrors({ password: "Enter the password." });
      focusFirstError(form.current);
      return;
    }
    setBusy(true);
    setErrors({});
    setFailure("");
    try {
      const who = name.trim();
      const { token, device } = await login(password, who, keep, code.trim(), session.readDevice(who));
      session.rememberDevice(who, device);
      session.rememberCode(code !== "");
      session.begin(token, keep);
      return;
    } catch (error) {
      failed(error);
      focusFirstError(form.current);
    }
    setBusy(false);
  };

  const failed = (error: unknown) => {
    const { status = 0, code: reason = "", fields = {}, retry_after_s = null } = error instanceof ApiError ? error : {};
    if (status === 400 && fields.name && !needsName) {
      setNeedsName(true);
      setErrors({ name: "This desk has several admins. Enter your name." });
    } else if (status === 400) {
      setErrors(sentences(fields));
      setFailure(fields.password || fields.name ? "" : sentence(error));
    } else if (reason === "CodeNeeded") {
      setNeedsCode(true);
      setCode("");
      session.rememberCode(true);
      setErrors(
        code === ""
          ? { code: "This desk asks for a code, too. Check the password and enter the code." }
          : { password: `${needsName ? "Name, password" : "Password"} or code is wrong.` },
      );
    } else if (status === 401) {
      setErrors({ password: needsName ? "Name or password is wrong." : "The password is wrong." });
    } else if (status === 429) {
      setWait(retry_after_s ?? 30);
    } else {
      setFailure(sentence(error));
    }
  };

  return (
    <form ref={form} class="login-form" onSubmit={submit} noValidate>
      {needsName && (
        <TextInput
          label="Name"
          error={errors.name}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          value={name}
          onInput={setName}
        />
      )}
      <TextInput
        label="Password"
        error={errors.password}
        type="password"
        name="password"
        autocomplete="current-password"
        first
        value={password}
        onInput={setPassword}
      />
      {needsCode && (
        <TextInput
          label="Code of your authenticator app"
          error={errors.code}
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          value={code}
          onInput={setCode}
        />
      )}
      <label class="check">
        <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
        <span>Keep me signed in on this device</span>
      </label>
      <button type="submit" class="primary" disabled={busy || wait_s > 0}>
        {busy ? "Logging in…" : "Log in"}
      </button>
      <div role="alert" class="login-status">
        {wait_s > 0 && <p class="error">Too many tries. You can try again in {waitText(wait_s)}.</p>}
        {failure && <p class="error">{failure}</p>}
      </div>
      {onLeave && (
        <p>
          <Button class="quiet" onClick={onLeave}>
            Leave the desk
          </Button>
        </p>
      )}
    </form>
  );
}

function waitText(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
