"""What the rules say of a step while somebody fills it in. Nothing is saved and nothing is kept."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from brands.models import Brand
from brands.rules_shown import slots
from brands.wizard import WIZARD
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import announce, is_partial
from portal.ui.slots import changed

# Sent by the step's page: the marks of what its slots show, and the fields whose errors it shows anyway.
SHOWN, SAID = "findings-shown", "findings-said"


@require_POST
@member(can=Act.DRAFT)
def findings(request: MemberRequest, brand_id: UUID, slug: str) -> HttpResponse:
    """The slots of a step that changed, and a word of it for screen readers; 204 when none did."""
    brand = get_object_or_404(Brand, pk=brand_id)
    try:
        form_class = WIZARD.get(brand, slug).form
    except LookupError:
        raise Http404 from None
    if not is_partial(request):
        return redirect("brands:step", brand.pk, slug)
    if form_class is None or not brand.is_editable:
        return HttpResponse(status=204)
    form = form_class(request.POST, draft=brand)
    rows = slots(brand, form, said=request.POST.getlist(SAID))
    new = changed(rows, request.POST.getlist(SHOWN))
    if not new:
        return HttpResponse(status=204)
    response = render(request, "preflight/_slots_changed.html", {"slots": new})
    return announce(response, " ".join(slot.words for slot in new))
