"""axe-core on an open page: what it finds, in one line each.

The script is the one inside axe-playwright-python; nothing is fetched.
"""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe as Packaged  # type: ignore[import-untyped]
from playwright.sync_api import Page

# What depends on colours alone. The rest of a page is the same page in the dark.
COLOURS = ("color-contrast", "link-in-text-block")
# No preload: axe would fetch the stylesheets again, for one rule about turning a phone that we do not need.
_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {"target-size": {"enabled": True}},
}
_RUN = """async (options) => (await axe.run(document, options)).violations.map((found) => [
  found.id, found.nodes.map((node) => node.html.slice(0, 160))])"""


class Axe:
    """Ask ``faults`` about a page as it stands; the script is brought to a document once."""

    def __init__(self) -> None:
        self._script = Packaged().axe_script

    def faults(self, page: Page, *rules: str) -> list[str]:
        """Return what axe finds, by all its rules (WCAG 2.2 AA and good practice) or by those named."""
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(self._script)
        options = _OPTIONS | ({"runOnly": {"type": "rule", "values": list(rules)}} if rules else {})
        found: list[tuple[str, list[str]]] = page.evaluate(_RUN, options)
        return [f"{rule}: {json.dumps(nodes, ensure_ascii=False)[1:-1]}" for rule, nodes in found]
