"""Answers that somebody sent after their sign-in had ended: kept, and offered again after the next one.

They wait in the stranger's session that took the place of the ended one, for the same person only, and
are sent again by that person's own press of a button: a submit to a registry is never repeated by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

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
# In a form whose answers are kept although its forgery token is of an earlier sign-in.
PAGE_OF = "page-of"
# One's own account: its pages hold little text and many secrets.
NEVER_KEPT_BELOW = "/account/"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the answers were sent, and what they said: (name, value), in their order.

    `missing` names the secret answers that were given and are not among them; the form asks for those again.
    `left_out`: there are such, or files.
    """

    path: str
    answers: list[tuple[str, str]]
    left_out: bool
    missing: list[str]


def keep(request: HttpRequest, person: str) -> bool:
    """Keep what `request` posted for `person`; False where nothing of it may or can be kept."""
    if request.path.startswith(NEVER_KEPT_BELOW):
        return False
    answers = [(name, value) for name, values in request.POST.lists() for value in values]
    allowed = [pair for pair in answers if pair[0] not in NEVER_KEPT]
    asked = {name for name, value in answers if value} - {"csrfmiddlewaretoken", MARK}
    missing = sorted(asked & NEVER_KEPT)
    request.session[KEPT_KEY] = {
        "person": person,
        "path": request.get_full_path(),
        "answers": allowed,
        "left_out": bool(missing or request.FILES),
        "missing": missing,
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
    answers = [(name, value) for name, value in found["answers"]]
    return Kept(found["path"], answers, found["left_out"], found.get("missing", []))


def page_of(person: UUID) -> str:
    """Stands in a form for whom it was made, without saying who that is."""
    return salted_hmac("accounts.keeping.page_of", str(person), algorithm="sha256").hexdigest()[:32]


def is_own_page(request: HttpRequest, person: UUID) -> bool:
    """Was the form that `request` sends made by us for `person`? Nobody else can know what stands in it."""
    return constant_time_compare(request.POST.get(PAGE_OF, ""), page_of(person))


def forget(request: HttpRequest) -> None:
    """Keep them no longer."""
    request.session.pop(KEPT_KEY, None)


def forget_if_sent_again(request: HttpRequest) -> None:
    """Called at every request of somebody who is signed in: the answers are on their way now."""
    if request.method == "POST" and MARK in request.POST:
        forget(request)
