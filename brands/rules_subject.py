"""What the rules of a brand look at: its answers as plain text, and nothing that could be saved or sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from brands.choices import EntityType

# Far beyond any field (100); what stands behind it is cut before any rule looks, so that a megabyte costs nothing.
CUT = 1_000


class Reach(StrEnum):
    """What a visit to the website found. Nothing asks the network yet, so it reads "not checked"."""

    NOT_CHECKED = "not checked"
    REACHED = "reached"
    UNREACHED = "not reached"


@dataclass(frozen=True, slots=True)
class BrandSubject:
    """The answers of one brand, "" where there is none.

    `tax_id` is in clear, in memory and only here: no finding may quote it.
    `tax_id_sealed`: there is one, and its key is missing, so nothing can be said of it. `twins` are the names of other
    brands of the organization with the same tax id, `same_mobile` the number of other sole proprietors with
    the same mobile number, `countries` those that the carrier takes.
    """

    entity_type: str = ""
    country: str = ""
    legal_name: str = ""
    display_name: str = ""
    tax_id: str = field(default="", repr=False)
    tax_id_sealed: bool = False
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    website: str = ""
    vertical: str = ""
    stock_exchange: str = ""
    stock_symbol: str = ""
    email: str = ""
    phone: str = ""
    mobile_phone: str = ""
    first_name: str = ""
    last_name: str = ""
    business_contact_email: str = ""
    twins: tuple[str, ...] = ()
    same_mobile: int = 0
    countries: tuple[str, ...] = ("US", "CA")
    website_reach: Reach = Reach.NOT_CHECKED

    @property
    def is_public(self) -> bool:
        """Is it a company listed on a stock exchange?"""
        return self.entity_type == EntityType.PUBLIC_PROFIT

    @property
    def is_sole_proprietor(self) -> bool:
        """Is it a person without an EIN?"""
        return self.entity_type == EntityType.SOLE_PROPRIETOR

    @property
    def is_for_profit(self) -> bool:
        """Is it a company, listed or not?"""
        return self.entity_type in (EntityType.PRIVATE_PROFIT, EntityType.PUBLIC_PROFIT)


def words_of(name: str) -> list[str]:
    """The words of a company's name in one spelling: dots go ("L.L.C." is "llc"), case does not count."""
    return re.findall(r"\w+", name[:CUT].casefold().replace(".", "").replace("'", "").replace("’", ""))
