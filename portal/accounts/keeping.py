"""Answers that somebody sent after their sign-in had ended: kept, and offered again after the next one.

They wait in the stranger's session that took the place of the ended one, for the same person only, and
are sent again by that person's own press of a button: a submit to a registry is never repeated by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

KEPT_KEY = "kept_answers"
# In the form that sends them again: then they need not be kept any longer.
MARK = "answers-kept"
# Never kept, because a session is not sealed: the person types these again. Each is named exactly.
NEVER_KEPT = frozenset(
    {
        "csrfmiddlewaretoken",
        MARK,
        "password",
        "oldpassword",
        "password1",
        "password2",
        "code",
        "credential",
        "tax_id",
    }
)
# One's own account: its pages hold little text and many secrets.
NEVER_KEPT_BELOW = "/account/"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the answers were sent, and what they said: (name, value), in their order."""

    path: str
    answers: list[tuple[str, str]]
    left_out: bool


def keep(request: HttpRequest, person: str) -> bool:
    """Keep what `request` posted for `person`; False where nothing of it may or can be kept."""
    if request.path.startswith(NEVER_KEPT_BELOW):
        return False
    answers = [(name, value) for name, values in request.POST.lists() for value in values]
    allowed = [pair for pair in answers if pair[0] not in NEVER_KEPT]
    asked = [pair for pair in answers if pair[0] not in {"csrfmiddlewaretoken", MARK}]
    request.session[KEPT_KEY] = {
        "person": person,
        "path": request.get_full_path(),
        "answers": allowed,
        "left_out": len(allowed) < len(asked) or bool(request.FILES),
    }
    return True


def kept_for(request: HttpRequest, person: UUID) -> Kept | None:
    """What was kept for `person`, or None. Somebody else's answers are thrown away unseen."""
    found: dict[str, Any] | None = request.session.get(KEPT_KEY)
    if found is None:
        return None
    if found["person"] != str(person):
        forget(request)
        return None
    return Kept(found["path"], [(name, value) for name, value in found["answers"]], found["left_out"])


def forget(request: HttpRequest) -> None:
    """Keep them no longer."""
    request.session.pop(KEPT_KEY, None)


def forget_if_sent_again(request: HttpRequest) -> None:
    """Called at every request of somebody who is signed in: the answers are on their way now."""
    if request.method == "POST" and MARK in request.POST:
        forget(request)
