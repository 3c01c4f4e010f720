/** The entries of the main navigation in their order, each with its icon: the strokes of a drawing of 24 by 24. */
export const sections = {
  Board: "M4 6h2M10 6h10M4 12h2M10 12h10M4 18h2M10 18h10",
  Week: "M4 5h16v15H4zM4 10h16M8 3v4M16 3v4",
  Money: "M3 6h18v12H3zM12 9.5v5M6 12h.1M18 12h.1",
  Mail: "M3 6h18v12H3zM3.5 6.5l8.5 7 8.5-7",
  Waivers: "M6 3h8l4 4v14H6zM9 16c2-4 3-4 3 0 1-2 2-2 3 0M9 9h4",
  "People & boats": "M12 3v12H5zM4 18h16l-2 3H6zM15 7a2 2 0 1 0 .1 0M14 15v-3h3v3",
  Settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
};

/** Each leads to the first page of `shell/pages.tsx` that names it as its section. */
export type SectionName = keyof typeof sections;
