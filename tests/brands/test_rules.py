"""Every rule of a brand: when it speaks, how severely, and when it must be silent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from brands.choices import CA_PROVINCES, US_STATES
from brands.rules import RULES, examine
from brands.rules_data import PROVINCE_OF, ZIP3
from brands.rules_subject import BrandSubject, Reach
from portal.preflight.findings import Severity, Verdict
from tests.brands.subjects import CANADIAN, HONEST, LISTED, PERSON, subject

E, R, W = Severity.ERROR, Severity.REJECT, Severity.RISK

# The severities as they were decided, written down a second time.
SEVERITIES = {
    "F01": {E},
    "F02": {E},
    "B01": {E, W},
    "B02": {E, W},
    "B03": {E},
    "B04": {R, W},
    "B05": {W},
    "B06": {R, W},
    "B07": {R},
    "B08": {W},
    "B09": {E, W},
    "B10": {E, R},
    "B11": {E, R, W},
    "B12": {W},
    "B13": {R, W},
    "B15": {W},
    "B16": {E, R, W},
    "B17": {E},
}

# Rule, severity, field, and the answers (over the honest company's, or over one of the others).
Case = tuple[str, Severity, str, BrandSubject]
SPEAKS: list[Case] = [
    ("F01", E, "street", subject(street="")),
    ("F01", E, "street", subject(street="   ")),
    ("F01", E, "tax_id", subject(tax_id="")),
    ("F01", E, "legal_name", subject(legal_name="")),
    ("F01", E, "stock_symbol", subject(LISTED, stock_symbol="")),
    ("F01", E, "business_contact_email", subject(LISTED, business_contact_email="")),
    ("F01", E, "mobile_phone", subject(PERSON, mobile_phone="")),
    ("F01", E, "last_name", subject(PERSON, last_name="")),
    ("F02", E, "legal_name", subject(legal_name="A" * 97 + " LLC")),
    ("F02", E, "stock_symbol", subject(LISTED, stock_symbol="ELEVENCHARS")),
    ("B01", E, "tax_id", subject(tax_id="77-12")),
    ("B01", E, "tax_id", subject(tax_id="111111111")),
    ("B01", E, "tax_id", subject(tax_id="9l-4730265")),
    ("B01", W, "tax_id", subject(tax_id="07-1144442")),
    ("B01", W, "tax_id", subject(tax_id="891144442")),
    ("B01", W, "tax_id", subject(tax_id="12-3456789")),
    ("B02", E, "tax_id", subject(CANADIAN, tax_id="12")),
    ("B02", E, "tax_id", subject(CANADIAN, tax_id="000000000")),
    ("B02", W, "tax_id", subject(CANADIAN, tax_id="123456789")),
    ("B02", W, "tax_id", subject(CANADIAN, tax_id="123456783RC0001")),
    ("B02", W, "tax_id", subject(CANADIAN, tax_id="1234567-8")),
    ("B03", E, "tax_id", subject(tax_id="123-45-6789")),
    ("B03", E, "tax_id", subject(tax_id=" 900-70-0001 ")),
    ("B04", R, "display_name", subject(PERSON, display_name="Ada Osei Plumbing LLC")),
    ("B04", R, "display_name", subject(PERSON, display_name="Ada Osei, Inc.")),
    ("B04", R, "display_name", subject(PERSON, display_name="ADA PLUMBING L.L.C.")),
    ("B04", R, "display_name", subject(PERSON, display_name="Ada Holdings Limited")),
    ("B04", W, "display_name", subject(PERSON, display_name="Osei & Co.")),
    ("B04", W, "legal_name", subject(legal_name="Acme Plumbing")),
    ("B04", W, "legal_name", subject(legal_name="Acme Holding LLC d/b/a Acme Plumbing")),
    ("B04", W, "legal_name", subject(legal_name="Acme LLC DBA Acme Plumbing")),
    ("B04", W, "display_name", subject(display_name="Acme Plumbing, Inc.")),
    ("B04", W, "entity_type", subject(entity_type="GOVERNMENT", vertical="GOVERNMENT")),
    ("B04", W, "entity_type", subject(entity_type="NON_PROFIT", vertical="NGO")),
    ("B05", W, "email", subject(email="acmeplumbing@gmail.com")),
    ("B05", W, "email", subject(email="Acme@Yahoo.ca")),
    ("B05", W, "email", subject(email="acme@comcast.net")),
    ("B05", W, "email", subject(PERSON, email="ada@outlook.com")),
    ("B06", W, "email", subject(email="support@acme-service.com")),
    ("B06", W, "email", subject(website="https://acme.wixsite.com", email="help@rival.wixsite.com")),
    ("B06", R, "business_contact_email", subject(LISTED, business_contact_email="ada.osei@gmail.com")),
    ("B06", W, "business_contact_email", subject(LISTED, business_contact_email="ada@acme-holding.com")),
    ("B07", R, "business_contact_email", subject(LISTED, business_contact_email="info@acmeplumbing.com")),
    ("B07", R, "business_contact_email", subject(LISTED, business_contact_email="No-Reply@acmeplumbing.com")),
    ("B07", R, "business_contact_email", subject(LISTED, business_contact_email="hello+a@acmeplumbing.com")),
    ("B08", W, "street", subject(street="PO Box 1420")),
    ("B08", W, "street", subject(street="P.O. Box 12, Suite 3")),
    ("B08", W, "street", subject(street="p o box 7")),
    ("B08", W, "street", subject(street="Post Office Box 7")),
    ("B08", W, "street", subject(street="POB 7")),
    ("B08", W, "street", subject(street="Box 1420")),
    ("B08", W, "street", subject(CANADIAN, street="Case postale 6000")),
    ("B08", W, "street", subject(street="1420 Fifth Avenue PMB 220")),
    ("B08", W, "street", subject(street="c/o Osei, 1420 Fifth Avenue")),
    ("B09", E, "postal_code", subject(postal_code="9810")),
    ("B09", E, "postal_code", subject(postal_code="K1A 0E6")),
    ("B09", E, "postal_code", subject(CANADIAN, postal_code="98101")),
    ("B09", E, "postal_code", subject(CANADIAN, postal_code="D1A 0E6")),
    ("B09", E, "state", subject(state="ON")),
    ("B09", E, "state", subject(CANADIAN, state="WA")),
    ("B09", W, "postal_code", subject(postal_code="97201")),
    ("B09", W, "postal_code", subject(postal_code="00001")),
    ("B09", W, "postal_code", subject(CANADIAN, postal_code="V6B 1A1")),
    ("B09", W, "postal_code", subject(CANADIAN, state="NT", postal_code="X0A 0H0")),
    ("B10", E, "stock_symbol", subject(LISTED, stock_symbol="A B")),
    ("B10", E, "stock_exchange", subject(LISTED, stock_exchange="NONE")),
    ("B10", R, "stock_symbol", subject(LISTED, stock_symbol="none")),
    ("B11", E, "website", subject(website="http://www.acmeplumbing.com")),
    ("B11", E, "website", subject(website="https://10.0.0.1")),
    ("B11", E, "website", subject(website="https://[::1]")),
    ("B11", E, "website", subject(website="https://localhost")),
    ("B11", E, "website", subject(website="https://acmeplumbing.com:8443")),
    ("B11", E, "website", subject(website="https://ada@acmeplumbing.com")),
    ("B11", E, "website", subject(website="ftp://acmeplumbing.com")),
    ("B11", E, "website", subject(website="https://[half")),
    ("B11", R, "website", subject(website="https://bit.ly/3xYz")),
    ("B11", R, "website", subject(website="https://example.com")),
    ("B11", R, "website", subject(website="https://www.example.org/")),
    ("B11", R, "website", subject(website="https://acme.local")),
    ("B11", W, "website", subject(website="https://www.facebook.com/acmeplumbing")),
    ("B11", W, "website", subject(website="https://linktr.ee/acme")),
    ("B11", W, "website", subject(website="https://acmeplumbing.com/login")),
    ("B11", W, "website", subject(website="https://acmeplumbing.com/a/b/c.html")),
    ("B11", W, "website", subject(website="https://acmeplumbing.com/?utm_source=x")),
    ("B12", W, "website", subject(website_reach=Reach.UNREACHED)),
    ("B13", W, "tax_id", subject(twins=("Acme Heating",))),
    ("B13", R, "mobile_phone", subject(PERSON, same_mobile=3)),
    (
        "B15",
        W,
        "vertical",
        subject(entity_type="GOVERNMENT", legal_name="City of Seattle", vertical="RETAIL"),
    ),
    ("B15", W, "vertical", subject(vertical="NGO")),
    ("B15", W, "vertical", subject(LISTED, vertical="POLITICAL")),
    (
        "B15",
        W,
        "entity_type",
        subject(CANADIAN, entity_type="GOVERNMENT", legal_name="City of Ottawa", vertical="GOVERNMENT"),
    ),
    ("B16", E, "phone", subject(phone="+12065")),
    ("B16", E, "phone", subject(phone="+442079460000")),
    ("B16", E, "phone", subject(phone="+19005550142")),
    ("B16", E, "phone", subject(phone="+1 206 555 0142 ext. 5")),
    ("B16", E, "mobile_phone", subject(PERSON, mobile_phone="12")),
    ("B16", R, "mobile_phone", subject(PERSON, mobile_phone="+18005550142")),
    ("B16", W, "phone", subject(phone="+16135550142")),
    ("B16", W, "phone", subject(CANADIAN, phone="+12065550142")),
    ("B17", E, "country", subject(country="MX")),
]

# Rule, and answers that are near and innocent.
SILENT: list[tuple[str, BrandSubject]] = [
    ("F01", subject()),
    ("F01", subject(display_name="")),
    ("F01", subject(LISTED)),
    ("F01", subject(PERSON)),
    ("F01", subject(tax_id="", tax_id_sealed=True)),
    ("F02", subject(legal_name="A" * 96 + " LLC")),
    ("B01", subject(tax_id="914730265")),
    ("B01", subject(tax_id="99-1234567")),
    ("B01", subject(tax_id="10-0000000")),
    ("B01", subject(CANADIAN)),
    ("B01", subject(tax_id="123-45-6789")),
    ("B02", subject(CANADIAN, tax_id="123456782")),
    ("B02", subject(CANADIAN, tax_id="123 456 782 RT0002")),
    ("B02", subject(tax_id="12-3456789")),
    ("B03", subject(tax_id="123456789")),
    ("B03", subject(CANADIAN, tax_id="123-456-782")),
    ("B04", subject(PERSON)),
    ("B04", subject(PERSON, display_name="Limited Edition Prints")),
    ("B04", subject(PERSON, display_name="Inc")),
    ("B04", subject(PERSON, display_name="Incognito Locksmith")),
    ("B04", subject(PERSON, display_name="Coco Nails")),
    ("B04", subject(legal_name="The Osei Partnership")),
    ("B04", subject(legal_name="Osei Dental, P.C.")),
    ("B04", subject(legal_name="First Bank of Acme, N.A.")),
    ("B04", subject(legal_name="ACME PLUMBING CO")),
    ("B04", subject(legal_name="Sandbank Dredging LLC")),
    ("B04", subject(display_name="Acme Plumbing LLC")),
    ("B04", subject(entity_type="GOVERNMENT", legal_name="City of Seattle", vertical="GOVERNMENT")),
    ("B04", subject(entity_type="NON_PROFIT", legal_name="Helping Hands Inc.", vertical="NGO")),
    ("B04", subject(legal_name="")),
    ("B05", subject(email="ada@live.church")),
    ("B05", subject(email="ada@mygmail.com")),
    ("B05", subject(email="care@rogers.com", website="https://www.rogers.com")),
    ("B06", subject(email="support@mail.acmeplumbing.com")),
    ("B06", subject(email="acme@gmail.com")),
    ("B06", subject(email="ada@acme.on.ca", website="https://shop.acme.on.ca")),
    ("B06", subject(website="https://www.facebook.com/acme")),
    ("B06", subject(website="")),
    ("B06", subject(business_contact_email="ada.osei@gmail.com")),
    ("B06", subject(LISTED, business_contact_email="ada@us.acmeplumbing.com")),
    ("B07", subject(LISTED, business_contact_email="ian.fo@acmeplumbing.com")),
    ("B07", subject(LISTED, business_contact_email="infoe@acmeplumbing.com")),
    ("B07", subject(business_contact_email="info@acmeplumbing.com")),
    ("B08", subject(street="12 Post Office Square")),
    ("B08", subject(street="9 Boxwood Lane")),
    ("B08", subject(street="40 Po Boxer Way")),
    ("B08", subject(street="100 Expo Box Office Plaza")),
    ("B08", subject(street="RR 2 Box 15")),
    ("B09", subject(postal_code="98101-1234")),
    ("B09", subject(state="NY", postal_code="06390")),
    ("B09", subject(state="NY", postal_code="00501")),
    ("B09", subject(state="VA", postal_code="20170")),
    ("B09", subject(state="TX", postal_code="88510")),
    ("B09", subject(state="WY", postal_code="83414")),
    ("B09", subject(state="MA", postal_code="05544")),
    ("B09", subject(state="PR", postal_code="00901")),
    ("B09", subject(CANADIAN, postal_code="k1a0e6")),
    ("B09", subject(CANADIAN, state="NU", postal_code="X0A 0H0")),
    ("B09", subject(CANADIAN, state="NT", postal_code="X1A 2N2")),
    ("B10", subject(LISTED, stock_symbol="BRK.B")),
    ("B10", subject(LISTED, stock_symbol="nones")),
    ("B10", subject(stock_symbol="NONE", stock_exchange="NONE")),
    ("B11", subject(website="https://www.acmeplumbing.com/en-us")),
    ("B11", subject(website="https://habit.ly")),
    ("B11", subject(website="https://examples.com")),
    ("B11", subject(website="https://login-systems.com")),
    ("B11", subject(website="https://acme.example")),
    ("B11", subject(website="https://acme.wixsite.com/home")),
    ("B12", subject(website_reach=Reach.REACHED)),
    ("B12", subject()),
    ("B13", subject(PERSON, same_mobile=2)),
    ("B13", subject(same_mobile=9)),
    ("B15", subject(entity_type="GOVERNMENT", legal_name="Mercy County Hospital", vertical="HEALTHCARE")),
    ("B15", subject(entity_type="NON_PROFIT", legal_name="Vote Well Inc.", vertical="POLITICAL")),
    ("B15", subject(vertical="")),
    ("B16", subject(phone="+18005550142")),
    ("B16", subject(CANADIAN)),
    ("B16", subject(mobile_phone="12")),
    ("B17", subject(CANADIAN)),
    ("B17", subject(country="")),
]


def of(rule: str, brand: BrandSubject) -> list[tuple[Severity, str]]:
    return [(one.severity, one.field) for one in examine(brand) if one.rule == rule]


@pytest.mark.parametrize(("rule", "severity", "field", "brand"), SPEAKS)
def test_a_rule_speaks(rule: str, severity: Severity, field: str, brand: BrandSubject) -> None:
    assert (severity, field) in of(rule, brand)


@pytest.mark.parametrize(("rule", "brand"), SILENT)
def test_a_rule_is_silent_where_it_is_near(rule: str, brand: BrandSubject) -> None:
    assert of(rule, brand) == []


def test_the_honest_companies_of_the_tables_have_no_known_problem() -> None:
    for brand in (subject(), subject(LISTED), subject(CANADIAN), subject(PERSON)):
        assert examine(brand).verdict is Verdict.NO_KNOWN_PROBLEM


def test_the_severities_are_those_that_were_decided() -> None:
    assert {rule.id: set(rule.severities) for rule in RULES} == SEVERITIES


def test_every_rule_and_each_of_its_severities_has_a_case_that_speaks_and_one_that_is_silent() -> None:
    spoken = {(rule, severity) for rule, severity, _field, _brand in SPEAKS}
    assert spoken == {(rule, one) for rule, severities in SEVERITIES.items() for one in severities}
    assert {rule for rule, _brand in SILENT} == set(SEVERITIES)


def test_rules_are_those_of_the_list_once_each() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == ["F01", "F02", *(f"B{number:02}" for number in range(1, 18) if number != 14)]


def test_every_rule_names_its_fields_its_source_and_the_day_it_was_read() -> None:
    for rule in RULES:
        assert rule.scope == "brand"
        assert set(rule.fields) <= set(BrandSubject.__dataclass_fields__)
        assert len(rule.source.text) > 10
        assert rule.source.as_of.year == 2026
        assert str(rule.title)


@pytest.mark.parametrize(("rule", "severity", "field", "brand"), SPEAKS)
def test_words_are_whole_sentences_and_never_quote_the_tax_id(
    rule: str, severity: Severity, field: str, brand: BrandSubject
) -> None:
    digits = re.sub(r"\W", "", brand.tax_id)
    for one in examine(brand):
        for words in (one.message, one.fix, one.hint):
            assert not words or re.search(r"[.:]$|”\.$", str(words)), words
            assert "%(" not in words
            assert len(digits) < 5 or digits not in re.sub(r"\W", "", str(words)), one.rule
    assert brand.tax_id == "" or brand.tax_id not in repr(brand)


def test_the_same_answers_get_the_same_findings_in_the_same_order() -> None:
    brand = subject(LISTED, email="a@gmail.com", street="PO Box 1", state="OR", website="https://bit.ly/a")
    first = examine(brand)
    assert [one.severity.rank for one in first] == sorted(one.severity.rank for one in first)
    assert all(examine(brand) == first for _again in range(20))


def test_several_twins_are_named_and_not_a_hundred() -> None:
    brand = subject(twins=tuple(f"Acme {count}" for count in range(100)))
    assert len(of("B13", brand)) == 3


def test_an_empty_subject_is_missing_everything_and_breaks_nothing() -> None:
    findings = examine(BrandSubject())
    assert {one.rule for one in findings} == {"F01"}


def test_every_state_and_province_has_codes_and_no_code_two_homes_but_for_the_islands() -> None:
    assert set(ZIP3) == {code for code, _name in US_STATES}
    assert set(PROVINCE_OF.values()) == {code for code, _name in CA_PROVINCES}
    shared: dict[str, list[str]] = {}
    for state, prefixes in ZIP3.items():
        assert prefixes
        for prefix in prefixes:
            assert re.fullmatch(r"\d{3}", prefix)
            shared.setdefault(prefix, []).append(state)
    assert {prefix: homes for prefix, homes in shared.items() if len(homes) > 1} == {
        "063": ["CT", "NY"],
        "834": ["ID", "WY"],
        "967": ["HI", "AS"],
        "969": ["GU", "MP"],
    }


@pytest.mark.parametrize("name", sorted(HONEST))
def test_any_single_answer_may_be_missing(name: str) -> None:
    values: dict[str, Any] = {name: ""}
    assert {one.rule for one in examine(subject(**values))} <= {"F01", "B04", "B09"}
