"""What holds for how any page looks: it is open to everybody, and fits every window."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (360, 390, 1280)  # pixels: two phones, and the window that browser tests have


def violations(page: Page) -> list[str]:
    """What axe finds wrong with it, by day and by night."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page)
        found += [f"{scheme} {page.url} {entry['id']}: {entry['help']}" for entry in results.response["violations"]]
    return found


def too_narrow(page: Page) -> list[int]:
    """The widths at which it has to be moved sideways."""
    height = page.viewport_size["height"]
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(width)
    return wide
