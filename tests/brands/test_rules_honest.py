"""Honest companies, odd ones among them: not one may be kept from sending, or be told that it will be rejected.

The names, addresses and sites are of the kind that real ones have; tax ids are made up with valid prefixes
and check digits.
"""

from __future__ import annotations

import pytest

from brands.rules import examine
from brands.rules_subject import BrandSubject
from portal.preflight.findings import Severity, Verdict
from tests.brands.subjects import subject


def us(name: str, street: str, city: str, state: str, code: str, site: str, **more: str) -> BrandSubject:
    """A private company of the United States, found at its own domain."""
    host = site.split("/", maxsplit=1)[0].removeprefix("www.")
    answers = {
        "legal_name": name,
        "display_name": "",
        "street": street,
        "city": city,
        "state": state,
        "postal_code": code,
        "website": f"https://{site}",
        "email": f"support@{host}",
    }
    return subject(**(answers | more))


def ca(name: str, street: str, city: str, state: str, code: str, site: str, **more: str) -> BrandSubject:
    """A private company of Canada."""
    own = {"country": "CA", "tax_id": "123456782", "phone": "+14165550142"}
    return us(name, street, city, state, code, site, **(own | more))


def listed(name: str, symbol: str, exchange: str, site: str, contact: str, **more: str) -> BrandSubject:
    """A company on a stock exchange."""
    own = {
        "entity_type": "PUBLIC_PROFIT",
        "stock_symbol": symbol,
        "stock_exchange": exchange,
        "business_contact_email": contact,
    }
    return us(name, "1 Main Street", "Seattle", "WA", "98101", site, **(own | more))


def person(brand: str, **more: str) -> BrandSubject:
    """A sole proprietor without a domain of their own."""
    own = {
        "entity_type": "SOLE_PROPRIETOR",
        "legal_name": "Ada Osei",
        "display_name": brand,
        "tax_id": "",
        "mobile_phone": "+12065550143",
        "email": "ada.osei@gmail.com",
        "website": "https://www.facebook.com/adaosei",
    }
    return subject(**(own | more))


PUBLIC_BODY = {"entity_type": "GOVERNMENT", "vertical": "GOVERNMENT"}
CHARITY = {"entity_type": "NON_PROFIT", "vertical": "NGO"}

