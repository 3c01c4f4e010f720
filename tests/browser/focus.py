"""Where the keyboard's focus goes, and whether it can be seen."""

from playwright.sync_api import Locator, Page

MANY_STOPS = 80
SHOWS_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  // On the calendar button inside a date's field, the browser draws its own frame.
  if (at.matches("[type^=date]") && !at.matches(":focus-visible")) return "";
  // A choice is drawn by the label's text beside its input.
  const drawn = [at, at.nextElementSibling].filter(Boolean).map((element) => getComputedStyle(element));
  const shown = drawn.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  const box = at.closest("label, summary")?.getBoundingClientRect() ?? at.getBoundingClientRect();
  const visible = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth;
  return shown && visible ? "" : at.outerHTML.slice(0, 200);
}"""


def tab_to(page: Page, goal: Locator) -> None:
    for _ in range(MANY_STOPS):
        if goal.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{goal} cannot be reached with Tab")


def stops_without_a_ring(page: Page) -> list[str]:
    """Tabs once around the page; returns the elements on which the focus cannot be seen."""
    hidden: list[str] = []
    for _ in range(MANY_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(SHOWS_FOCUS)
        if found is None:
            break
        if found and found not in hidden:
            hidden.append(found)
    return hidden
