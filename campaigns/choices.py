"""The field's word lists for a campaign, with labels for people. Codes are what is filed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.TextChoices):
    """Which of the two products the numbers belong to (seed, campaign details)."""

    PHONE = "phone", _("Phone")
    CONTACT_CENTER = "contact_center", _("Contact Center")


class Consent(models.TextChoices):
    """How consent is obtained: the ways that reviewers know (10DLC linter, mechanisms of rule C15)."""

    WEBSITE = "website", _("On a website")
    KEYWORD = "keyword", _("By a text with a keyword")
    VERBAL = "verbal", _("Spoken, for example on the phone")
    PAPER = "paper", _("On paper")
    IN_PERSON = "in_person", _("In person, for example at the counter")
    QR = "qr", _("By a QR code")
    INBOUND = "inbound", _("Customers text us first")


class UseCase(models.TextChoices):
    """Use cases (registry: usecase), the list of 28."""

    TWO_FACTOR = "2FA", _("Two-factor authentication")
    ACCOUNT_NOTIFICATION = "ACCOUNT_NOTIFICATION", _("Account notification")
    CUSTOMER_CARE = "CUSTOMER_CARE", _("Customer care")
    DELIVERY_NOTIFICATION = "DELIVERY_NOTIFICATION", _("Delivery notification")
    FRAUD_ALERT = "FRAUD_ALERT", _("Fraud alert")
    HIGHER_EDUCATION = "HIGHER_EDUCATION", _("Higher education")
    MARKETING = "MARKETING", _("Marketing")
    MIXED = "MIXED", _("Mixed")
    LOW_VOLUME = "LOW_VOLUME", _("Low volume mixed")
    POLLING_VOTING = "POLLING_VOTING", _("Polling and voting")
    PUBLIC_SERVICE_ANNOUNCEMENT = "PUBLIC_SERVICE_ANNOUNCEMENT", _("Public service announcement")
    SECURITY_ALERT = "SECURITY_ALERT", _("Security alert")
    M2M = "M2M", _("Machine to machine")
    CARRIER_EXEMPT = "CARRIER_EXEMPT", _("Carrier exempt")
    AGENTS_FRANCHISES = "AGENTS_FRANCHISES", _("Agents and franchises")
    CHARITY = "CHARITY", _("Charity")
    CONVERSATIONAL = "CONVERSATIONAL", _("Conversational")
    EMERGENCY = "EMERGENCY", _("Emergency")
    K12_EDUCATION = "K12_EDUCATION", _("K-12 education")
    POLITICAL = "POLITICAL", _("Political")
    PROXY = "PROXY", _("Proxy")
    PUBLIC_SAFETY_RESTRICTED = "PUBLIC_SAFETY_RESTRICTED", _("Public safety (restricted)")
    SOCIAL = "SOCIAL", _("Social")
    SWEEPSTAKE = "SWEEPSTAKE", _("Sweepstake")
    SOLE_PROPRIETOR = "SOLE_PROPRIETOR", _("Sole proprietor")
    TRIAL = "TRIAL", _("Platform free trial")
    UCAAS_LOW = "UCAAS_LOW", _("UCaaS low volume")
    UCAAS_HIGH = "UCAAS_HIGH", _("UCaaS high volume")


# What each use case is for, in a sentence (10DLC use cases).
MEANINGS = {
    UseCase.TWO_FACTOR: _("One-time passcodes, password reset, login verification."),
    UseCase.ACCOUNT_NOTIFICATION: _("Reminders, alerts and notices to account holders."),
    UseCase.CUSTOMER_CARE: _("Support and account-management dialogue."),
    UseCase.DELIVERY_NOTIFICATION: _("Status of delivery of a product or service."),
    UseCase.FRAUD_ALERT: _("Warnings about suspicious activity on the user's account."),
    UseCase.HIGHER_EDUCATION: _("Colleges, universities, school districts; not free-to-end-user programmes."),
    UseCase.MARKETING: _("Promotional content only; no transactional content may be mixed in."),
    UseCase.MIXED: _("Two to five standard use cases on one campaign."),
    UseCase.LOW_VOLUME: _("Any mix of standard use cases, small sender, test or demo account."),
    UseCase.POLLING_VOTING: _("Surveys and polls, non political."),
    UseCase.PUBLIC_SERVICE_ANNOUNCEMENT: _("Awareness information about an important issue."),
    UseCase.SECURITY_ALERT: _("A system was compromised and the user must act."),
    UseCase.M2M: _("Device traffic without a human in the loop."),
    UseCase.CARRIER_EXEMPT: _("Exemptions granted by a carrier."),
    UseCase.AGENTS_FRANCHISES: _("One brand, many agents/branches each with a local number."),
    UseCase.CHARITY: _("501(c)(3) fundraising; not religious organisations."),
    UseCase.CONVERSATIONAL: _("Older label for PROXY (still in some enums)."),
    UseCase.EMERGENCY: _("Public safety in disasters; AWS refuses it on 10DLC."),
    UseCase.K12_EDUCATION: _("Platforms for schools grades K-12; not post-secondary."),
    UseCase.POLITICAL: _("527 / 501(c)(4)(5)(6); campaign verification token."),
    UseCase.PROXY: _("App group messaging / number masking with pooled numbers."),
    UseCase.PUBLIC_SAFETY_RESTRICTED: _("Public safety agencies."),
    UseCase.SOCIAL: _("Communication in closed communities."),
    UseCase.SWEEPSTAKE: _("Contests; AWS and several aggregators treat it as disallowed on 10DLC."),
    UseCase.SOLE_PROPRIETOR: _("Only for SOLE_PROPRIETOR brands; mixed content."),
    UseCase.TRIAL: _("CSP free-trial traffic on an MNO-approved brand."),
    UseCase.UCAAS_LOW: _("Unified-communications employee lines, low volume; CSP programme."),
    UseCase.UCAAS_HIGH: _("As above, high volume; CSP programme."),
}

# The categories of the seed's question: "do ALL messages fit …?"
FIVE = (
    UseCase.ACCOUNT_NOTIFICATION,
    UseCase.CUSTOMER_CARE,
    UseCase.DELIVERY_NOTIFICATION,
    UseCase.MARKETING,
    UseCase.PUBLIC_SERVICE_ANNOUNCEMENT,
)

# The two that mix several kinds of messages; the first is what the seed recommends.
MIXED = (UseCase.LOW_VOLUME, UseCase.MIXED)
