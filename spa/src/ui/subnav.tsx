import type { ComponentChildren, ComponentType } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { href } from "../lib/browser/router";

interface Props {
  label: string;
  /** Whether the label heads the page for all who see it; its `<h1>` is then the name of the current link. */
  heads?: boolean;
  /** What can be done on each of the pages. */
  children?: ComponentChildren;
  links: readonly { name: string; path: string; current: boolean; Count?: ComponentType<CountProps> | undefined }[];
}

/** How much stands on the page of a link, behind its name. */
export interface CountProps {
  current: boolean;
}

/** The pages of one section in one line, which scrolls within itself where it is too long. */
export function SubNav({ label, heads = false, links, children }: Props) {
  const nav = useRef<HTMLElement>(null);
  const place = links.findIndex(({ current }) => current);
  useLayoutEffect(() => showCurrent(nav.current), [place]);
  return (
    <nav ref={nav} class={`subnav no-print${heads ? " subnav-head" : ""}`} aria-label={label}>
      {heads && (
        <b class="only-desktop" aria-hidden="true">
          {label}
        </b>
      )}
      {links.map(({ name, path, current, Count }) => (
        <a key={path} href={href(path)} {...(current ? { "aria-current": "page" as const } : {})}>
          {name}
          {Count && <Count current={current} />}
        </a>
      ))}
      {children}
    </nav>
  );
}

/** Scrolls the current link into the middle of its line. */
export function showCurrent(line: HTMLElement | null | undefined): void {
  const link = line?.querySelector<HTMLElement>("[aria-current]");
  if (line && link) line.scrollLeft = link.offsetLeft - (line.clientWidth - link.offsetWidth) / 2;
}
