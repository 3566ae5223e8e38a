"""What a page says of its rows: short enough for an address, and nothing that somebody writes there does harm."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.http import QueryDict

from portal.lib.ids import brief, from_brief
from portal.ui.marks import MOST, mark_of, marks_in


def test_an_id_comes_back_from_its_short_form() -> None:
    ids = [uuid4() for _one in range(1000)]
    assert [from_brief(brief(one)) for one in ids] == ids
    assert {len(brief(one)) for one in ids} == {22}


@pytest.mark.parametrize("text", ["", "x", "é" * 22, "=" * 22, "+" * 22, "A" * 21, "A" * 23, "A" * 21 + "B"])
def test_what_is_no_short_id_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        from_brief(text)


def test_marks_are_read_by_id_and_nonsense_is_left_out() -> None:
    ours = uuid4()
    query = QueryDict(mutable=True)
    query.setlist("seen", [mark_of(ours, "on"), "nonsense", f"{uuid4()}:on", ".", "é.x"])
    assert marks_in(query, "seen") == {ours: "on"}


def test_no_more_are_read_than_a_page_has() -> None:
    query = QueryDict(mutable=True)
    query.setlist("seen", [mark_of(uuid4(), "on") for _one in range(MOST + 50)])
    assert len(marks_in(query, "seen")) == MOST
