import { render } from "preact";
import { expect, test } from "vitest";
import type { Block } from "../data/contract";
import { TextBlocks } from "./text-blocks";

function shown(...blocks: Block[]): string {
  const root = document.createElement("div");
  render(<TextBlocks blocks={blocks} />, root);
  return root.querySelector(".waiver-text")?.innerHTML ?? "";
}

const text = (words: string) => ({ type: "text" as const, text: words });

test("each kind of block and inline becomes its element", () => {
  expect(
    shown(
      { type: "heading", level: 2, children: [text("Risks")] },
      { type: "heading", level: 3, children: [{ type: "emphasis", children: [text("Sea")] }] },
      { type: "paragraph", children: [text("a"), { type: "break" }, { type: "code", text: "b" }] },
      {
        type: "list",
        ordered: true,
        items: [[{ type: "paragraph", children: [{ type: "strong", children: [text("c")] }] }]],
      },
      { type: "quote", children: [{ type: "rule" }] },
    ),
  ).toBe(
    "<h3>Risks</h3><h4><em>Sea</em></h4><p>a<br><code>b</code></p>" +
      "<ol><li><p><strong>c</strong></p></li></ol><blockquote><hr></blockquote>",
  );
});

test("markup in a text is text, and a link that runs code is its words", () => {
  const link = (href: string) => ({ type: "link" as const, href, children: [text("here")] });
  const html = shown({
    type: "paragraph",
    children: [
      text("<img src=x onerror=alert(1)>"),
      link("javascript:alert(1)"),
      link(" java\nscript:alert(1)"),
      link("data:text/html,x"),
      link("https://example.com/"),
    ],
  });
  expect(html).toBe(
    "<p>&lt;img src=x onerror=alert(1)&gt;hereherehere" +
      '<a href="https://example.com/" target="_blank" rel="noopener noreferrer">here</a></p>',
  );
});

test("a kind that this release does not know is left out", () => {
  expect(shown({ type: "table" } as unknown as Block)).toBe("");
});
