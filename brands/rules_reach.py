"""Rules about how the company can be found and reached: address, website, mailboxes, phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import phonenumbers
from django.utils.translation import gettext as _

from brands import choices
from brands import rules_data as data
from brands.refusals import PHONE_ERRORS, POSTAL_ERRORS, WEBSITE_ERRORS
from brands.rules_subject import BrandSubject, Reach
from portal.lib import phones
from portal.lib.domains import host_of, same_owner
from portal.preflight import lists
from portal.preflight.checking import Found
from portal.preflight.findings import Severity

_PO_BOX = re.compile(
    r"\bp\.?\s{0,3}o\.?\s{0,3}box\b|\bpost\s{1,3}office\s{1,3}box\b|\bpo\s?b\.?\s?\d|^\s*box\s{1,3}\d"
    r"|\bcase postale\b|\bc\.p\.\s?\d",
    re.IGNORECASE,
)
_MAIL_DROP = re.compile(r"\bpmb\b|\bc/o\b|\bprivate mail\s?box\b", re.IGNORECASE)
_LOGIN = re.compile(r"/(?:log[-_]?in|sign[-_]?in|wp-admin|admin|account)\b", re.IGNORECASE)


def free_mail(brand: BrandSubject) -> Iterator[Found]:
    """B05. A provider's own staff write from the provider's domain: then it is no free mailbox."""
    host = host_of(brand.email)
    if lists.is_free_mail(host) and not same_owner(host, host_of(brand.website)):
        yield Found(
            "email",
            _("“%(host)s” is a mail service that anybody can use.") % {"host": host},
            _("Use a mailbox at the company's own domain if there is one."),
        )


def mail_domain(brand: BrandSubject) -> Iterator[Found]:
    """B06."""
    site = host_of(brand.website)
    mail = host_of(brand.email)
    if mail and site and not lists.is_free_mail(mail) and not same_owner(mail, site) and not _is_page(site):
        yield Found(
            "email",
            _("The mailbox is at “%(mail)s” and the website at “%(site)s”.") % {"mail": mail, "site": site},
            _(
                "Use a mailbox at the website's domain, or make sure that the website names the other one too."
            ),
        )
    contact = host_of(brand.business_contact_email)
    if not brand.is_public or not contact:
        return
    if lists.is_free_mail(contact) and not same_owner(contact, site):
        yield Found(
            "business_contact_email",
            _("“%(host)s” is a mail service that anybody can use: it proves nothing about the company.")
            % {"host": contact},
            _(
                "Give the contact person's mailbox at the company's own domain; the confirmation link goes there."
            ),
            Severity.REJECT,
        )
    elif site and not same_owner(contact, site) and not _is_page(site):
        yield Found(
            "business_contact_email",
            _("The contact's mailbox is at “%(mail)s” and the website at “%(site)s”.")
            % {"mail": contact, "site": site},
            _("Give a mailbox at the website's domain if the contact person has one."),
        )


def _is_page(site: str) -> bool:
    """Is it a page on somebody else's site, whose mailboxes the company cannot have?"""
    return lists.is_listed(site, lists.SOCIAL) or lists.is_listed(site, lists.SHORTENERS)


def role_mailbox(brand: BrandSubject) -> Iterator[Found]:
    """B07."""
    local, _at, host = brand.business_contact_email.partition("@")
    if brand.is_public and host and local.split("+")[0].casefold() in lists.ROLE_MAILBOXES:
        yield Found(
            "business_contact_email",
            _("“%(local)s” is a shared mailbox.") % {"local": local},
            _(
                "Give one person's own mailbox: registries send the confirmation link to a person, not to a group."
            ),
        )


def mail_drop(brand: BrandSubject) -> Iterator[Found]:
    """B08."""
    if found := _PO_BOX.search(brand.street):
        yield Found(
            "street",
            _("“%(words)s” reads like a post-office box.") % {"words": found[0].strip()},
            _("Give the address where the company works, as its tax records have it."),
        )
    elif found := _MAIL_DROP.search(brand.street):
        yield Found(
            "street",
            _("“%(words)s” reads like somebody else's address that takes mail.") % {"words": found[0]},
            _("Give the company's own address, if it has one."),
        )


def postal_code(brand: BrandSubject) -> Iterator[Found]:
    """B09."""
    code = brand.postal_code.strip().upper()
    names = dict(choices.REGIONS.get(brand.country, ()))
    if brand.state and names and brand.state not in names:
        yield Found(
            "state",
            _("“%(state)s” is no state, province or territory of the country.") % {"state": brand.state},
            _("Choose one from the list."),
            Severity.ERROR,
        )
    if not code or brand.country not in choices.REGIONS:
        return
    canada = brand.country == "CA"
    if not (data.CANADIAN_CODE if canada else data.ZIP).fullmatch(code):
        yield Found(
            "postal_code",
            _("“%(code)s” is no postal code of the country.") % {"code": brand.postal_code},
            str(POSTAL_ERRORS[brand.country]),
            Severity.ERROR,
        )
    elif brand.state in names:
        yield from _elsewhere(code, brand.state, names, canada=canada)


