"""What people do while a brand has to be proven: another e-mail, another address, a password, its digits."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from brands import confirming, contacting, passwords, states
from brands.confirming import NotNow
from brands.forms_reaching import ContactEmailForm, PasswordForm
from brands.models import Brand
from brands.views import detail_page
from portal import clock
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act


@require_POST
@member(can=Act.SUBMIT)
def confirmation(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Have the registry mail the contact person again."""
    brand = get_object_or_404(Brand, pk=brand_id)
    try:
        confirming.ask_again(brand, by=request.acting.actor, times=clock.read())
    except NotNow:
        # A brand that waits for nobody has a page that says so by itself.
        if brand.status == states.CONFIRM:
            messages.info(request, _("The e-mail is not sent again now; the page says why."))
    else:
        messages.success(request, _("The registry is asked to send the e-mail again."))
    return redirect(brand)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def contact(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Another address for the contact person."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not contacting.can_change(brand):
        return redirect(brand)
    if request.method != "POST":
        return render(
            request, "brands/contact.html", {"brand": brand, "form": ContactEmailForm.opened(brand)}
        )
    form = ContactEmailForm(request.POST, draft=brand)
    if not form.is_valid():
        return render(request, "brands/contact.html", {"brand": brand, "form": form}, status=422)
    email = form.cleaned_data["business_contact_email"]
    try:
        contacting.change(brand, email, by=request.acting.actor, times=clock.read())
    except NotNow:
        messages.info(request, _("Another address is being filed already."))
    else:
        messages.success(request, _("The registry is told the new address."))
    return redirect(brand)


@require_POST
@member(can=Act.SUBMIT)
def send_password(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Have a one-time password sent to the mobile phone."""
    brand = get_object_or_404(Brand, pk=brand_id)
    try:
        passwords.ask_for(brand, by=request.acting.actor, times=clock.read())
    except NotNow:
        if brand.status == states.PASSWORD:
            messages.info(request, _("No password is sent now; the page says why."))
    else:
        messages.success(request, _("The one-time password is being sent."))
    return redirect(brand)


@sensitive_post_parameters("password")
@sensitive_variables("form")
@require_POST
@member(can=Act.SUBMIT)
def check_password(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Have the registry check the digits that arrived."""
    brand = get_object_or_404(Brand, pk=brand_id)
    form = PasswordForm(request.POST)
    if brand.status == states.PASSWORD and not form.is_valid():
        return detail_page(request, brand, form=form)
    if not form.is_valid():
        return redirect(brand)
    try:
        passwords.enter(brand, form.cleaned_data["password"], by=request.acting.actor, times=clock.read())
    except NotNow:
        if brand.status == states.PASSWORD:
            messages.info(request, _("These digits are not checked now; the page says why."))
    return redirect(brand)
