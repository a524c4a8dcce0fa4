"""What axe does not ask of a page: language, headings, names read aloud, focus, targets, zoom, motion.

Each function looks at a page as it stands and returns faults in words. WCAG 2.2 numbers stand beside them.
"""

from typing import Any

from playwright.sync_api import Page

# Roles of the accessibility tree that somebody operates or that stand for a picture (4.1.2, 1.1.1).
_NAMED = {
    *("button", "link", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "spinbutton"),
    *("slider", "switch", "menuitem", "tab", "image", "img", "DisclosureTriangle"),
}
# Every window width here is CSS pixels: 1280 at 200 % and at 400 % (1.4.10).
ZOOMS = (640, 320)

_PAGE = """(lang) => {
  const root = document.documentElement, wrong = [];
  const shown = (e) => e.checkVisibility({visibilityProperty: true});
  if (!root.lang || (lang && root.lang !== lang))
    wrong.push(`the page says it is in "${root.lang}", not "${lang}" (3.1.1)`);
  if (!document.title.trim()) wrong.push("no title (2.4.2)");
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown);
  const first = levels.filter((e) => e.localName === "h1").length;
  if (first !== 1) wrong.push(`${first} first headings (h1) instead of one`);
  levels.forEach((e, n) => {
    const before = n ? Number(levels[n - 1].localName[1]) : 0;
    if (Number(e.localName[1]) > before + 1)
      wrong.push(`heading <${e.localName}> after <h${before}>: ${e.textContent.trim().slice(0, 60)} (1.3.1)`);
  });
  for (const e of document.querySelectorAll("[tabindex]"))
    if (e.tabIndex > 0) wrong.push(`tabindex ${e.tabIndex}: ${e.outerHTML.slice(0, 80)} (2.4.3)`);
  for (const e of document.querySelectorAll("a[href], button, summary, select, input, textarea")) {
    const box = (e.matches("input[type=radio], input[type=checkbox]") && e.closest("label") || e)
      .getBoundingClientRect();
    if (!shown(e) || e.matches(".skip, [type=hidden]") || !box.width || e.closest("svg")) continue;
    if (e.localName === "a" && getComputedStyle(e).display === "inline") continue;
    if (box.width < 23.5 || box.height < 23.5)
      wrong.push(`${box.width | 0} × ${box.height | 0} px: ${e.outerHTML.slice(0, 80)} (2.5.8)`);
  }
  return wrong;
}"""

