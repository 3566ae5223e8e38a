"""A page's form as a browser would send it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from brands.models import Brand
from tests.people import Person

PARTS = {"company", "address", "business", "contact", "terms"}


class _Form(HTMLParser):
    """The controls of the last form in <main> that posts, as name → values."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select: str | None = None
        self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a control would send."""
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and "novalidate" in at and not self._done:
            self._inside, self.fields = True, {}
        if not self._inside:
            return
        if tag == "input":
            ticks = at.get("type") in {"radio", "checkbox"}
            if at.get("name") and (not ticks or "checked" in at):
                self.fields.setdefault(at["name"], []).append(at.get("value", "on" if ticks else ""))
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and self._select and "selected" in at:
            self.fields[self._select] = [at.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        """The first form that fits is the one."""
        if tag == "select":
            self._select = None
        if tag == "form" and self._inside:
            self._inside, self._done = False, True


def address(brand: Brand, slug: str) -> str:
    """Where the step `slug` of `brand` is."""
    return f"/brands/drafts/{brand.pk}/{slug}/"


def text_of(answer: Any) -> str:
    """The page with every run of white space one space."""
    return re.sub(r"\s+", " ", answer.content.decode())


def form_in(answer: Any) -> dict[str, Any]:
    """What a browser would send from the form in `answer`, without the forgery token."""
    found = _Form()
    found.feed(answer.content.decode())
    found.fields.pop("csrfmiddlewaretoken", None)
    return {name: values[0] if len(values) == 1 else values for name, values in found.fields.items()}


def opened(person: Person, brand: Brand, slug: str) -> dict[str, Any]:
    """The step as `person` has it in a tab: what they would send without touching it."""
    return form_in(person.get(address(brand, slug)))


def now(person: Person, brand: Brand) -> Brand:
    """The brand as it is stored."""
    with person.acting():
        return Brand.objects.get(pk=brand.pk)
