"""Addresses for a real server in tests: what a connection shows, views that raise half-way, a stream, an upload.

They stand in front of the portal's own. Nothing of the product imports this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from brands.models import Brand, start_draft
from portal import clock
from portal.audit.recording import Actor
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.tenancy.scope import acting_for

# So many rows per query of a stream: it asks again and again while it is being read.
BATCH = 5


def shown() -> dict[str, Any]:
    """What this connection sees without any filter, and for whom it was opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(json_agg(display_name ORDER BY id), '[]') FROM brands_brand")
        names = cursor.fetchone()[0]
        cursor.execute(
            "SELECT current_setting('app.organization_id', true), current_setting('app.user_id', true), current_user"
        )
        organization, person, role = cursor.fetchone()
    names = json.loads(names) if isinstance(names, str) else names
    return {"names": names, "organization": organization, "person": person, "role": role}


@member(can=Act.VIEW)
def rows(request: MemberRequest) -> HttpResponse:
    """Everything that the database shows inside the scope."""
    return JsonResponse(shown())


def bare(request: HttpRequest) -> HttpResponse:
    """Everything that the database shows where nobody opened a scope."""
    return JsonResponse(shown())


@member(can=Act.DRAFT)
def raises(request: MemberRequest) -> HttpResponse:
    """Half of the work is done, with its event, and then something breaks."""
    acting = request.acting
    brand = start_draft(organization_id=acting.organization.pk, by=acting.actor, times=clock.read())
    Brand.objects.update(city="Half-way")
    raise RuntimeError(f"{brand.pk} half-way")


@member(can=Act.DRAFT)
def breaks_in_the_database(request: MemberRequest) -> HttpResponse:
    """The statement itself fails, so that the transaction is broken when it is left."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE brands_brand SET city = 'Half-way'; SELECT 1 / 0")
    return HttpResponse("never")


@member(can=Act.VIEW)
def stream(request: MemberRequest) -> StreamingHttpResponse:
    """All rows, batch by batch, after the view's own transaction has ended."""
    return StreamingHttpResponse(_lines(request.acting.organization.pk, request.acting.actor))


def _lines(organization_id: Any, actor: Actor) -> Iterator[str]:
    with acting_for(organization_id, by=actor):
        for name in (
            Brand.objects.order_by("pk").values_list("display_name", flat=True).iterator(chunk_size=BATCH)
        ):
            yield f"{name}\n"


@csrf_exempt
@member(can=Act.VIEW)
def upload(request: MemberRequest) -> HttpResponse:
    """How many bytes arrived."""
    return HttpResponse(str(len(request.body)))


urlpatterns = [
    path("walls/rows/", rows),
    path("walls/bare/", bare),
    path("walls/raises/", raises),
    path("walls/breaks/", breaks_in_the_database),
    path("walls/stream/", stream),
    path("walls/upload/", upload),
    path("", include("portal.urls")),
]
handler400 = "portal.ui.views.bad_request"
handler403 = "portal.ui.views.forbidden"
handler404 = "portal.ui.views.not_found"
handler500 = "portal.ui.views.server_error"
