"""The rules of the style sheets, read from the files: what no reviewer should have to remember."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted([*(ROOT / "static" / "css").rglob("*.css"), *(ROOT / "portal").rglob("static/**/*.css")])
TOKENS = ROOT / "static" / "css" / "tokens.css"
# Mails are no pages: mail programs read inline styles and nothing else. See tests/notifications/test_letters.py.
MAILS = {"mail", "email"}
TEMPLATES = sorted(
    path
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "portal").rglob("templates/**/*.html")]
    if path.parent.name not in MAILS
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STRING = re.compile(r'"[^"]*"')
# The colours of the person's own system, allowed where the system has taken over.
SYSTEM = {"Highlight", "LinkText", "currentColor", "transparent"}
NAMED = re.compile(
    r"\b(white|black|gr[ae]y|silver|red|maroon|orange|yellow|olive|lime|green|teal|aqua|cyan|blue|navy|purple"
    r"|magenta|fuchsia|pink|brown|gold|beige|ivory|coral|crimson|indigo|violet|tomato|salmon|khaki|tan)\b"
)
FUNCTION = re.compile(r"\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(")
PHYSICAL = re.compile(
    r"[{;]\s*((?:(?:min|max)-)?(?:width|height)|left|right|top|bottom|(?:margin|padding|border)-(?:left|right|top|bottom)"
    r"[a-z-]*)\s*:|text-align\s*:\s*(left|right)|float\s*:"
)


def css(sheet: Path) -> str:
    """The rules of a sheet, without comments and the insides of strings."""
    return STRING.sub('""', COMMENT.sub("", sheet.read_text()))


def name(sheet: Path) -> str:
    """How a failing sheet is called."""
    return str(sheet.relative_to(ROOT))


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Every opening brace: how many style rules stand around it, and what stands before it."""
    stack: list[str] = []
    start = 0
    for place, character in enumerate(text):
        if character in "{};":
            if character == "{":
                head = text[start:place].strip()
                yield sum(not one.startswith("@") for one in stack), head
                stack.append(head)
            elif character == "}":
                stack.pop()
            start = place + 1
    assert not stack


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_every_rule_stands_in_a_layer(sheet: Path) -> None:
    outer = [head for depth, head in blocks(css(sheet)) if depth == 0]
    assert css(sheet).strip().startswith("@layer"), "a rule outside the layers beats every layer"
    assert outer or sheet.name == "00-layers.css"


def test_every_variable_that_is_used_is_defined_somewhere() -> None:
    everything = "\n".join(css(sheet) for sheet in SHEETS)
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", everything))
    used = set(re.findall(r"var\(\s*(--[a-z0-9-]+)", everything))
    assert used <= defined, f"undefined: {sorted(used - defined)}"


def test_every_token_is_used() -> None:
    everything = "\n".join(css(sheet) for sheet in SHEETS)
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", css(TOKENS)))
    used = set(re.findall(r"var\(\s*(--[a-z0-9-]+)", everything))
    assert defined <= used, f"never used: {sorted(defined - used)}"


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != TOKENS], ids=name)
def test_colours_come_from_tokens(sheet: Path) -> None:
    values = re.findall(r":\s*([^;{}]+);", css(sheet))
    raw = [value for value in values if FUNCTION.search(value) or NAMED.search(value) or "#" in value]
    assert not raw


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_stacking_levels_come_from_tokens(sheet: Path) -> None:
    levels = re.findall(r"z-index\s*:\s*([^;]+);", css(sheet))
    assert [level for level in levels if not re.fullmatch(r"var\(--z-[a-z]+\)", level.strip())] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_nothing_is_important_and_no_id_is_styled(sheet: Path) -> None:
    assert "!important" not in css(sheet)
    assert [head for _, head in blocks(css(sheet)) if "#" in head] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_rules_are_nested_at_most_once(sheet: Path) -> None:
    deep = [head for depth, head in blocks(css(sheet)) if depth > 1 and not head.startswith("@")]
    assert deep == []


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_properties_are_logical(sheet: Path) -> None:
    assert [match.group(0).strip("{; \n") for match in PHYSICAL.finditer(css(sheet))] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_only_the_tokens_know_light_and_dark(sheet: Path) -> None:
    if sheet != TOKENS:
        assert "light-dark(" not in css(sheet)
        assert "data-theme" not in css(sheet)
        assert "prefers-color-scheme" not in css(sheet)


def test_every_sheet_is_loaded_in_the_order_of_the_cascade() -> None:
    page = (ROOT / "templates" / "components" / "styles.html").read_text()
    loaded = re.findall(r"static 'css/([^']+)'", page)
    present = [
        str(sheet.relative_to(ROOT / "static" / "css")) for sheet in SHEETS if "static/css" in str(sheet)
    ]
    assert sorted(loaded) == sorted(present)
    assert loaded[:5] == ["00-layers.css", "tokens.css", "reset.css", "base.css", "layout.css"]
    assert loaded[-1] == "utilities.css"
    assert len(loaded) <= 20, "each is a request"


def test_every_class_in_a_template_is_styled() -> None:
    styled = set()
    for sheet in SHEETS:
        for _, head in blocks(css(sheet)):
            styled |= set(re.findall(r"\.([a-z][a-z0-9_-]*)", head))
    unstyled: dict[str, set[str]] = {}
    for template in TEMPLATES:
        text = re.sub(r"\{\{.*?\}\}", "\0", re.sub(r"\{%.*?%\}", " ", template.read_text()))
        for value in re.findall(r'class="([^"]*)"', text):
            for one in value.split():
                if "\0" not in one and one not in styled:
                    unstyled.setdefault(one, set()).add(name(template))
    assert unstyled == {}


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_templates_carry_no_style_and_no_script_of_their_own(template: Path) -> None:
    text = re.sub(r"\{%.*?%\}", " ", template.read_text())
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text), "the content security policy refuses it"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
