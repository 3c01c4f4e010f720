import { type Answered, postUntilAnswered, type Trouble } from "../lib/browser/post-form.ts";

export type Answer = { signed: string } | { refused: Document };

/** Sends a form until there is an answer: signed, or a page that says why not. Null when it was stopped. */
export async function signUntilAnswered(
  address: string,
  body: URLSearchParams,
  stopped: AbortSignal,
  say: (trouble: Trouble) => void,
): Promise<Answer | null> {
  const answered = await postUntilAnswered(address, () => body, stopped, say);
  return answered && readAnswer(answered);
}

/** The page that confirms holds no form. */
function readAnswer({ page, taken }: Answered): Answer {
  return taken !== null && !page.querySelector("#waiver-form") ? { signed: taken } : { refused: page };
}
