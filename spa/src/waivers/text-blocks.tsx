import { previewWaiver } from "../data/api";
import type { Block, Inline } from "../data/contract";
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
  return (
    <div class="waiver-text">
      <Blocks blocks={blocks} />
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, index) => (
        <OneBlock key={index} block={block} />
      ))}
    </>
  );
}

function OneBlock({ block }: { block: Block }) {
  switch (block.type) {
    case "heading": {
      // One below the heading of the page's section.
      const Heading = block.level === 2 ? "h3" : "h4";
      return (
        <Heading>
          <Inlines inlines={block.children} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p>
          <Inlines inlines={block.children} />
        </p>
      );
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((item, index) => (
            <li key={index}>
              <Blocks blocks={item} />
            </li>
          ))}
        </List>
      );
    }
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.children} />
        </blockquote>
      );
    case "rule":
      return <hr />;
    default:
      return null;
  }
}

function Inlines({ inlines }: { inlines: readonly Inline[] }) {
  return (
    <>
      {inlines.map((inline, index) => (
        <OneInline key={index} inline={inline} />
      ))}
    </>
  );
}

function OneInline({ inline }: { inline: Inline }) {
  switch (inline.type) {
    case "text":
      return <>{inline.text}</>;
    case "strong":
      return (
        <strong>
          <Inlines inlines={inline.children} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Inlines inlines={inline.children} />
        </em>
      );
    case "link":
      return isSafe(inline.href) ? (
        <a href={inline.href} target="_blank" rel="noopener noreferrer">
          <Inlines inlines={inline.children} />
        </a>
      ) : (
        <Inlines inlines={inline.children} />
      );
    case "code":
      return <code>{inline.text}</code>;
    case "break":
      return <br />;
    default:
      return null;
  }
}

function isSafe(href: string): boolean {
  return /^(https?:\/\/|mailto:|tel:)/i.test(href);
}
