"""What the operator says on pages: to everybody or to one organization, on the pages of one topic, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.notifications.models import Notice, Topic
from portal.notifications.notices import publish, withdraw
from portal.operations.events import as_operator
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.models import Organization
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk
from portal.ui.forms import PortalForm
from portal.ui.looks import Look

PAGE = ["GET", "HEAD", "POST"]
# More than anybody reads: the newest ones count.
LONGEST = 200
A_YEAR = timedelta(days=366)

STANDING = Look(pgettext_lazy("notice", "Shown now"), "ok", "verified")
PLANNED = Look(pgettext_lazy("notice", "Planned"), "wait", "submitting")
OVER = Look(pgettext_lazy("notice", "Over"), "mute", "expired")
WITHDRAWN = Look(pgettext_lazy("notice", "Withdrawn"), "mute", "deleted")


class NoticeForm(PortalForm):
    """One notice. Days are those of the page's time zone; the last one counts."""

    scope = forms.ChoiceField(label=gettext_lazy("Topic"), choices=Topic.choices, initial=Topic.EVERYTHING)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text=gettext_lazy("The first sentence says whether the reader has to do something."),
    )
    link = forms.URLField(
        label=gettext_lazy("Address of ‘Read more’"),
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=gettext_lazy("Begins with https://"),
    )
    link_words = forms.CharField(label=gettext_lazy("Words of the link"), required=False, max_length=60)
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("Leave it empty to begin at once."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("It is shown until midnight."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def clean_link(self) -> str:
        """Shown to every organization: nothing but a secure page may be behind it."""
        link: str = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise ValidationError(_("“Address of ‘Read more’” must begin with https://."))
        return link

    def clean_starts_on(self) -> date | None:
        """Not in the past, and not further away than anybody plans."""
        return self._sensible("starts_on")

    def clean_ends_on(self) -> date | None:
        """The same; what stands longer than a year is no notice."""
        return self._sensible("ends_on")

    def clean(self) -> dict[str, Any]:
        """It ends after it starts."""
        answers = super().clean() or {}
        first, last = answers.get("starts_on"), answers.get("ends_on")
        if last is None:
            return answers
        answers["starts_at"] = max(_begin(first), self.now) if first else self.now
        answers["ends_at"] = _begin(last + timedelta(days=1))
        if answers["ends_at"] <= answers["starts_at"]:
            self.add_error("ends_on", _("“Last day” must not lie before the first."))
        return answers

    def _sensible(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        today = timezone.localdate(self.now)
        if day is not None and not today <= day <= today + A_YEAR:
            words = _("“%(label)s” must lie between today and a year from now.")
            raise ValidationError(words % {"label": self.fields[name].label})
        return day

    def as_notice(self, organization: Organization | None) -> Notice:
        """What would be published, for showing it first."""
        answers = self.cleaned_data
        return Notice(
            organization=organization,
            scope=answers["scope"],
            text=answers["text"],
            link=answers["link"],
            link_words=answers["link_words"],
            starts_at=answers["starts_at"],
            ends_at=answers["ends_at"],
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in the list."""

    notice: Notice
    organization: str
    topic: str
    look: Look


@require_safe
@staff(can=Duty.OPERATE)
def notices(request: StaffRequest) -> HttpResponse:
    """Every notice, newest first."""
    now = clock.read().business
    with at_the_desk():
        rows = list(Notice.objects.order_by("-created_at", "-pk")[:LONGEST])
        names: dict[UUID | None, str] = dict(
            Organization.objects.filter(pk__in=[one.organization_id for one in rows]).values_list(
                "pk", "name"
            )
        )
    lines = [
        Line(one, names.get(one.organization_id, ""), str(Topic(one.scope).label), look_of(one, now))
        for one in rows
    ]
    return render(request, "operations/notices.html", {"lines": lines})


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE)
def new_notice(request: StaffRequest) -> HttpResponse:
    """Write a notice, see it as it will be shown, publish it. `?organization=` makes it one for that one alone."""
    organization = _addressed(request)
    times = clock.read()
    form = NoticeForm(request.POST if request.method == "POST" else None, now=times.business)
    if form.is_bound and form.is_valid() and "publish" in request.POST:
        actor = request.on_duty.actor
        publish(
            organization_id=organization.pk if organization else None,
            by=as_operator(actor) if organization else actor,
            at=times.business,
            **{
                name: form.cleaned_data[name]
                for name in ("scope", "text", "link", "link_words", "starts_at", "ends_at")
            },
        )
        messages.success(request, _("The notice is published."))
        return redirect("operations:notices")
    shown = form.as_notice(organization) if form.is_bound and form.is_valid() else None
    topic = Topic(shown.scope).label if shown else ""
    context = {"form": form, "to": organization, "notice": shown, "shown": [shown], "topic": topic}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "operations/notice_new.html", context, status=status)


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE)
def withdrawal(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    """Take a notice off all pages, after showing which."""
    now = clock.read().business
    with at_the_desk():
        notice = get_object_or_404(Notice, pk=notice_id)
    if look_of(notice, now) in {WITHDRAWN, OVER}:
        messages.warning(request, _("This notice is not shown any more."))
        return redirect("operations:notices")
    if request.method != "POST":
        return render(request, "operations/notice_withdrawal.html", {"notice": notice, "shown": [notice]})
    actor = request.on_duty.actor
    withdraw(notice, by=as_operator(actor) if notice.organization_id else actor, at=now)
    messages.success(request, _("The notice is withdrawn."))
    return redirect("operations:notices")


def look_of(notice: Notice, now: datetime) -> Look:
    """Is it shown at business time `now`?"""
    if notice.withdrawn_at is not None:
        return WITHDRAWN
    if notice.ends_at <= now:
        return OVER
    return STANDING if notice.starts_at <= now else PLANNED


def _addressed(request: StaffRequest) -> Organization | None:
    """The one organization that the address names. Raises Http404 for one that there is not."""
    wanted = request.GET.get("organization", "")
    if not wanted:
        return None
    try:
        return get_object_or_404(Organization, pk=UUID(wanted))
    except ValueError:
        raise Http404 from None


def _begin(day: date) -> datetime:
    """Midnight at the beginning of `day` on the wall of whoever reads the page."""
    return timezone.make_aware(datetime.combine(day, time()))
