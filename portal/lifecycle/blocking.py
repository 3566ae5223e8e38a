"""What keeps something from being deleted at the carrier: said by whoever knows, shown before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from portal.audit.recording import Recorded
from portal.lifecycle.models import OPEN, Submission, SubmissionState
from portal.ui.looks import Text

DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that must be gone first: what it is, and what to do about it."""

    what: Text
    to_do: Text
    url: str = ""
    label: Text = ""


class Blocked(Exception):
    """It cannot be deleted now; `blockers` say why."""

    def __init__(self, blockers: list[Blocker]) -> None:
        super().__init__("; ".join(str(one.what) for one in blockers))
        self.blockers = blockers


class Deletable(Recorded, Protocol):
    """A row with a page of its own."""

    def get_absolute_url(self) -> str:
        """The page on which one follows it."""


Finds = Callable[[Any], Iterable[Blocker]]
_finders: dict[str, list[Finds]] = {}


def blocks(kind: str, find: Finds) -> None:
    """Say what of one's own keeps things of `kind` from being deleted: called by upper apps in `ready()`.

    `find` gets the row and gives none or several blockers, in the scope of its organization.
    """
    finders = _finders.setdefault(kind, [])
    if find not in finders:
        finders.append(find)


def blockers_of(row: Deletable) -> list[Blocker]:
    """What is on its way for `row`, and what the apps say that `blocks`; [] when it can be deleted."""
    return [*_on_its_way(row), *(one for find in _finders.get(row.kind, ()) for one in find(row))]


def _on_its_way(row: Deletable) -> Iterable[Blocker]:
    """Something that was sent and not answered could arrive after the deletion."""
    under_way = Submission.objects.filter(kind=row.kind, subject_id=row.pk, state__in=OPEN)
    if not under_way.exclude(purpose=DELETE).exists():
        return
    parked = under_way.filter(state=SubmissionState.PARKED).exists()
    yield Blocker(
        _("Something about it is on its way to the carrier, and the answer is not there yet."),
        _("The portal's operator has to look into it first: send them the reference on its page.")
        if parked
        else _("Wait until it is answered, which its page shows, then delete it."),
        row.get_absolute_url(),
        _("Follow it on its page"),
    )
