"""The registry's word lists for a brand, with labels for people. Codes are what is filed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntityType(models.TextChoices):
    """Legal form (registry: entityType)."""

    PRIVATE_PROFIT = "PRIVATE_PROFIT", _("Private company (LLC, Inc., partnership …)")
    PUBLIC_PROFIT = "PUBLIC_PROFIT", _("Company listed on a stock exchange")
    NON_PROFIT = "NON_PROFIT", _("Non-profit organization")
    GOVERNMENT = "GOVERNMENT", _("Government body")
    SOLE_PROPRIETOR = "SOLE_PROPRIETOR", _("Sole proprietor (a person without an EIN)")


class Country(models.TextChoices):
    """Countries that brands may be registered in here."""

    US = "US", _("United States")
    CA = "CA", _("Canada")


class Vertical(models.TextChoices):
    """Industry (registry: vertical), the list of 23."""

    AGRICULTURE = "AGRICULTURE", _("Agriculture")
    COMMUNICATION = "COMMUNICATION", _("Media and communication")
    CONSTRUCTION = "CONSTRUCTION", _("Construction, materials and trades")
    EDUCATION = "EDUCATION", _("Education")
    ENERGY = "ENERGY", _("Energy and utilities")
    ENTERTAINMENT = "ENTERTAINMENT", _("Entertainment")
    FINANCIAL = "FINANCIAL", _("Financial services")
    GAMBLING = "GAMBLING", _("Gambling and lottery")
    GOVERNMENT = "GOVERNMENT", _("Government services and agencies")
    HEALTHCARE = "HEALTHCARE", _("Healthcare and life sciences")
    HOSPITALITY = "HOSPITALITY", _("Hospitality and travel")
    HUMAN_RESOURCES = "HUMAN_RESOURCES", _("HR, staffing and recruitment")
    INSURANCE = "INSURANCE", _("Insurance")
    LEGAL = "LEGAL", _("Legal")
    MANUFACTURING = "MANUFACTURING", _("Manufacturing")
    NGO = "NGO", _("Non-profit organizations")
    POLITICAL = "POLITICAL", _("Political")
    POSTAL = "POSTAL", _("Postal and delivery")
    PROFESSIONAL = "PROFESSIONAL", _("Professional services")
    REAL_ESTATE = "REAL_ESTATE", _("Real estate")
    RETAIL = "RETAIL", _("Retail and consumer products")
    TECHNOLOGY = "TECHNOLOGY", _("Information technology services")
    TRANSPORTATION = "TRANSPORTATION", _("Transportation and logistics")


# The registry's list without NONE: only listed companies are asked.
EXCHANGES: tuple[tuple[str, str], ...] = (
    ("NASDAQ", "NASDAQ"),
    ("NYSE", "NYSE · New York"),
    ("AMEX", "AMEX · NYSE American"),
    ("TSX", "TSX · Toronto"),
    ("AMX", "AMX · Amsterdam"),
    ("ASX", "ASX · Australia"),
    ("B3", "B3 · Brazil"),
    ("BME", "BME · Madrid"),
    ("BSE", "BSE · Mumbai"),
    ("FRA", "FRA · Frankfurt"),
    ("ICEX", "ICEX · Iceland"),
    ("JPX", "JPX · Japan"),
    ("JSE", "JSE · Johannesburg"),
    ("KRX", "KRX · Korea"),
    ("LON", "LON · London"),
    ("NSE", "NSE · India"),
    ("OMX", "OMX · Nordics"),
    ("SEHK", "SEHK · Hong Kong"),
    ("SSE", "SSE · Shanghai"),
    ("STO", "STO · Stockholm"),
    ("SWX", "SWX · Switzerland"),
    ("SZSE", "SZSE · Shenzhen"),
    ("TWSE", "TWSE · Taiwan"),
    ("VSE", "VSE · Vancouver"),
)

# USPS codes; the territories are states to the Postal Service and to the registry. Names are proper names.
US_STATES: tuple[tuple[str, str], ...] = (
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
    ("AS", "American Samoa"),
    ("GU", "Guam"),
    ("MP", "Northern Mariana Islands"),
    ("PR", "Puerto Rico"),
    ("VI", "U.S. Virgin Islands"),
)
CA_PROVINCES: tuple[tuple[str, str], ...] = (
    ("AB", "Alberta"),
    ("BC", "British Columbia"),
    ("MB", "Manitoba"),
    ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"),
    ("NT", "Northwest Territories"),
    ("NS", "Nova Scotia"),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", "Prince Edward Island"),
    ("QC", "Quebec"),
    ("SK", "Saskatchewan"),
    ("YT", "Yukon"),
)
REGIONS: dict[str, tuple[tuple[str, str], ...]] = {"US": US_STATES, "CA": CA_PROVINCES}
