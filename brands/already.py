"""The page for Back, a second tab or a double click after a brand has left our hands: what became of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from brands.versions import sendings
from portal.ui.looks import Text

SUBMITTED = _("This brand has already been submitted")
# Status → heading, and what it means for somebody who wanted to edit or submit it.
WORDS: dict[str, tuple[Text, Text]] = {
    states.SUBMITTING: (
        SUBMITTED,
        _(
            "It is on its way to the registry, once, and nothing is sent again. It cannot be edited meanwhile."
        ),
    ),
    states.REJECTED: (
        _("This brand was submitted, and came back"),
        _("The registry could not verify it. Correct its answers, then submit it again."),
    ),
    states.SUSPENDED: (
        SUBMITTED,
        _("It was sent once, and nothing is sent again. The registry has suspended it; its page says more."),
    ),
    states.DELETING: (
        _("This brand is being deleted"),
        _("The registry was asked to delete it, so it can be neither edited nor submitted."),
    ),
    states.DELETED: (
        _("This brand was deleted"),
        _("It stays here for the record. To register the company again, create a new brand."),
    ),
}
OTHERWISE: tuple[Text, Text] = (
    SUBMITTED,
    _("It was sent once, and nothing is sent again. A submitted brand cannot be edited."),
)


def already_submitted(request: HttpRequest, brand: Brand) -> HttpResponse:
    """Says so, with the reference; 409 where something was to be done."""
    heading, lede = WORDS.get(brand.status, OTHERWISE)
    sent = sendings([brand]).get((brand.pk, brand.version))
    context = {
        "brand": brand,
        "submission": brand.filing(),
        "submitted_at": sent.at if sent else None,
        "heading": heading,
        "lede": lede,
        "rejected": brand.status == states.REJECTED,
        "going": brand.status in states.GOING,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "brands/already_submitted.html", context, status=status)
