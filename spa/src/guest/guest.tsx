import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { GuestEvent, WaiverLanguage } from "../data/contract";
import { readGuest } from "../data/guest";
import { ApiError } from "../data/request";
import { session } from "../data/session";
import { useAnswer } from "../lib/answer";
import { href, query } from "../lib/browser/router";
import { useValue } from "../lib/observable";
import { formatLongDay, formatSpan, localeOf, useNow, zoneName } from "../lib/time";
import { Button } from "../ui/button";
import { Skeleton, setPageOwner, setPageTitle } from "../ui/page";
import { listWaiting } from "../waiver-page/waiting";
import { chooseLanguage, loadWords } from "./languages";
import { waiverPath } from "./waiver-detour";
import { english, type Words } from "./words";
import "./guest.css";

/**
 * What guests see behind their link. It asks for nothing that only admins may see. `link` is what the address ends in:
 * where the link was renewed, it is not the charter's id.
 */
export function GuestPage({ link }: { link: string }) {
  const asked = new URLSearchParams(useValue(query)).get("language") ?? "";
  const words = useWords(chooseLanguage(asked, navigator.languages));
  const { answer: event, error, again } = useAnswer(() => readGuest(link), [link]);
  // On its way while the server is asked.
  const { answer: part, error: partError } = useAnswer(() => import("./details"), []);
  const unknown = error instanceof ApiError && error.status === 404;

  useEffect(() => {
    if (event) setPageOwner(event.operator.name);
    if (words) setPageTitle(unknown ? words.notFound : (event?.title ?? words.yourCharter));
  }, [event, words, unknown]);

  // Coming back from the waiver, guests want to find their name.
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && again();
    window.addEventListener("pageshow", onShow);
    return () => window.removeEventListener("pageshow", onShow);
  }, [link]);

  if (!words) return <Skeleton rows={3} />;
  // Who has chosen a language by hand keeps it at the waiver.
  const signAt = waiverPath(link) + (asked && `?language=${words.language}`);
  return (
    <>
      <Languages words={words} />
      {unknown && <Unknown words={words} />}
      {!event && !unknown && <h1 tabIndex={-1}>{words.yourCharter}</h1>}
      {error !== null && !unknown && (
        <Problem
          words={words}
          what={event ? words.notRenewed : words.notLoaded}
          why={words.problem(error)}
          onRetry={again}
        />
      )}
      {!event && error === null && <Skeleton rows={3} />}
      {event && !unknown && (
        <>
          <Essentials event={event} link={link} signAt={signAt} words={words} />
          {part && <part.Details event={event} words={words} />}
          {partError !== null && (
            <Problem
              words={words}
              what={words.partNotLoaded}
              why={words.checkConnection}
              // Some browsers do not fetch again what has failed once.
              onRetry={() => window.location.reload()}
            />
          )}
          <ToTheDesk event_id={event.event_id} words={words} />
        </>
      )}
    </>
  );
}

/** The words in this language; those before stay until these are there. Null before the first. */
function useWords(language: WaiverLanguage): Words | null {
  const [words, setWords] = useState<Words | null>(language === "en" ? english : null);
  useEffect(() => {
    let latest = true;
    void loadWords(language).then((loaded) => latest && setWords(loaded));
    return () => {
      latest = false;
    };
  }, [language]);
  useLayoutEffect(() => {
    document.documentElement.lang = words?.language ?? "en";
    return () => {
      document.documentElement.lang = "en";
    };
  }, [words]);
  return words;
}

function Languages({ words }: { words: Words }) {
  return (
    <nav class="languages no-print" aria-label={words.languages}>
      {(["en", "es"] as const).map((code) => (
        <a
          key={code}
          lang={code}
          hreflang={code}
          href={`?language=${code}`}
          aria-current={code === words.language ? "true" : undefined}
        >
          {code === "en" ? "English" : "Español"}
        </a>
      ))}
    </nav>
  );
}

function Unknown({ words }: { words: Words }) {
  return (
    <>
      <h1 tabIndex={-1}>{words.notFound}</h1>
      <p class="lead">{words.unknownLink}</p>
      <p>{words.askForLink}</p>
    </>
  );
}

function Problem({ words, what, why, onRetry }: { words: Words; what: string; why: string; onRetry(): void }) {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{what}</p>
      <p>{why}</p>
      <Button onClick={onRetry}>{words.tryAgain}</Button>
    </div>
  );
}

interface EssentialsProps {
  event: GuestEvent;
  link: string;
  signAt: string;
  words: Words;
}

/** When, and the waiver: what comes with the first load. */
function Essentials({ event, link, signAt, words }: EssentialsProps) {
  const now_ms = useNow();
  const locale = localeOf(words.language);
  const cancelled = event.status === "cancelled";
  const over = event.status === "completed" || new Date(event.ends_at).getTime() < now_ms;
  const past = over || event.status === "departed";
  const span = formatSpan(event.starts_at, event.ends_at, event.timezone, locale);
  // The same in both languages, as at the waiver.
  const zone = zoneName(event.starts_at, event.timezone);
  return (
    <>
      <h1 tabIndex={-1} class={cancelled ? "struck" : undefined}>
        {event.title}
      </h1>
      {cancelled && (
        <p class="strip strip-bad">
          <strong>{words.cancelled}</strong> {words.ask(event.operator.name)}
        </p>
      )}
      {!cancelled && past && (
        <p class="strip strip-wait">
          <span>{over ? words.over : words.departed}</span>
          {/* It may still be open; the waiver's page knows. */}
          <a href={signAt}>{words.waiver}</a>
        </p>
      )}
      {listWaiting(waiverPath(link)).length > 0 && (
        <p class="strip strip-bad">
          <span>{words.kept}</span>
          <a href={signAt}>{words.sendNow}</a>
        </p>
      )}
      <section class="panel" aria-label={words.when}>
        <p class="guest-day">{formatLongDay(event.starts_at, event.timezone, locale)}</p>
        <p class="guest-time">
          {span}
          {!span.endsWith(zone) && <small> {zone}</small>}
        </p>
      </section>
      <Waivers event={event} signAt={cancelled || past ? "" : signAt} words={words} />
    </>
  );
}

/** So many names show at once; of more, those who want to know. */
const FEW = 6;

/** The way to sign, and who has: the first of very many, and no names once the charter has sailed. */
function Waivers({ event, signAt, words }: { event: GuestEvent; signAt: string; words: Words }) {
  const { signed, expected, signers } = event.waivers;
  const more = signed - signers.length;
  return (
    <section class="panel guest-sign">
      {signAt && (
        <>
          <h2>{words.everybodySigns}</h2>
          <a class="button primary" href={signAt}>
            {words.sign}
          </a>
          <p class="hint">{words.signHint}</p>
        </>
      )}
      {signers.length === 0 && <p>{words.signed(signed, expected)}</p>}
      {signers.length > 0 && (
        <details open={signers.length <= FEW}>
          <summary>{words.signed(signed, expected)}</summary>
          <ul class="signers">
            {signers.map((name, index) => (
              // Two guests may have the same short name.
              <li key={index}>
                <bdi>{name}</bdi>
              </li>
            ))}
            {more > 0 && <li>{words.more(more)}</li>}
          </ul>
        </details>
      )}
      {signed === 0 && signAt && <p class="nothing">{words.nobodyYet}</p>}
    </section>
  );
}

function ToTheDesk({ event_id, words }: { event_id: string; words: Words }) {
  if (useValue(session).state !== "in") return null;
  return (
    <p class="back no-print">
      <a href={href(`/events/${event_id}`)}>{words.atTheDesk}</a>
    </p>
  );
}
