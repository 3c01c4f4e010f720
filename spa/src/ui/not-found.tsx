import { session } from "../data/session";
import { href } from "../lib/browser/router";
import { useValue } from "../lib/observable";
import { usePageTitle } from "./page";

/** Says so inside the app, and offers the way on that this visitor has. */
export function NotFound({ what = "There is nothing at this address." }: { what?: string }) {
  usePageTitle("Not found");
  const admin = useValue(session).state === "in";
  return (
    <>
      <h1 tabIndex={-1}>Off the chart</h1>
      <p class="lead">{what}</p>
      {admin ? (
        <p>
          <a class="button primary" href={href("/")}>
            Go to the board
          </a>
        </p>
      ) : (
        <>
          <p>
            If you are a guest, open the link from your invitation again. If it still leads here, ask your captain for a
            new one.
          </p>
          <p>
            <a class="button" href={href("/")}>
              Dispatch desk
            </a>
          </p>
        </>
      )}
    </>
  );
}
