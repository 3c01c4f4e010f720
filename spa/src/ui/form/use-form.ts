import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import { sentence } from "../page";
import { type Errors, focusFirstError, sentences } from "./field";

interface Attempt {
  /** What is said while it is done. */
  doing: string;
  /** Begins the sentence about a failure. */
  failed: string;
  /** What is wrong with the fields before anything is sent. */
  wrong: Errors;
}

/** A form that is sent by one call of the API: what is being done, and what is wrong with it. */
export function useForm() {
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [doing, setDoing] = useState("");

  /** Does `work` when nothing is wrong, then shows what the server found wrong. */
  const attempt = async (what: Attempt, work: () => Promise<void>) => {
    setErrors(what.wrong);
    setFailure("");
    if (Object.keys(what.wrong).length === 0) {
      setDoing(what.doing);
      try {
        await work();
      } catch (error) {
        if (error instanceof ApiError) setErrors(sentences(error.fields));
        setFailure(`${what.failed} ${sentence(error)}`);
      }
      setDoing("");
    }
    focusFirstError(form.current);
  };
  return { form, errors, setErrors, failure, doing, attempt };
}
