"""Another mailbox for the contact person of a listed company, while the registry waits for them.

The registry mails the new address by itself and gives it thirty days of its own. Nothing else that was filed
changes, so this is no new version of the brand.
"""

from __future__ import annotations

from django.db import transaction

from brands import states
from brands.confirming import NotNow, words_of
from brands.lifecycle import registered
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import REGISTRY, Actor, record
from portal.carriers.contract import Carrier, Created, Reason
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission, accept, latest
from portal.lifecycle.nudge import nudge

PURPOSE = "contact"


def can_change(brand: Brand) -> bool:
    """May the contact's address be another one now, at this carrier?"""
    filed = brand.filing()
    return (
        brand.status == states.CONFIRM
        and filed is not None
        and gateway.carrier(filed.account).capabilities.brand_updates
    )


def change(brand: Brand, email: str, *, by: Actor, times: Times) -> Submission:
    """File `email` in the place of the contact's: submission and event in one transaction, then a nudge.

    Raises NotNow while another one is being filed, and when the brand does not wait for its contact.
    """
    with transaction.atomic():
        row = Brand.objects.select_for_update().get(pk=brand.pk)
        last, filed = latest(row, PURPOSE), row.filing()
        if filed is None or not can_change(row) or (last is not None and last.state in OPEN):
            raise NotNow
        submission = accept(
            row,
            purpose=PURPOSE,
            account=filed.account,
            payload={**filed.payload, "business_contact_email": email},
            machine_now=times.machine,
            version=row.version,
        )
        record(states.CONTACT_ASKED, row, by=by, at=times.business)
        nudge()
    return submission


class ContactChange:
    """The purpose "contact": everything as it was filed, but for the contact's address. Safe to repeat."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Replace what is filed."""
        reference, key = registered(submission)
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            carrier.update_brand(reference, tax_ids.filing(submission.payload), key=key)
        return Created(reference)

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Does the registry hold the new address?"""
        reference, _key = registered(submission)
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            seen = carrier.read_brand(reference)
        same = seen.filed.get("business_contact_email") == submission.payload["business_contact_email"]
        return Created(reference) if same else None

    def filed(self, submission: Submission, times: Times) -> None:
        """The address is the brand's from now on, and the link in its e-mail counts from now."""
        brand = Brand.objects.get(pk=submission.subject_id)
        Brand.objects.filter(pk=brand.pk).update(
            business_contact_email=submission.payload["business_contact_email"],
            confirmation_asked_at=times.business,
            confirmation_mailed_at=times.business,
        )
        record(states.CONTACT_CHANGED, brand, by=REGISTRY, at=times.business)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The old address stays; the page shows the registry's words."""
        brand = Brand.objects.get(pk=submission.subject_id)
        record(states.CONTACT_REFUSED, brand, by=REGISTRY, at=times.business, detail=words_of(reasons))
