"""A brand: the company behind the messages, from the first draft to the registry's verdict."""

from __future__ import annotations

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brands import choices, states
from portal.audit.recording import Actor, record
from portal.carriers.contract import BrandFiling
from portal.clock import Times
from portal.lib.tax_ids import masked
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, Watch, accept
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make
from portal.tenancy.models import TenantModel
from portal.ui.looks import Look

# Bump when the text in templates/brands/_terms.html changes; the acceptance keeps the version it saw.
TERMS_VERSION = "2026-11"


class StaleDraft(Exception):
    """Answers came for a brand that is no draft any more."""


class Brand(TenantModel):
    """One 10DLC brand. While a draft, any field may be empty; once submitted, what was filed is frozen
    in its submission and these columns do not change.

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
    tax_id = models.CharField(_("Tax id"), max_length=20, blank=True)

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
        return self.display_name or self.legal_name or str(_("Untitled brand"))

    @property
    def look(self) -> Look:
        """How the status is shown; a word that we do not know is shown as unknown, never as ours."""
        if self.status == states.IN_REVIEW and self.odd_word:
            return states.unknown(self.odd_word)
        return states.LOOKS[self.status]

    @property
    def mark(self) -> str:
        """Changes exactly when the badge does: what a page says it has seen."""
        return f"{self.status}?{self.odd_word}" if self.odd_word else self.status

    @property
    def is_draft(self) -> bool:
        """May it still be edited?"""
        return self.status == states.DRAFT

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
        """The tax id with all but its last four characters hidden."""
        return masked(self.tax_id)

    def filing(self) -> BrandFiling:
        """The brand in the contract's words, exactly as it is filed."""
        return BrandFiling(
            entity_type=self.entity_type,
            legal_name=self.legal_name,
            display_name=self.display_name or self.legal_name,
            country=self.country,
            tax_id=self.tax_id,
            street=self.street,
            city=self.city,
            state=self.state,
            postal_code=self.postal_code,
            website=self.website,
            vertical=self.vertical,
            email=self.email,
            phone=self.phone,
            first_name=self.first_name,
            last_name=self.last_name,
            stock_exchange=self.stock_exchange if self.is_public else "",
            stock_symbol=self.stock_symbol if self.is_public else "",
            business_contact_email=self.business_contact_email if self.is_public else "",
            ip_address=str(self.terms_address or ""),
        )

    def latest_submission(self) -> Submission | None:
        """The newest write about this brand, if it was ever submitted."""
        return Submission.objects.filter(kind=self.kind, subject_id=self.pk).order_by("-accepted_at").first()

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
        """Save one step's answers; only columns that were asked for change.

        Raises StaleDraft when the brand was submitted in the meantime.
        """
        rows = Brand.objects.filter(pk=self.pk, status=states.DRAFT)
        if not rows.update(**answers, saved_at=times.business):
            raise StaleDraft
        self.refresh_from_db()

    def delete_draft(self, *, by: Actor, times: Times) -> bool:
        """Delete a draft, keeping the event. False when it was submitted in the meantime."""
        with transaction.atomic():
            record(states.DELETED_DRAFT, self, by=by, at=times.business, detail={"name": self.name})
            gone, _per_model = Brand.objects.filter(pk=self.pk, status=states.DRAFT).delete()
            if not gone:
                transaction.set_rollback(True)
        return bool(gone)

    def submit(self, *, by: Actor, times: Times) -> Submission:
        """File the brand: move, submission and event in one transaction, then a nudge.

        Raises StaleState when it is no longer a draft; then nothing was filed a second time.
        """
        with transaction.atomic():
            make(states.SUBMIT, self, by=by, at=times.business)
            submission = accept(
                self,
                purpose="register",
                account=gateway.default_account(),
                payload=filing_as_json(self.filing()),
                machine_now=times.machine,
            )
            nudge()
        return submission


def filing_as_json(filing: BrandFiling) -> dict[str, str]:
    """The filing as it is frozen in a submission."""
    return {name: getattr(filing, name) for name in BrandFiling.__dataclass_fields__}


def start_draft(*, organization_id: object, by: Actor, times: Times) -> Brand:
    """A new, empty draft, with its event; or the one this person began and left untouched.

    Going back to the terms and accepting them again then makes no second draft.
    """
    with transaction.atomic():
        untouched: Brand | None = Brand.objects.filter(
            status=states.DRAFT, legal_name="", created_by=by.user_id, created_by__isnull=False
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