def _elsewhere(code: str, state: str, names: dict[str, str], *, canada: bool) -> Iterator[Found]:
    prefix = code[:3]
    if canada:
        homes = {data.PROVINCE_OF.get(prefix) or data.PROVINCE_OF.get(prefix[0])} - {None}
    else:
        homes = {one for one, prefixes in data.ZIP3.items() if prefix in prefixes}
    if state in homes:
        return
    where = " / ".join(sorted(str(names[one]) for one in homes if one in names))
    if where:
        message = _(
            "Codes that begin with %(prefix)s belong to %(where)s, and the address says %(state)s."
        ) % {
            "prefix": prefix,
            "where": where,
            "state": names[state],
        }
    else:
        message = _("No code that we know of begins with %(prefix)s.") % {"prefix": prefix}
    yield Found("postal_code", message, _("Compare code and state with the tax office's letter."))


def website(brand: BrandSubject) -> Iterator[Found]:
    """B11."""
    if not brand.website:
        return
    shown = {"site": brand.website}
    host = host_of(brand.website)
    try:
        parts = urlsplit(brand.website if "://" in brand.website else f"https://{brand.website}")
        port = parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme == "http":
        message = _("“%(site)s” is not encrypted.") % shown
        yield Found("website", message, str(WEBSITE_ERRORS["http"]), Severity.ERROR)
        return
    if parts.scheme != "https" or port or parts.username or not _is_public_name(host):
        message = _("“%(site)s” is no public web address.") % shown
        yield Found("website", message, str(WEBSITE_ERRORS["address"]), Severity.ERROR)
        return
    yield from _not_their_own(host)
    if _LOGIN.search(parts.path):
        yield Found(
            "website",
            _("“%(path)s” reads like a page that asks for a sign-in.") % {"path": parts.path},
            _("Give the home page: reviewers cannot sign in."),
        )
    elif (parts.path.strip("/").count("/") >= 1 or parts.query) and not _is_page(host):
        yield Found(
            "website",
            _("The address leads deep into the website."),
            _("Give the home page, unless only this page names the company."),
        )


def _is_public_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.rpartition(".")[2].isdigit()
    return False


def _not_their_own(host: str) -> Iterator[Found]:
    own = _("Give the address of the company's own website.")
    if lists.is_listed(host, lists.SHORTENERS):
        message = _("“%(host)s” shortens links and hides where they lead.") % {"host": host}
        yield Found("website", message, own, Severity.REJECT)
    elif lists.is_listed(host, lists.DOCUMENTATION):
        message = _("“%(host)s” is an example that belongs to nobody.") % {"host": host}
        yield Found("website", message, own, Severity.REJECT)
    elif host.rpartition(".")[2] in data.NOT_PUBLIC:
        message = _("“%(host)s” exists inside private networks only.") % {"host": host}
        yield Found("website", message, own, Severity.REJECT)
    elif lists.is_listed(host, lists.SOCIAL):
        yield Found(
            "website",
            _("A page at “%(host)s” is not always accepted as a website.") % {"host": host},
            _("Give the company's own website if there is one."),
        )


def website_opens(brand: BrandSubject) -> Iterator[Found]:
    """B12. Says something only when somebody went there and found nothing."""
    if brand.website and brand.website_reach is Reach.UNREACHED:
        yield Found(
            "website",
            _("The website could not be opened when we looked."),
            _(
                "Open it in a private window. Reviewers look at it, and return brands whose site does not answer."
            ),
        )


def phone(brand: BrandSubject) -> Iterator[Found]:
    """B16."""
    for name in ("phone", "mobile_phone"):
        number = getattr(brand, name)
        if not number or (name == "mobile_phone" and not brand.is_sole_proprietor):
            continue
        try:
            parsed = phonenumbers.parse(phones.parse(number))
        except phones.BadPhone as bad:
            message = _("“%(number)s” is no number that can be filed.") % {"number": number}
            yield Found(name, message, str(PHONE_ERRORS[bad.why]), Severity.ERROR)
            continue
        region = phonenumbers.region_code_for_number(parsed)
        toll_free = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE
        if name == "mobile_phone" and toll_free:
            yield Found(
                name,
                _("A toll-free number cannot take the text message with the one-time password."),
                _("Enter the person's mobile number."),
                Severity.REJECT,
            )
        elif (
            name == "phone" and not toll_free and brand.country in phones.REGIONS and region != brand.country
        ):
            countries = dict(choices.Country.choices)
            yield Found(
                name,
                _("The number belongs to %(there)s, and the company is registered in %(here)s.")
                % {"there": countries.get(region or "", region), "here": countries[brand.country]},
                _("Give a number in the company's own country if it has one."),
            )
