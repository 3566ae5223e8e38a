"""A brand: the company behind the messages, from the first draft to the registry's verdict."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brands import choices, states
from brands.tax_identity import TaxIdentity
from portal.audit.recording import Actor, record
from portal.clock import Times
from portal.lib.sealing import CannotOpen
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, Watch, accept
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make
from portal.lifecycle.twins import CANCEL
from portal.tenancy.models import TenantModel
from portal.ui.looks import Look

# Bump when the text in templates/brands/_terms.html changes; the acceptance keeps the version it saw.
TERMS_VERSION = "2026-11.2"

# The purposes whose payload is the whole brand: registered anew, or corrected under its reference.
FILING = ("register", "update")


class StaleDraft(Exception):
    """Answers came for a brand that cannot be edited any more."""


class Brand(TenantModel):
    """One 10DLC brand. While a draft, any field may be empty; once submitted, what was filed is frozen
    in the submission of its version, and these columns do not change until a rejection makes them the
    working copy of the next version.

    Lengths are the registry's (10DLC brand fields).
    """

    kind = "brand"

    status = models.CharField(max_length=12, default=states.DRAFT)
    since = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    saved_at = models.DateTimeField()

    legal_name = models.CharField(_("Legal company name"), max_length=100, blank=True)
    display_name = models.CharField(_("DBA or brand name"), max_length=100, blank=True)
    entity_type = models.CharField(_("Legal form"), max_length=20, blank=True)
    country = models.CharField(_("Country of registration"), max_length=2, blank=True)
    # The key in the database is composite (migration 0003).
    tax_identity = models.ForeignKey(
        TaxIdentity, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="brands"
    )

    street = models.CharField(_("Street address"), max_length=100, blank=True)
    city = models.CharField(_("City"), max_length=100, blank=True)
    state = models.CharField(_("State or province"), max_length=20, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=10, blank=True)

    website = models.CharField(_("Website"), max_length=100, blank=True)
    vertical = models.CharField(_("Industry"), max_length=50, blank=True)
    stock_exchange = models.CharField(_("Stock exchange"), max_length=10, blank=True)
    stock_symbol = models.CharField(_("Stock symbol"), max_length=10, blank=True)

    email = models.CharField(_("Support e-mail"), max_length=100, blank=True)
    phone = models.CharField(_("Support phone"), max_length=20, blank=True)
    # A sole proprietor's: the one-time password goes there.
    mobile_phone = models.CharField(_("Mobile phone"), max_length=20, blank=True)
    first_name = models.CharField(_("First name"), max_length=100, blank=True)
    last_name = models.CharField(_("Last name"), max_length=100, blank=True)
    business_contact_email = models.CharField(_("Contact's e-mail"), max_length=100, blank=True)

    terms_version = models.CharField(max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)
    terms_accepted_by = models.CharField(max_length=254, blank=True)
    terms_address = models.GenericIPAddressField(null=True)

    reference = models.CharField(max_length=100, blank=True)
    registry_id = models.CharField(max_length=20, blank=True)
    # A status word of the registry that we do not know, while it stands.
    odd_word = models.CharField(max_length=100, blank=True)
    reasons = models.JSONField(default=list)

    # The version that is filed, or that is being written: 1 until the first correction.
    version = models.PositiveSmallIntegerField(default=1)
    score = models.PositiveSmallIntegerField(null=True)
    vetting_class = models.CharField(max_length=30, blank=True)
    # How many campaigns the carrier counts under it; None while it has not said.
    campaigns_there = models.PositiveIntegerField(null=True)
    # When the registry mailed the contact of a listed company.
    confirmation_asked_at = models.DateTimeField(null=True)
    # When the newest of those mails left: its link counts from here, the right to another from the first.
    confirmation_mailed_at = models.DateTimeField(null=True)
    # The newest one-time password: when it was asked for, and how far it is (`passwords.Delivery`).
    password_asked_at = models.DateTimeField(null=True)
    password_state = models.CharField(max_length=10, blank=True)
    password_word = models.CharField(max_length=100, blank=True)
    revetted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=list(states.LOOKS)), name="brand_status_known"
            ),
            # A submitted brand always says who accepted the terms, and when.
            models.CheckConstraint(
                condition=models.Q(status=states.DRAFT) | models.Q(terms_accepted_at__isnull=False),
                name="brand_terms_accepted",
            ),
        ]
        # The list of an organization's brands, by status and age.
        indexes = [models.Index(fields=["organization", "-created_at"], name="brands_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The brand's own page; a draft's page leads on to the wizard."""
        return reverse("brands:detail", args=[self.pk])

    # --- questions

    @property
    def name(self) -> str:
        """What people call it: DBA, else legal name, else a stand-in for an empty draft."""
        return self.display_name or self.registered_name or str(_("Untitled brand"))

    @property
    def registered_name(self) -> str:
        """The name on record: a sole proprietor's is their own, whatever was typed for a company before."""
        # The operator's desk reads a few columns only; there a submitted brand has its `display_name`.
        if "entity_type" not in self.get_deferred_fields() and self.is_sole_proprietor:
            return f"{self.first_name} {self.last_name}".strip()
        return self.legal_name

    @property
    def look(self) -> Look:
        """How the status is shown; a word that we do not know is shown as unknown, never as ours."""
        if self.odd_word and self.status in states.LIVE:
            return states.unknown(self.odd_word)
        return states.LOOKS[self.status]

    @property
    def mark(self) -> str:
        """Changes exactly when the badge does: what a page says it has seen."""
        return f"{self.status}?{self.odd_word}" if self.odd_word else self.status

    @property
    def is_draft(self) -> bool:
        """Was it never submitted?"""
        return self.status == states.DRAFT

    @property
    def is_editable(self) -> bool:
        """May its answers change: as a draft, or because the registry wants them corrected?"""
        return self.status in states.EDITABLE

    @property
    def is_sole_proprietor(self) -> bool:
        """Is it a person without an EIN, who proves a phone instead?"""
        return self.entity_type == choices.EntityType.SOLE_PROPRIETOR

    @property
    def is_waiting(self) -> bool:
        """Can the status change without anybody here doing anything?"""
        return self.status in states.WAITING

    @property
    def is_public(self) -> bool:
        """Is it a listed company, which is asked for exchange, symbol and a contact's own mailbox?"""
        return self.entity_type == choices.EntityType.PUBLIC_PROFIT

    @property
    def masked_tax_id(self) -> str:
        """The tax id with all but its last characters hidden; empty without one, as a sole proprietor is."""
        if self.is_sole_proprietor or self.tax_identity is None:
            return ""
        return self.tax_identity.masked

    def payload(self) -> dict[str, str]:
        """The brand in the contract's words (`BrandFiling`), exactly as it is frozen in a submission.

        The token stands for the tax id, which is put in at the call.
        """
        public, alone = self.is_public, self.is_sole_proprietor
        return {
            "entity_type": self.entity_type,
            "legal_name": self.registered_name,
            "display_name": self.display_name or self.registered_name,
            "country": self.country,
            # One that was typed for a company before stays on file, and is not sent.
            "tax_id": self.tax_identity.token if not alone and self.tax_identity else "",
            "street": self.street,
            "city": self.city,
            "state": self.state,
            "postal_code": self.postal_code,
            "website": self.website,
            "vertical": self.vertical,
            "email": self.email,
            "phone": self.phone,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "stock_exchange": self.stock_exchange if public else "",
            "stock_symbol": self.stock_symbol if public else "",
            "business_contact_email": self.business_contact_email if public else "",
            "ip_address": str(self.terms_address or ""),
            "mobile_phone": self.mobile_phone if alone else "",
        }

    def twins(self) -> models.QuerySet[Brand]:
        """Other brands of the organization with the same tax id, newest first.

        A rejected one is no twin: registering the company anew is what one does after a rejection. One that
        is deleted is none either.
        """
        if self.is_sole_proprietor or self.tax_identity is None:
            return Brand.objects.none()
        same = Brand.objects.filter(tax_identity__fingerprint=self.tax_identity.fingerprint).exclude(
            entity_type=choices.EntityType.SOLE_PROPRIETOR
        )
        return (
            same.exclude(pk=self.pk)
            .exclude(status__in=states.GOING | {states.REJECTED})
            .order_by("-created_at")
        )

    def phone_mates(self) -> models.QuerySet[Brand]:
        """Other sole proprietors' brands of the organization that the same mobile phone stands for, newest first."""
        if not self.is_sole_proprietor or not self.mobile_phone:
            return Brand.objects.none()
        same = Brand.objects.filter(
            mobile_phone=self.mobile_phone, entity_type=choices.EntityType.SOLE_PROPRIETOR
        )
        return (
            same.exclude(pk=self.pk).exclude(status__in=states.GOING | {states.DRAFT}).order_by("-created_at")
        )

    def latest_submission(self) -> Submission | None:
        """The newest write about this brand, if it was ever submitted; not one that is about its twin."""
        rows = Submission.objects.filter(kind=self.kind, subject_id=self.pk).exclude(purpose=CANCEL)
        return rows.order_by("-accepted_at").first()

    def filing(self, version: int | None = None) -> Submission | None:
        """What was filed as `version` (default: the present one), frozen; None for a draft."""
        rows = Submission.objects.filter(kind=self.kind, subject_id=self.pk, purpose__in=FILING)
        return rows.filter(version=version or self.version).order_by("-accepted_at").first()

    def open_watch(self) -> Watch | None:
        """The wait for the registry's verdict, while there is one."""
        return Watch.objects.filter(kind=self.kind, subject_id=self.pk, closed_at=None).first()

    # --- verbs

    def accept_terms(self, *, by: Actor, times: Times) -> None:
        """Keep who accepted which version of the terms, when and from where. Again: the latest stands."""
        self.terms_version = TERMS_VERSION
        self.terms_accepted_at = times.business
        self.terms_accepted_by = by.name
        self.terms_address = by.address
        self.saved_at = times.business
        self.save(
            update_fields=[
                "terms_version",
                "terms_accepted_at",
                "terms_accepted_by",
                "terms_address",
                "saved_at",
            ]
        )

    def save_answers(self, answers: dict[str, str], *, times: Times) -> None:
        """Save one step's answers; only columns that were asked for change. An empty `tax_id` keeps what is
        on file, another one takes its place; one that this brand was filed with before gets its old token.

        Raises StaleDraft when the brand was submitted in the meantime.
        """
        columns: dict[str, Any] = dict(answers)
        tax_id = columns.pop("tax_id", "")
        with transaction.atomic():
            former = self.tax_identity
            if tax_id and not self.has_on_file(tax_id, columns.get("country", self.country)):
                country = columns.get("country", self.country)
                columns["tax_identity"] = self._filed_before(tax_id, country) or TaxIdentity.keep(
                    self.organization_id, tax_id, country
                )
            rows = Brand.objects.filter(pk=self.pk, status__in=states.EDITABLE)
            if not rows.update(**columns, saved_at=times.business):
                raise StaleDraft
            self.refresh_from_db()
            if former is not None and self.tax_identity != former:
                forget(former)

    def has_on_file(self, tax_id: str, country: str) -> bool:
        """Is it the very one that is kept already? Then its token stays."""
        try:
            return (
                self.tax_identity is not None
                and self.tax_identity.country == country
                and self.tax_identity.open() == tax_id
            )
        except CannotOpen:
            return False

    def _filed_before(self, tax_id: str, country: str) -> TaxIdentity | None:
        """The row of a tax id that some version was filed with: going back to it is then no change."""
        frozen = Submission.objects.filter(kind=self.kind, subject_id=self.pk, purpose__in=FILING)
        return TaxIdentity.among(frozen.values_list("payload__tax_id", flat=True), tax_id, country)

    def delete_draft(self, *, by: Actor, times: Times) -> bool:
        """Delete a draft and its tax id, keeping the event. False when it was submitted in the meantime."""
        former = self.tax_identity
        with transaction.atomic():
            record(states.DELETED_DRAFT, self, by=by, at=times.business, detail={"name": self.name})
            gone, _per_model = Brand.objects.filter(pk=self.pk, status=states.DRAFT).delete()
            if not gone:
                transaction.set_rollback(True)
            elif former is not None:
                forget(former)
        return bool(gone)

    def show_tax_id(self, *, by: Actor, times: Times) -> str:
        """The tax id in clear, for one page, with the event that says who saw it; empty without one.

        Raises CannotOpen when its key is missing.
        """
        if self.tax_identity is None:
            return ""
        tax_id = self.tax_identity.open()
        record(states.TAX_ID_SHOWN, self, by=by, at=times.business)
        return tax_id

    def submit(
        self,
        *,
        by: Actor,
        times: Times,
        detail: dict[str, Any] | None = None,
        checked: dict[str, str] | None = None,
    ) -> Submission:
        """File the brand: move, submission and event in one transaction, then a nudge. `detail` is the event's:
        what was known against it (`rules_sending`); `checked` is the payload that this is known of.

        Raises StaleState when it is no longer a draft; then nothing was filed a second time. Raises StaleDraft
        when somebody saved other answers than those that were `checked`; then nothing was filed at all.
        """
        with transaction.atomic():
            # A registry copies the legal name where there is no other, so the brand is called so from here on.
            called = self.display_name or (self.registered_name if self.is_sole_proprietor else "")
            make(states.SUBMIT, self, by=by, at=times.business, detail=detail, display_name=called)
            if checked is not None and self.payload() != checked:
                raise StaleDraft
            submission = accept(
                self,
                purpose="register",
                account=gateway.default_account(),
                payload=self.payload(),
                machine_now=times.machine,
                version=self.version,
            )
            nudge()
        return submission


def forget(former: TaxIdentity) -> None:
    """Delete a tax id that nothing uses any more: no brand, and no submission that may yet be sent or read."""
    used = Brand.objects.filter(tax_identity=former).exists()
    if not used and not Submission.objects.filter(payload__tax_id=former.token).exists():
        TaxIdentity.objects.filter(pk=former.pk).delete()


def start_draft(*, organization_id: object, by: Actor, times: Times) -> Brand:
    """A new, empty draft, with its event; or the one this person began and left untouched.

    Going back to the terms and accepting them again then makes no second draft.
    """
    with transaction.atomic():
        untouched: Brand | None = Brand.objects.filter(
            status=states.DRAFT,
            legal_name="",
            entity_type="",
            created_by=by.user_id,
            created_by__isnull=False,
        ).first()
        if untouched is not None:
            return untouched
        brand: Brand = Brand.objects.create(
            organization_id=organization_id,
            since=times.business,
            created_at=times.business,
            created_by=by.user_id,
            saved_at=times.business,
        )
        record(states.CREATED, brand, by=by, at=times.business)
    return brand
