"""`{% notices %}`: what the operator has to say on this page."""

from __future__ import annotations

from typing import Any

from django import template

from portal import clock
from portal.notifications.context import in_scope
from portal.notifications.notices import in_force, topics_of

register = template.Library()


@register.inclusion_tag("notifications/_notices.html", takes_context=True)
def notices(context: template.Context, *topics: str) -> dict[str, Any]:
    """The notices of `topics`, by default those of the page; none where nobody acts for an organization."""
    request = context.get("request")
    if request is None or not in_scope(request):
        return {"notices": []}
    match = request.resolver_match
    about = topics or topics_of([match.view_name, *match.namespaces] if match else [])
    acting = request.acting
    return {
        "notices": in_force(clock.read().business, about, user_id=acting.user.pk),
        "may_dismiss": not acting.visiting,
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }
