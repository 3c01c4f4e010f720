import { href } from "../lib/router";

interface Props {
  label: string;
  links: readonly { name: string; path: string; current: boolean }[];
  /** More links than fit into one row of a phone. */
  many?: boolean;
}

/** The pages of one section, below the heading of the desk. */
export function SubNav({ label, links, many = false }: Props) {
  return (
    <nav class={`subnav no-print${many ? " subnav-many" : ""}`} aria-label={label}>
      {links.map(({ name, path, current }) => (
        <a key={path} href={href(path)} {...(current ? { "aria-current": "page" as const } : {})}>
          {name}
        </a>
      ))}
    </nav>
  );
}
