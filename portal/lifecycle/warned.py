"""What people knew when they sent something: the findings that stood on the page before."""

from __future__ import annotations

from portal.audit.models import Event
from portal.lifecycle.models import Submission


def known_before(filed: Submission | None, *actions: str) -> frozenset[str]:
    """The keys of the findings that the person saw who sent this version; `actions` are the events of sending."""
    if filed is None:
        return frozenset()
    sent = Event.objects.filter(
        organization_id=filed.organization_id,
        object_kind=filed.kind,
        object_id=filed.subject_id,
        action__in=actions,
    )
    # The first of a version is when it was sent; asking for another review of it shows no findings.
    for event in sent.order_by("id"):
        if event.detail.get("version", 1) == filed.version:
            return frozenset(map(str, event.detail.get("findings", [])))
    return frozenset()
