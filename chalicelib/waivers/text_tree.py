"""A waiver's text as a tree: what a preview shows and the page is made of."""

from typing import Annotated, Literal, TypedDict

from chalicelib.core.schemas import Shape


class TextNode(TypedDict):
    type: Literal["text", "code"]
    text: str


class LineBreak(TypedDict):
    type: Literal["break"]


class EmphasisNode(TypedDict):
    type: Literal["strong", "emphasis"]
    children: list["Inline"]


class LinkNode(TypedDict):
    type: Literal["link"]
    href: str
    children: list["Inline"]


class HeadingNode(TypedDict):
    type: Literal["heading"]
    level: Annotated[int, Shape(enum=[2, 3])]
    children: list["Inline"]


class ParagraphNode(TypedDict):
    type: Literal["paragraph"]
    children: list["Inline"]


class ListNode(TypedDict):
    type: Literal["list"]
    ordered: bool
    items: list[list["Block"]]


class QuoteNode(TypedDict):
    type: Literal["quote"]
    children: list["Block"]


class RuleNode(TypedDict):
    type: Literal["rule"]


Inline = TextNode | LineBreak | EmphasisNode | LinkNode
Block = HeadingNode | ParagraphNode | ListNode | QuoteNode | RuleNode


class Preview(TypedDict):
    blocks: list[Block]
