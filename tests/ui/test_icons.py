"""The drawings: well-formed, one grid, one colour, nothing that acts."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import TemplateDoesNotExist

from portal.ui.templatetags.ui import icon

ROOT = Path(__file__).resolve().parents[2]
DRAWINGS = sorted((ROOT / "templates" / "icons").glob("*.svg"))
STATUS_SHAPES = set(
    "draft submitting in-review verified warning rejected suspended expired deleted unknown".split()  # noqa: SIM905
)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_plain_and_takes_the_colour_around_it(drawing: Path) -> None:
    svg = ElementTree.fromstring(drawing.read_text())
    assert svg.tag == "svg"
    assert svg.get("viewBox") == ("0 0 24 24" if drawing.stem == "logo" else "0 0 16 16")
    colours = {one.get(key) for one in svg.iter() for key in ("fill", "stroke")}
    assert colours <= {None, "none", "currentColor"}
    assert "currentColor" in colours
    assert {one.tag for one in svg.iter()} <= {"svg", "path", "circle", "rect"}
    attributes = {key for one in svg.iter() for key in one.attrib}
    assert not attributes & {"id", "style", "href", "class"}
    assert not [key for key in attributes if key.startswith("on")]


def test_every_status_has_a_shape_of_its_own() -> None:
    shapes = {drawing.stem: drawing.read_text() for drawing in DRAWINGS if drawing.stem in STATUS_SHAPES}
    assert shapes.keys() == STATUS_SHAPES
    assert len(set(shapes.values())) == len(shapes)


def test_an_icon_is_hidden_from_screen_readers_unless_it_speaks() -> None:
    assert 'aria-hidden="true"' in icon("check")
    assert 'role="img" aria-label="Close &quot;it&quot;"' in icon("close", label='Close "it"')


def test_the_name_of_an_icon_is_never_a_path() -> None:
    with pytest.raises(ValueError, match="not the name"):
        icon("../404")
    with pytest.raises(TemplateDoesNotExist):
        icon("no-such-drawing")


def test_the_favicon_is_well_formed() -> None:
    ElementTree.fromstring((ROOT / "static" / "favicon.svg").read_text())
