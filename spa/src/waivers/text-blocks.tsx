import { type ComponentChildren, createElement } from "preact";
import type { Block, Inline } from "../data/contract";
import { previewWaiver } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { Skeleton } from "../ui/page";
import "./text-blocks.css";

/** A waiver's text as guests see it; without a connection as it was typed. */
export function WaiverText({ text }: { text: string }) {
  const { answer: blocks, error } = useAnswer(() => previewWaiver(text), [text]);
  if (blocks) return <TextBlocks blocks={blocks} />;
  return error === null ? <Skeleton rows={2} kind="line" /> : <p class="multiline">{text}</p>;
}

/** The tree that the server reads a text as, in elements: nothing of it is ever HTML. */
export function TextBlocks({ blocks }: { blocks: readonly Block[] }) {
  return <div class="waiver-text stack">{blocks.map(ofBlock)}</div>;
}

function ofBlock(block: Block, key: number): ComponentChildren {
  switch (block.type) {
    case "heading":
      // One below the heading of the page's section.
      return createElement(block.level === 2 ? "h3" : "h4", { key }, block.children.map(ofInline));
    case "paragraph":
      return <p key={key}>{block.children.map(ofInline)}</p>;
    case "list":
      return createElement(
        block.ordered ? "ol" : "ul",
        { key },
        block.items.map((item, index) => <li key={index}>{item.map(ofBlock)}</li>),
      );
    case "quote":
      return <blockquote key={key}>{block.children.map(ofBlock)}</blockquote>;
    case "rule":
      return <hr key={key} />;
    default:
      return null;
  }
}

function ofInline(inline: Inline, key: number): ComponentChildren {
  switch (inline.type) {
    case "text":
      return inline.text;
    case "strong":
      return <strong key={key}>{inline.children.map(ofInline)}</strong>;
    case "emphasis":
      return <em key={key}>{inline.children.map(ofInline)}</em>;
    case "link":
      return isSafe(inline.href) ? (
        <a key={key} href={inline.href} target="_blank" rel="noopener noreferrer">
          {inline.children.map(ofInline)}
        </a>
      ) : (
        inline.children.map(ofInline)
      );
    case "code":
      return <code key={key}>{inline.text}</code>;
    case "break":
      return <br key={key} />;
    default:
      return null;
  }
}

function isSafe(href: string): boolean {
  return /^(https?:\/\/|mailto:|tel:)/i.test(href);
}
