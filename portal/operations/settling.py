"""The page on which an operator says what became of a write that the portal cannot search for itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.settling import NotParked, settle
from portal.operations.events import as_operator
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.models import Organization
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk
from portal.ui.forms import PortalForm

THERE, NOWHERE = "there", "nowhere"


class SettlementForm(PortalForm):
    """What somebody found on the carrier's own pages."""

    found = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[
            (THERE, gettext_lazy("It is there")),
            (NOWHERE, gettext_lazy("It is not there: send it again")),
        ],
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(
        label=gettext_lazy("The carrier's reference"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("If it is there: its id, as the carrier's pages show it."),
    )

    def clean(self) -> dict[str, Any]:
        """A reference with the one answer, none with the other."""
        answers: dict[str, Any] = super().clean() or {}
        found, reference = answers.get("found"), answers.get("reference", "")
        if found == THERE and not reference:
            words = _("Copy the carrier's id into “The carrier's reference”.")
            self.add_error("reference", ValidationError(words))
        if found == NOWHERE and reference:
            words = _("You gave a reference: then it is there. Choose “It is there”, or empty the field.")
            self.add_error("reference", ValidationError(words))
        return answers


@require_http_methods(["GET", "HEAD", "POST"])
@staff(can=Duty.OPERATE, fresh=True)
def settlement(request: StaffRequest, organization_id: UUID, submission_id: UUID) -> HttpResponse:
    """Ask what was found, after saying what each answer does; a second registration costs money."""
    one = get_object_or_404(Organization, pk=organization_id)
    with at_the_desk():
        rows = Submission.everywhere.filter(organization_id=one.pk, pk=submission_id)
        facts = get_object_or_404(rows.values("kind", "purpose", "key", "state", "account", "accepted_at"))
    form = SettlementForm(request.POST) if request.method == "POST" else SettlementForm()
    if facts["state"] != SubmissionState.PARKED:
        return _settled_already(request, one)
    if form.is_bound and form.is_valid():
        by = as_operator(request.on_duty.actor)
        try:
            settle(one.pk, submission_id, form.cleaned_data["reference"], by=by, times=clock.read())
        except NotParked:
            return _settled_already(request, one)
        messages.success(
            request, _("It goes on from there. Its organization reads on its page what happens.")
        )
        return redirect("operations:organization", one.pk)
    context = {"one": one, "form": form, "facts": facts, "short_key": str(facts["key"])[:8].upper()}
    return render(request, "operations/settlement.html", context, status=422 if form.is_bound else 200)


def _settled_already(request: StaffRequest, one: Organization) -> HttpResponse:
    messages.warning(request, _("Nobody has to decide about it any more."))
    return redirect("operations:organization", one.pk)
