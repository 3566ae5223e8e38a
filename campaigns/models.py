"""A campaign: what is texted, to whom and with whose consent, from the first draft to its last renewal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brands.models import Brand, StaleDraft
from campaigns import states
from campaigns.feeds import CalendarFeed
from campaigns.registration import Period, Registration, Reminder, Standing
from portal.audit.recording import Actor, record
from portal.clock import Times
from portal.lifecycle.models import Submission, Watch, watch
from portal.lifecycle.twins import CANCEL
from portal.tenancy.models import TenantModel
from portal.ui.looks import Look

__all__ = ["CalendarFeed", "Campaign", "Period", "Registration", "Reminder", "Standing", "start_draft"]

# The purposes whose payload is the whole campaign: registered (anew), or corrected under its reference.
FILING = ("register", "update")


class Campaign(TenantModel):
    """One SMS campaign as the organization sees it. What stands at the carrier are its registrations: an expired
    one cannot be revived, so submitting again makes another one behind the same campaign.

    While a draft, any answer may be empty; once submitted, what was filed is frozen in the submission of its
    version, and these columns do not change until a rejection makes them the working copy of the next one.
    Lengths are the field's (10DLC campaign fields).
    """

    kind = "campaign"

    status = models.CharField(max_length=12, default=states.DRAFT)
    since = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    saved_at = models.DateTimeField()
    # The key in the database is composite (migration 0002). None until the first step is answered, and again when
    # the draft of a brand is deleted under the draft of a campaign; a submitted one cannot lose its brand.
    brand = models.ForeignKey(
        Brand, on_delete=models.SET_NULL, null=True, db_constraint=False, related_name="campaigns"
    )
    name = models.CharField(_("Campaign name"), max_length=100, blank=True)

    # Requirements (seed): each of the three is needed.
    collects_opt_ins = models.BooleanField(default=False)
    processes_opt_outs = models.BooleanField(default=False)
    answers_help = models.BooleanField(default=False)

    # Details: `consent` holds, by `choices.Consent`, {"words": …, "evidence": …}.
    product = models.CharField(_("Product"), max_length=20, blank=True)
    consent = models.JSONField(default=dict)
    use_case = models.CharField(_("Use case"), max_length=30, blank=True)
    sub_use_cases = models.JSONField(default=list)

    # Carrier questions; None is "not answered yet".
    categories_fit = models.BooleanField(null=True)
    embedded_link = models.BooleanField(null=True)
    embedded_phone = models.BooleanField(null=True)
    age_gated = models.BooleanField(null=True)
    direct_lending = models.BooleanField(null=True)
    # 49 numbers or more are planned: it declares, and asks for nothing by itself.
    number_pool = models.BooleanField(default=False)
    age_gate = models.TextField(_("How age is checked"), max_length=500, blank=True)
    embedded_link_sample = models.CharField(_("Example of a link"), max_length=255, blank=True)

    samples = models.JSONField(default=list)

    # What carriers want beyond the seed.
    description = models.TextField(_("Description"), max_length=4096, blank=True)
    # Composed from the answers unless somebody wrote their own.
    message_flow = models.TextField(_("Message flow"), max_length=2048, blank=True)
    message_flow_own = models.BooleanField(default=False)
    privacy_url = models.CharField(_("Privacy policy"), max_length=255, blank=True)
    terms_url = models.CharField(_("Terms and conditions"), max_length=255, blank=True)
    optin_keywords = models.CharField(_("Opt-in keywords"), max_length=255, blank=True)
    optout_keywords = models.CharField(_("Opt-out keywords"), max_length=255, blank=True)
    help_keywords = models.CharField(_("HELP keywords"), max_length=255, blank=True)
    optin_message = models.CharField(_("Opt-in reply"), max_length=320, blank=True)
    optout_message = models.CharField(_("Opt-out reply"), max_length=320, blank=True)
    help_message = models.CharField(_("HELP reply"), max_length=320, blank=True)

    # None is "not answered yet".
    auto_renewal = models.BooleanField(null=True)

    terms_version = models.CharField(max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)
    terms_accepted_by = models.CharField(max_length=254, blank=True)
    terms_address = models.GenericIPAddressField(null=True)

    # A status word of the carrier that we do not know, while it stands.
    odd_word = models.CharField(max_length=100, blank=True)
    reasons = models.JSONField(default=list)
    # Who rejected it (`carriers.campaigns.Decider`), while it is rejected.
    decided_by = models.CharField(max_length=10, blank=True)
    # The version that is filed, or that is being written: 1 until the first correction.
    version = models.PositiveSmallIntegerField(default=1)
    # The campaign that this one was copied from: no duplicate of it (DESIGN, severities).
    copied_from = models.UUIDField(null=True)
    # Since when an active campaign has no number, which costs after 60 days; None while it has one.
    empty_since = models.DateTimeField(null=True)
    # Until then a deletion can be undone and the carrier is not called. Machine time.
    undo_until = models.DateTimeField(null=True)
    # Where it stood before its deletion was asked for.
    before_deletion = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=list(states.LOOKS)), name="campaign_status_known"
            ),
            # A submitted campaign always says who accepted the terms, and whose it is.
            models.CheckConstraint(
                condition=models.Q(status=states.DRAFT)
                | models.Q(terms_accepted_at__isnull=False, brand__isnull=False),
                name="campaign_terms_accepted",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-created_at"], name="campaigns_newest")]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        """The campaign's own page; a draft's page leads on to the wizard."""
        return reverse("campaigns:detail", args=[self.pk])

    # --- questions

    @property
    def display_name(self) -> str:
        """What people call it; a stand-in for a draft without a name."""
        return self.name or str(_("Untitled campaign"))

    @property
    def is_draft(self) -> bool:
        """Was it never submitted?"""
        return self.status == states.DRAFT

    @property
    def is_editable(self) -> bool:
        """May its answers change: as a draft, or because it has to be corrected?"""
        return self.status in states.EDITABLE

    @property
    def is_waiting(self) -> bool:
        """Can the status change without anybody here doing anything?"""
        return self.status in states.WAITING

    def registration(self) -> Registration | None:
        """What stands for it at the carrier now: the newest registration, None for one that was never taken."""
        return Registration.objects.filter(campaign=self).order_by("-number").first()

    def status_at(self, now: datetime, registration: Registration | None) -> str:
        """Its status at business time `now`, derived: past its end it is expired, whoever has noticed."""
        if self.status == states.ACTIVE and registration is not None and registration.is_over(now):
            return states.EXPIRED
        return self.status

    def sends_at(self, now: datetime, registration: Registration | None) -> bool:
        """May its numbers send at business time `now`? Also while its deletion is asked for: until the carrier has
        ended it, it stands there as before."""
        status = self.before_deletion if self.status == states.DELETING else self.status
        return status == states.ACTIVE and not (registration is not None and registration.is_over(now))

    def look_at(self, now: datetime, registration: Registration | None) -> Look:
        """How the status is shown at business time `now`."""
        if self.odd_word and self.status in states.LIVE:
            return states.unknown(self.odd_word)
        status = self.status_at(now, registration)
        if status == states.ACTIVE and registration is not None:
            if registration.is_partly:
                return states.partly(registration.approved, registration.networks)
            if registration.is_unconfirmed(now):
                return states.UNCONFIRMED
            if registration.is_expiring(now):
                return states.EXPIRING
        return states.LOOKS[status]

    def latest_submission(self) -> Submission | None:
        """The newest write about this campaign; not one that is about its twin."""
        rows = Submission.objects.filter(kind=self.kind, subject_id=self.pk).exclude(purpose=CANCEL)
        return rows.order_by("-accepted_at").first()

    def filing(self, version: int | None = None) -> Submission | None:
        """What was filed as `version` (default: the present one), frozen; None for a draft."""
        rows = Submission.objects.filter(kind=self.kind, subject_id=self.pk, purpose__in=FILING)
        return rows.filter(version=version or self.version).order_by("-accepted_at").first()

    def open_watch(self) -> Watch | None:
        """The wait for the carrier, while there is one."""
        return Watch.objects.filter(kind=self.kind, subject_id=self.pk, closed_at=None).first()

    # --- verbs

    def read_at_once(self, times: Times) -> None:
        """Have the wait that is open read now: whoever reads at this moment reads what was true before."""
        wait = self.open_watch()
        if wait is not None:
            watch(
                self,
                account=wait.account,
                reference=wait.reference,
                key=wait.key,
                first_read_at=times.business,
                business_now=times.business,
            )

    def save_answers(self, answers: dict[str, Any], *, times: Times) -> None:
        """Save one step's answers; only columns that were asked for change.

        Raises StaleDraft when the campaign was submitted in the meantime.
        """
        rows = Campaign.objects.filter(pk=self.pk, status__in=states.EDITABLE)
        if not rows.update(**answers, saved_at=times.business):
            raise StaleDraft
        self.refresh_from_db()

    def delete_draft(self, *, by: Actor, times: Times) -> bool:
        """Delete a draft, keeping the event. False when it was submitted in the meantime."""
        with transaction.atomic():
            record(states.DELETED_DRAFT, self, by=by, at=times.business, detail={"name": self.display_name})
            gone, _per_model = Campaign.objects.filter(pk=self.pk, status=states.DRAFT).delete()
            if not gone:
                transaction.set_rollback(True)
        return bool(gone)


def start_draft(*, organization_id: object, by: Actor, times: Times, brand: Brand | None = None) -> Campaign:
    """A new, empty draft, with its event; or the one this person began and left untouched."""
    with transaction.atomic():
        untouched: Campaign | None = Campaign.objects.filter(
            status=states.DRAFT,
            name="",
            use_case="",
            brand=brand,
            created_by=by.user_id,
            created_by__isnull=False,
        ).first()
        if untouched is not None:
            return untouched
        campaign: Campaign = Campaign.objects.create(
            organization_id=organization_id,
            since=times.business,
            created_at=times.business,
            created_by=by.user_id,
            saved_at=times.business,
            brand=brand,
        )
        record(states.CREATED, campaign, by=by, at=times.business)
    return campaign
