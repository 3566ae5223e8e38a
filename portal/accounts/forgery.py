"""When the forgery check refuses a form: usually a page of ours from before the last sign-in, in another tab."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts import keeping
from portal.accounts.models import User
from portal.ui.htmx import is_partial
from portal.ui.views import csrf_failure


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Nothing is done. What a page of ours sent that was made for this very person is kept, and offered to be
    sent again by their own press of a button; anything else gets the 403 page, and nothing of it is kept.
    """
    user = request.user
    own = isinstance(user, User) and not is_partial(request) and keeping.is_own_page(request, user.pk)
    if own and keeping.keep(request, str(user.pk)):
        return redirect("accounts:kept")
    return csrf_failure(request, reason)