# Nothing at all may be found.
PLAIN: dict[str, BrandSubject] = {
    "an LLC": us("Harbor Street Bakery, LLC", "12 Harbor St", "Portland", "ME", "04101", "harborbakery.com"),
    "Inc. without comma": us(
        "Larkspur Dental Inc", "88 Geary St Ste 400", "San Francisco", "CA", "94108", "larkspur.com"
    ),
    "capitals as the IRS prints them": us(
        "J & M TOWING INC", "4411 W 9TH ST", "TULSA", "OK", "74127", "jmtowing.com"
    ),
    "a company called Co": us(
        "Coffee Roasting Co.", "7 Mill Rd", "Burlington", "VT", "05401", "coffeeroasting.com"
    ),
    "a professional corporation": us(
        "Nguyen & Park, P.C.", "300 Elm St", "Dallas", "TX", "75201", "nguyenpark.law"
    ),
    "a PLLC with a long ending": us(
        "Osei Family Medicine PLLC", "2 Oak Ave", "Phoenix", "AZ", "85004", "oseifamily.health"
    ),
    "an LLP": us("Marsh, Kowal and Daughters LLP", "9 Wall St", "New York", "NY", "10005", "marshkowal.com"),
    "a limited partnership": us(
        "Riverside Apartments LP", "1 River Rd", "Austin", "TX", "73301", "riversideapts.com"
    ),
    "a bank": us(
        "First National Bank of Larkspur, N.A.", "1 Bank Sq", "Omaha", "NE", "68102", "fnblarkspur.com"
    ),
    "a credit union": us("Tidewater Credit Union", "5 Bay St", "Norfolk", "VA", "23510", "tidewatercu.org"),
    "a cooperative": us(
        "Prairie Farmers Cooperative", "RR 2 Box 15", "Minot", "ND", "58701", "prairiefarmers.coop"
    ),
    "a trust": us("Osei Land Trust", "77 County Road 12", "Laramie", "WY", "82070", "oseiland.org"),
    "a name that is a number": us(
        "1847 Goods LLC", "1847 N 18th St", "Boise", "ID", "83702", "1847goods.com"
    ),
    "an apostrophe and accents": us(
        "Renée's Crêperie, LLC", "4 Rue Bourbon", "New Orleans", "LA", "70116", "reneescreperie.com"
    ),
    "a one-letter name": us("X LLC", "1 X St", "Las Vegas", "NV", "89101", "xllc.io"),
    "Puerto Rico": us(
        "Café Borinquen, Inc.", "100 Calle Fortaleza", "San Juan", "PR", "00901", "cafeborinquen.com.pr"
    ),
    "Guam": us("Latte Stone Tours, Inc.", "12 Marine Corps Dr", "Hagåtña", "GU", "96910", "lattestone.com"),
    "the Virgin Islands": us(
        "Salt River Divers LLC", "1 Salt River", "Christiansted", "VI", "00820", "saltriver.vi"
    ),
    "an island of New York with a code of Connecticut": us(
        "Fishers Ferry Inc", "5 Ferry Ln", "Fishers Island", "NY", "06390", "fishersferry.com"
    ),
    "a code of its own in Holtsville": us(
        "Brook Data Inc.", "1 Center Dr", "Holtsville", "NY", "00501", "brookdata.com"
    ),
    "Alaska by a highway": us(
        "Denali Air Taxi, LLC", "Mile 238.6 Parks Hwy", "Denali Park", "AK", "99755", "denaliairtaxi.com"
    ),
    "Northern Virginia with a code of Washington": us(
        "Dulles Movers LLC", "45 Sully Rd", "Herndon", "VA", "20170", "dullesmovers.com"
    ),
    "El Paso": us("Paso Norte Freight LLC", "9 Mesa St", "El Paso", "TX", "88510", "pasonorte.com"),
    "a street called Post Office": us(
        "Square Books, Inc.", "10 Post Office Square", "Boston", "MA", "02109", "squarebooks.com"
    ),
    "a street called Box": us(
        "Boxwood Realty LLC", "9 Boxwood Lane", "Camden", "NJ", "08101", "boxwoodrealty.com"
    ),
    "a toll-free support line": us(
        "Acme Parts, Inc.", "3 Pike St", "Seattle", "WA", "98101", "acmeparts.com", phone="+18885550142"
    ),
    "a domain that ends like a shortener": us(
        "Habit.ly, Inc.", "3 Pike St", "Seattle", "WA", "98101", "habit.ly"
    ),
    "a site built in a kit": us(
        "Acme Nails LLC",
        "3 Pike St",
        "Seattle",
        "WA",
        "98101",
        "acmenails.square.site",
        email="hi@acmenails.square.site",
    ),
    "a language in the address": us(
        "Acme Global, Inc.", "3 Pike St", "Seattle", "WA", "98101", "www.acmeglobal.com/us"
    ),
    "a mailbox below the site's domain": us(
        "Acme Mail, Inc.", "3 Pike St", "Seattle", "WA", "98101", "acmemail.com", email="a@crm.acmemail.com"
    ),
    "a listed company": listed(
        "Acme Holdings, Inc.", "ACME", "NYSE", "acme-holdings.com", "ada.osei@acme-holdings.com"
    ),
    "a share of class B": listed(
        "Berkshire Plumbing Inc.", "BRK.B", "NYSE", "berkshireplumbing.com", "w@berkshireplumbing.com"
    ),
    "a contact called Info": listed("Acme Corp", "AC", "NASDAQ", "acmecorp.com", "info.okafor@acmecorp.com"),
    "a provider's own people": listed(
        "Rogers Wireless Corp", "RCI", "NYSE", "rogers.com", "ada.osei@rogers.com"
    ),
    "a city": us(
        "City of Larkspur", "400 Magnolia Ave", "Larkspur", "CA", "94939", "cityoflarkspur.org", **PUBLIC_BODY
    ),
    "a town below its state": us(
        "Town of Seattle Hill", "1 Hall Rd", "Snohomish", "WA", "98296", "ci.seattlehill.wa.us", **PUBLIC_BODY
    ),
    "a school district": us(
        "Lincoln Unified School District",
        "1 School Ln",
        "Lincoln",
        "CA",
        "95648",
        "www.lusd.k12.ca.us",
        **(PUBLIC_BODY | {"vertical": "EDUCATION"}),
    ),
    "a county hospital": us(
        "Mercy County Hospital",
        "1 Mercy Way",
        "Merced",
        "CA",
        "95340",
        "mercycounty.gov",
        **(PUBLIC_BODY | {"vertical": "HEALTHCARE"}),
    ),
    "a charity": us(
        "Helping Hands of Ohio, Inc.", "5 High St", "Columbus", "OH", "43215", "helpinghands.org", **CHARITY
    ),
    "a church": us("Grace Church", "5 High St", "Columbus", "OH", "43215", "grace.church", **CHARITY),
    "an Ontario corporation by number": ca(
        "1234567 Ontario Inc.", "200 Kent St", "Ottawa", "ON", "K1A 0E6", "onetwothree.ca"
    ),
    "a company of Québec": ca(
        "Boulangerie Renée Ltée", "1 rue Saint-Paul", "Montréal", "QC", "H2Y 1G7", "boulangerierenee.ca"
    ),
    "a cooperative of Saskatchewan": ca(
        "Prairie Co-op", "1 Main St", "Saskatoon", "SK", "S7K 0A1", "prairiecoop.sk.ca"
    ),
    "Nunavut": ca(
        "Iqaluit Outfitters Ltd.", "Building 1088", "Iqaluit", "NU", "X0A 0H0", "iqaluitoutfitters.ca"
    ),
    "Yellowknife": ca(
        "Great Slave Air Ltd.", "1 Airport Rd", "Yellowknife", "NT", "X1A 2N2", "greatslaveair.ca"
    ),
    "a payroll account": ca(
        "Maple Tools Inc.", "1 Bay St", "Toronto", "ON", "M5J 2N8", "mapletools.ca", tax_id="123456782RP0001"
    ),
    "British Columbia": ca(
        "Pacific Kayaks ULC", "1 Water St", "Vancouver", "BC", "V6B 1A1", "pacifickayaks.ca"
    ),
}

