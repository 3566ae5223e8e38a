"""Proofs beyond the registration: external vetting, Authentication+ by e-mail, one-time password by SMS.

All moments are business time. Sources: the vendor's contract for the endpoints, the domain reference
sections 1.8 to 1.10 for what it leaves open (the link lives 7 days, may be sent again for 30 days, a PIN
lives 24 hours); five wrong PINs end one is this registry's own choice, because nobody says a number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from portal.practice import tax_ids
from portal.practice.clock import Moment
from portal.practice.faults.matching import dice
from portal.practice.models import Brand, OneTimePassword, Vetting
from portal.practice.verdicts import after_business_days, traits_of
from portal.practice.webhooks import events
from portal.practice.webhooks.bell import BELL

AUTHENTICATION = "AUTHPLUS"
PROVIDER = "AEGIS"
LINK_LIVES = timedelta(days=7)
RESEND_FOR = timedelta(days=30)
PIN_LIVES = timedelta(hours=24)
WRONG_PINS = 5
SAME_AGAIN = timedelta(days=180)
_STANDARD_TAKES = timedelta(minutes=2)
_SMS_TAKES = timedelta(seconds=10)
_LOW_SCORE = 12


class Contact(StrEnum):
    """How far the proof of a public company's contact is."""

    NONE = "none"
    WAITING = "waiting"
    LINK_OLD = "link_old"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"


class Unfit(Exception):
    """It cannot be done for this brand, or not now; the text is the registry's. `code` is the vendor's."""

    def __init__(self, words: str, code: str = "10015") -> None:
        super().__init__(words)
        self.code = code


def ask_contact(brand: Brand, filed: dict[str, object], at: datetime, *, seed: int) -> None:
    """Send the e-mail of Authentication+ to a new brand's contact, if it is a public company."""
    if filed.get("entityType") == "PUBLIC_PROFIT" or "two_factor" in traits_of(filed):
        _order(brand, PROVIDER, AUTHENTICATION, at, seed=seed, mailed_at=at)


def contact_changed(brand: Brand, moment: Moment) -> None:
    """A new contact gets an e-mail of its own, and 30 days of its own."""
    Vetting.objects.filter(brand=brand, vetting_class=AUTHENTICATION, due_at=None).update(
        ordered_at=moment.business, mailed_at=moment.business
    )


def contact_of(brand: Brand, moment: Moment) -> tuple[Contact, Vetting | None]:
    """How far the newest Authentication+ of a brand is."""
    found = Vetting.objects.filter(brand=brand, vetting_class=AUTHENTICATION).order_by("-id").first()
    if found is None:
        return Contact.NONE, None
    if found.due_at is not None:
        return Contact.CONFIRMED, found
    if moment.business >= found.ordered_at + RESEND_FOR:
        return Contact.EXPIRED, found
    old = moment.business >= (found.mailed_at or found.ordered_at) + LINK_LIVES
    return (Contact.LINK_OLD if old else Contact.WAITING), found


@transaction.atomic
def resend(brand: Brand, moment: Moment) -> None:
    """Send the e-mail again. Raises Unfit."""
    Brand.objects.select_for_update().get(pk=brand.pk)
    state, vetting = contact_of(brand, moment)
    if state in (Contact.NONE, Contact.CONFIRMED) or vetting is None:
        raise Unfit("The brand waits for no 2FA e-mail.")
    if state is Contact.EXPIRED:
        raise Unfit("The 2FA e-mail can be sent again for 30 days only; order an AUTHPLUS vetting instead.")
    Vetting.objects.filter(pk=vetting.pk).update(mailed_at=moment.business)


@transaction.atomic
def confirm(brand: Brand, moment: Moment) -> None:
    """Click the link in the newest e-mail. Raises Unfit."""
    Brand.objects.select_for_update().get(pk=brand.pk)
    state, vetting = contact_of(brand, moment)
    if state is not Contact.WAITING or vetting is None:
        raise Unfit(f"The link leads nowhere: {state}.")
    Vetting.objects.filter(pk=vetting.pk).update(due_at=moment.business)
    transaction.on_commit(BELL.set)


@transaction.atomic
def order(brand: Brand, evp_id: str, vetting_class: str, moment: Moment) -> Vetting:
    """Order an external vetting. Raises Unfit: the same again within 180 days, or for a sole proprietor."""
    Brand.objects.select_for_update().get(pk=brand.pk)
    filed = tax_ids.told(brand.filed)
    if filed.get("entityType") == "SOLE_PROPRIETOR":
        raise Unfit("A sole proprietor cannot be vetted.")
    for one in Vetting.objects.filter(brand=brand, evp_id=evp_id, vetting_class=vetting_class):
        if vetting_class == AUTHENTICATION and one.due_at is None:
            if moment.business < one.ordered_at + RESEND_FOR:
                raise Unfit("This vetting is being processed already.", "10012")
            continue
        running = one.due_at is not None and one.due_at > moment.business
        good = one.score is not None or vetting_class == AUTHENTICATION
        if running or (good and one.due_at is not None and moment.business < one.due_at + SAME_AGAIN):
            raise Unfit("The brand was vetted like this within the last 180 days.", "10012")
    if vetting_class == AUTHENTICATION:
        return _order(
            brand, evp_id, vetting_class, moment.business, seed=moment.seed, mailed_at=moment.business
        )
    traits = traits_of(filed)
    score = _LOW_SCORE if "low_score" in traits else dice(moment.seed, "score", brand.number).randint(50, 99)
    # Standard is done by machine, everything else by people (domain reference, 1.9).
    standard = vetting_class == "STANDARD"
    return _order(
        brand,
        evp_id,
        vetting_class,
        moment.business,
        seed=moment.seed,
        due_at=moment.business + _STANDARD_TAKES if standard else after_business_days(moment.business, 2),
        score=None if "vetting_fails" in traits else score,
    )


