"""Wizards as data: which steps there are, which of them apply, and where to go next.

Nothing here knows a request, a model or a database. A flow app lists its steps once; its views ask
the wizard. An address is one step, the draft is a row, and a step is complete when its form accepts
what the draft holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from portal.ui.forms import PortalForm


def always(draft: Any) -> bool:
    """The step applies to every draft."""
    return True


@dataclass(frozen=True)
class Step:
    """One page of a wizard. Without a form it only reads back, like the last page before sending."""

    slug: str
    title: str | Promise
    form: type[PortalForm] | None = None
    applies: Callable[[Any], bool] = always
    template: str = "components/wizard_page.html"

    def complete(self, draft: Any) -> bool:
        """Does the form accept what `draft` holds? A step without a form is never complete."""
        return self.form is not None and self.form.stored(draft).is_valid()


class StepStatus(StrEnum):
    """Where a step stands, seen from the current one."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True)
class StepView:
    """A step as `components/steps.html` shows it; `url` is "" where one cannot go yet."""

    step: Step
    number: int
    status: StepStatus
    url: str = ""


class Wizard:
    """Ordered steps. Every question is answered for one draft, since steps may not apply to it."""

    def __init__(self, steps: Sequence[Step]) -> None:
        """Raises ValueError when two steps share a slug."""
        self.steps = tuple(steps)
        if len({step.slug for step in self.steps}) != len(self.steps):
            raise ValueError("two steps of a wizard share a slug")

    def steps_for(self, draft: Any) -> list[Step]:
        """The steps that apply to `draft`, in order."""
        return [step for step in self.steps if step.applies(draft)]

    def get(self, draft: Any, slug: str) -> Step:
        """The step named `slug`. Raises LookupError when it does not exist or does not apply."""
        for step in self.steps_for(draft):
            if step.slug == slug:
                return step
        raise LookupError(slug)

    def after(self, draft: Any, slug: str) -> Step | None:
        """The step that follows `slug`, None after the last."""
        return self._beside(draft, slug, 1)

    def before(self, draft: Any, slug: str) -> Step | None:
        """The step before `slug`, None before the first."""
        return self._beside(draft, slug, -1)

    def first_incomplete(self, draft: Any) -> Step | None:
        """The first step whose form does not accept the draft yet, None when nothing is missing."""
        for step in self.steps_for(draft):
            if step.form is not None and not step.complete(draft):
                return step
        return None

    def onward(self, draft: Any, slug: str, *, returning: bool = False) -> Step | None:
        """Where Continue leads from `slug`, None after the last step.

        `returning`: the person came from the last page to change one answer and goes back there, unless
        the new answer opened a question that is not answered yet.
        """
        if returning:
            return self.first_incomplete(draft) or self.steps_for(draft)[-1]
        return self.after(draft, slug)

    def state(self, draft: Any, current: str, url: Callable[[Step], str] | None = None) -> list[StepView]:
        """Every step with its number and status. Done steps, and the next one to fill in, get their `url`."""
        views: list[StepView] = []
        open_so_far = True
        for number, step in enumerate(self.steps_for(draft), start=1):
            complete = step.complete(draft)
            status = StepStatus.DONE if complete else StepStatus.AHEAD
            if step.slug == current:
                status = StepStatus.CURRENT
            reachable = url is not None and status != StepStatus.CURRENT and (complete or open_so_far)
            views.append(StepView(step, number, status, url(step) if url and reachable else ""))
            open_so_far = open_so_far and complete
        return views

    def _beside(self, draft: Any, slug: str, distance: int) -> Step | None:
        steps = self.steps_for(draft)
        index = steps.index(self.get(draft, slug)) + distance
        return steps[index] if 0 <= index < len(steps) else None
