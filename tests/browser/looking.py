"""What can be measured of a page's looks: accessibility, width, contrast of states."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# With its script: axe-core as the package brings it.
_AXE = Axe()


def axe_findings(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands once nothing moves any more, one line each."""
    # Half way between two colours a text has the contrast of neither.
    page.evaluate(
        """Promise.all(document.getAnimations()
             .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
             .map((one) => one.finished.catch(() => null)))"""
    )
    found = _AXE.run(page).response["violations"]
    return [
        f"{page.url} {one['impact']} {one['id']}: {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
    ]


def overflow(page: Page, width: int) -> list[str]:
    """What sticks out of a window of that width, so that one would have to scroll sideways."""
    page.set_viewport_size({"width": width, "height": 844})
    if page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"):
        return []
    out: list[str] = page.evaluate(
        """[...document.body.querySelectorAll('*')]
           .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
           .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return [f"{page.url} at {width}: {one}" for one in out] or [f"{page.url} is wider than {width}"]