_WIDE = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return null;
  const e = [...document.body.querySelectorAll("*")].find((e) => !e.firstElementChild
    && e.checkVisibility() && e.getBoundingClientRect().right > root.clientWidth + 1);
  return `${over} px too wide at ${innerWidth}: ${e ? e.outerHTML.slice(0, 100) : ""} (1.4.10)`;
}"""

# Each stop of the Tab key is noted with its place among all there are in the document.
_WATCH_FOCUS = """() => {
  const open = (e) => e.checkVisibility({visibilityProperty: true})
    && !(e.closest("details:not([open])") && !e.matches("details > summary"));
  const all = [...document.querySelectorAll("a[href], button, summary, select, input, textarea, [tabindex]")]
    .filter((e) => !e.disabled && e.tabIndex >= 0 && e.type !== "hidden" && (open(e) || e.matches(".skip")))
    .filter((e) => e.type !== "radio" || !e.name || e.checked ||
      !document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]:checked`));
  const met = window.hamrohMet = {places: [], unseen: []};
  document.activeElement?.blur?.();
  getSelection().removeAllRanges();
  document.addEventListener("focusin", ({target}) => {
    met.places.push(all.indexOf(target));
    const marks = [target, target.closest("label"), target.querySelector("path"), target.nextElementSibling]
      .filter(Boolean).map((e) => getComputedStyle(e));
    if (!marks.some((s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0)
        || s.boxShadow !== "none" || parseFloat(s.strokeWidth) > 3))
      met.unseen.push(target.outerHTML.slice(0, 80));
  });
  met.all = all;
  // Tab stops several times in a date: day, month, year, and the calendar.
  const inside = {date: 3, time: 3, "datetime-local": 6, month: 2, week: 2};
  return all.reduce((sum, e) => sum + 1 + (inside[e.type] || 0), 0);
}"""
_MET = """() => {
  const {places, unseen, all} = window.hamrohMet, wrong = [];
  for (let n = 1; n < places.length; n++)
    if (places[n] >= 0 && places[n] <= places[n - 1] && places[n] !== 0)
      wrong.push(`Tab goes back to ${all[places[n]].outerHTML.slice(0, 80)} (2.4.3)`);
  const met = new Set(places);
  all.forEach((e, n) => {
    const group = e.type === "radio" && e.name
      ? all.some((o, m) => o.type === "radio" && o.name === e.name && met.has(m)) : false;
    if (!met.has(n) && !group) wrong.push(`Tab never reaches ${e.outerHTML.slice(0, 80)} (2.1.1)`);
  });
  unseen.forEach((html) => wrong.push(`no visible focus on ${html} (2.4.7)`));
  return wrong;
}"""

_MOVING = """() => [...document.querySelectorAll("*")].filter((e) => {
  const s = getComputedStyle(e);
  return s.animationName !== "none" || s.transitionDuration.split(",").some((t) => parseFloat(t) > 0.01);
}).slice(0, 3).map((e) => `moves although motion is reduced: ${e.outerHTML.slice(0, 80)} (2.3.3)`)"""

_LOOK = """() => {
  const asked = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"];
  const bones = new Set(asked.filter((query) => matchMedia(query).matches));
  const bone = (e) => `${e.localName}.${e.getAttribute("class") || ""}.${e.getAttribute("role") || ""}.${
    e.getAttribute("type") || ""} ${e.getAttributeNames().filter((n) => n !== "id").sort()}`;
  for (const e of document.querySelectorAll("*")) bones.add(`${e.parentElement?.localName}>${bone(e)}`);
  return [...bones].sort().join("\\n");
}"""


# What a contrast is reckoned from: ink, nearest ground, size and weight, and for a link what is round it.
_INKS = """() => {
  const inks = new Set();
  const bare = (s) => s.backgroundImage === "none" && /, 0\\)$|transparent/.test(s.backgroundColor);
  for (const e of document.body.querySelectorAll("*")) {
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!(words || e.matches("input, select, textarea")) || !e.checkVisibility()) continue;
    const ink = getComputedStyle(e), around = getComputedStyle(e.parentElement);
    let ground = e, faint = "", style = ink;
    for (let up = e; up; up = up.parentElement)
      if (getComputedStyle(up).opacity !== "1") faint += up.className;
    while (bare(style) && ground.parentElement) style = getComputedStyle(ground = ground.parentElement);
    inks.add([ink.color, style.backgroundColor, style.backgroundImage.slice(0, 80), ink.fontSize,
      ink.fontWeight, faint, e.matches(":disabled, [aria-disabled=true]"), ink.textShadow,
      e.localName === "a" ? `${around.color} ${ink.textDecorationLine} ${ink.display}` : ""].join("|"));
  }
  return [...inks];
}"""


def inks_of(page: Page) -> set[str]:
    """Return the different colours of words on different grounds, as the page stands."""
    return set(page.evaluate(_INKS))


def look_of(page: Page) -> str:
    """Return what a page is made of, without its words: two pages with one look have the same faults.

    Elements with their classes, roles, kinds and the names of their attributes, and the colours asked for.
    """
    found: str = page.evaluate(_LOOK)
    return found


def page_faults(page: Page, lang: str | None = None) -> list[str]:
    """Look at language (where it is known), title, headings, tab indexes and the size of what is pressed."""
    found: list[str] = page.evaluate(_PAGE, lang)
    return found


def width_fault(page: Page) -> list[str]:
    """Say by how much the page is wider than its window, and what stands out."""
    found: str | None = page.evaluate(_WIDE)
    return [found] if found else []


def name_faults(page: Page) -> list[str]:
    """Read the accessibility tree as a screen reader does: whatever is operated has a name (4.1.2)."""
    session = page.context.new_cdp_session(page)
    try:
        nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    known = {node["nodeId"]: node for node in nodes}

    def is_inside_a_picture(node: dict[str, Any]) -> bool:
        """What a named picture is made of is not read apart from it."""
        above = known.get(node.get("parentId", ""))
        while above:
            if above.get("role", {}).get("value") in ("image", "img") and _name(above):
                return True
            above = known.get(above.get("parentId", ""))
        return False

    nameless = [
        node
        for node in nodes
        if not node["ignored"]
        and node["role"].get("value") in _NAMED
        and not _name(node)
        and not is_inside_a_picture(node)
    ]
    return [f"no name for a {node['role']['value']} (4.1.2)" for node in nameless]


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def focus_faults(page: Page) -> list[str]:
    """Press Tab through the whole page: everything is reached, in the document's order, and seen."""
    stops: int = page.evaluate(_WATCH_FOCUS)
    for _ in range(stops + 2):
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate(_MET)
    return found


def motion_faults(page: Page) -> list[str]:
    """Ask for less motion, and look for what would move all the same."""
    page.emulate_media(reduced_motion="reduce")
    found: list[str] = page.evaluate(_MOVING)
    return found