# Something may be said, and nothing of it may stand in the way.
ODD: dict[str, BrandSubject] = {
    "a partnership without an ending": us(
        "Kowal Brothers Roofing", "3 Pike St", "Seattle", "WA", "98101", "kowal.com"
    ),
    "Gmail and a page": us(
        "Corner Tacos LLC",
        "3 Pike St",
        "Seattle",
        "WA",
        "98101",
        "www.facebook.com/cornertacos",
        email="cornertacos@gmail.com",
    ),
    "a prefix that the IRS opened yesterday": us(
        "Brand New LLC", "3 Pike St", "Seattle", "WA", "98101", "brandnew.com", tax_id="07-1144442"
    ),
    "really 12-3456789": us(
        "Lucky Number LLC", "3 Pike St", "Seattle", "WA", "98101", "lucky.com", tax_id="12-3456789"
    ),
    "a ranch that gets its mail in a box": us(
        "Lone Star Ranch LLC", "PO Box 12", "Marfa", "TX", "79843", "lonestarranch.com"
    ),
    "mail under the name of the group": us(
        "Acme Seattle LLC",
        "3 Pike St",
        "Seattle",
        "WA",
        "98101",
        "acmeseattle.com",
        email="help@acmegroup.com",
    ),
    "a listed company whose mail has another name": listed(
        "Alphabet Plumbing Inc.", "GOOG", "NASDAQ", "abc.xyz", "ada.osei@google.com"
    ),
    "a Canadian corporation number": ca(
        "Maple Rail Ltd.", "1 Bay St", "Toronto", "ON", "M5J 2N8", "maplerail.ca", tax_id="1234567-8"
    ),
    "an American number in Canada": ca(
        "Maple Air Ltd.", "1 Bay St", "Toronto", "ON", "M5J 2N8", "mapleair.ca", phone="+12065550142"
    ),
    "a transit authority": us(
        "Larkspur Transit Authority",
        "1 Depot",
        "Larkspur",
        "CA",
        "94939",
        "larkspurtransit.gov",
        **(PUBLIC_BODY | {"vertical": "TRANSPORTATION"}),
    ),
    "a sole proprietor with a page": person("Ada's Nails"),
    "a sole proprietor and company in name only": person("Osei & Co"),
    "a sole proprietor with nothing but a name": person("Ada Osei"),
    "a code across the border of two states": us(
        "Border Cafe LLC", "1 State Line Rd", "Texhoma", "TX", "73949", "bordercafe.com"
    ),
    "two names with two endings": us(
        "Acme Holding LLC", "3 Pike St", "Seattle", "WA", "98101", "acme.com", display_name="Acme Inc."
    ),
    "a charity that is an LLC": us(
        "Good Deeds LLC", "3 Pike St", "Seattle", "WA", "98101", "gooddeeds.org", **CHARITY
    ),
    "a maker of limited editions": person("Limited Edition Prints"),
    "a consultant for charities": us(
        "Cause Consulting LLC", "3 Pike St", "Seattle", "WA", "98101", "cause.com", vertical="NGO"
    ),
    "a Canadian city": ca(
        "City of Ottawa", "110 Laurier Ave W", "Ottawa", "ON", "K1P 1J1", "ottawa.ca", **PUBLIC_BODY
    ),
    "a deep page that names the company": us(
        "Acme Franchise 12 LLC", "3 Pike St", "Seattle", "WA", "98101", "acme.com/stores/wa/12"
    ),
}


def test_there_are_enough_of_them() -> None:
    assert len(PLAIN) + len(ODD) >= 60


@pytest.mark.parametrize("name", PLAIN)
def test_nothing_is_said_against_an_ordinary_company(name: str) -> None:
    assert [(one.rule, one.message) for one in examine(PLAIN[name])] == []


@pytest.mark.parametrize("name", ODD)
def test_an_odd_company_is_told_of_a_risk_and_never_held_up(name: str) -> None:
    findings = examine(ODD[name])
    worse = [one for one in findings if one.severity is not Severity.RISK]
    assert [(one.rule, one.message) for one in worse] == []
    assert findings.verdict in (Verdict.AT_RISK, Verdict.NO_KNOWN_PROBLEM)