def take_in(brand: Brand, evp_id: str, vetting_id: str, token: str, moment: Moment) -> Vetting:
    """Import a vetting that a provider made elsewhere."""
    made = Vetting.objects.filter(brand=brand, evp_id=evp_id, vetting_id=vetting_id).first()
    return made or Vetting.objects.create(
        brand=brand,
        evp_id=evp_id,
        vetting_class="STANDARD",
        vetting_id=vetting_id,
        token=token,
        ordered_at=moment.business,
        due_at=moment.business,
        score=dice(moment.seed, "import", evp_id, vetting_id).randint(50, 99),
    )


@transaction.atomic
def send_pin(brand: Brand, text: str, success_text: str, moment: Moment) -> OneTimePassword:
    """Send a PIN to a sole proprietor's phone; an earlier one counts no more. Raises Unfit."""
    Brand.objects.select_for_update().get(pk=brand.pk)
    phone = brand.filed.get("mobilePhone")
    if brand.filed.get("entityType") != "SOLE_PROPRIETOR" or not phone:
        raise Unfit("Only a sole proprietor with a mobile phone can be sent a one-time password.")
    if brand.outcome == Brand.Outcome.VERIFIED:
        raise Unfit("The brand is verified already.")
    count = OneTimePassword.objects.filter(brand=brand).count()
    chance = dice(moment.seed, "pin", brand.number, count)
    return OneTimePassword.objects.create(
        brand=brand,
        reference=f"OTP{chance.getrandbits(40):010X}",
        pin=f"{chance.randrange(10**6):06}",
        phone=phone,
        text=text,
        success_text=success_text,
        asked_at=moment.business,
    )


def try_pin(brand: Brand, pin: str, moment: Moment) -> None:
    """Prove the phone with the newest PIN. Raises Unfit; a wrong one is counted all the same."""
    with transaction.atomic():
        row = OneTimePassword.objects.select_for_update().filter(brand=brand).order_by("-id").first()
        words = _why_not(row, pin, moment)
        if row is not None and words == "The PIN is wrong.":
            row.wrong += 1
            row.save(update_fields=["wrong"])
        if row is not None and not words:
            row.verified_at = moment.business
            row.save(update_fields=["verified_at"])
            _prove(brand, moment)
    if words:
        raise Unfit(words)


def delivery_of(row: OneTimePassword, moment: Moment) -> tuple[str, datetime]:
    """The vendor's word for how far an SMS is, and since when."""
    if row.verified_at is not None:
        return "VERIFIED", row.verified_at
    if moment.business >= row.asked_at + PIN_LIVES:
        return "EXPIRED", row.asked_at + PIN_LIVES
    if moment.business < row.asked_at + _SMS_TAKES:
        return "PENDING", row.asked_at
    lost = "undelivered" in traits_of(tax_ids.told(row.brand.filed))
    return ("FAILED" if lost else "DELIVERED_HANDSET"), row.asked_at + _SMS_TAKES


def _why_not(row: OneTimePassword | None, pin: str, moment: Moment) -> str:
    if row is None:
        return "No one-time password was sent."
    if row.verified_at is not None:
        return "The brand is verified already."
    if moment.business >= row.asked_at + PIN_LIVES:
        return "The one-time password has expired."
    if row.wrong >= WRONG_PINS:
        return "Too many wrong PINs: ask for a new one."
    return "" if pin == row.pin else "The PIN is wrong."


def _prove(brand: Brand, moment: Moment) -> None:
    """The phone is the proprietor's: the brand is verified, now or as soon as it is registered."""
    row = Brand.objects.select_for_update().get(pk=brand.pk)
    if row.outcome == Brand.Outcome.SELF_DECLARED:
        row.outcome = Brand.Outcome.VERIFIED
        row.due_at = max(row.due_at, moment.business)
        row.announced = False
        row.history.append({"at": moment.business.isoformat(), "act": "phone_proven", "detail": ""})
        row.save(update_fields=["outcome", "due_at", "announced", "history"])
    whole = Brand.objects.select_related("account").get(pk=brand.pk)
    events.update(whole, moment, "BRAND_OTP_VERIFIED", f"The phone of brand {whole.tcr_id} is verified")


def _order(
    brand: Brand,
    evp_id: str,
    vetting_class: str,
    at: datetime,
    *,
    seed: int,
    due_at: datetime | None = None,
    score: int | None = None,
    mailed_at: datetime | None = None,
) -> Vetting:
    count = Vetting.objects.filter(brand=brand).count()
    made = dice(seed, "vetting", brand.number, count).getrandbits(48)
    return Vetting.objects.create(
        brand=brand,
        evp_id=evp_id,
        vetting_class=vetting_class,
        vetting_id=f"V{made:012X}",
        ordered_at=at,
        due_at=due_at,
        score=score,
        mailed_at=mailed_at,
    )
