"""What the rules of a brand compare with: prefixes, legal forms, ZIP codes and provinces, each with its source."""

from __future__ import annotations

import re
from collections.abc import Iterable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Source: IRS, "How EINs are assigned and valid EIN prefixes", as python-stdnum 2.2 carries it. The IRS keeps
# opening prefixes, so an unknown one is a risk and no error.
EIN_PREFIXES = _words(
    "01 02 03 04 05 06 10 11 12 13 14 15 16 20 21 22 23 24 25 26 27 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 "
    "45 46 47 48 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 71 72 73 74 75 76 77 80 81 82 83 84 85 "
    "86 87 88 90 91 92 93 94 95 98 99"
)

# Legal forms of registered companies, in one spelling. Source: Twilio 30915 (July 2026), and the forms that
# states and provinces register. The weak ones are words of ordinary names too ("Smith & Co", "Vinyl LP").
FORMS = {
    "inc": "Inc.",
    "incorporated": "Inc.",
    "llc": "LLC",
    "corp": "Corp.",
    "corporation": "Corp.",
    "ltd": "Ltd.",
    "limited": "Ltd.",
    "llp": "LLP",
    "lllp": "LLLP",
    "pllc": "PLLC",
    "plc": "PLC",
    "ulc": "ULC",
    "gmbh": "GmbH",
    "ltée": "Ltée",
    "ltee": "Ltée",
}
WEAK_FORMS = {"co": "Co.", "company": "Co.", "lp": "LP", "pc": "P.C.", "pa": "P.A.", "lc": "LC"}
# Anything that says how a firm is constituted, for the risk "no legal form in the name".
CONSTITUTED = (
    frozenset(FORMS)
    | frozenset(WEAK_FORMS)
    | _words(
        "partners partnership associates trust bank na nv sa ag se ab asa oyj spa kk bv srl sencrl senc enr psc sc "
        "apc chartered pbc l3c cooperative coop union société societe compagnie cie holdings fund reit gp "
        "society foundation church school university college association"
    )
)
# Forms that no government body and hardly a charity has.
PROFIT_FORMS = _words("llc llp lllp lp pllc plc ulc gmbh")

# Written in the place of a stock symbol by people who have none.
NO_SYMBOL = _words("NONE TBD TEST UNKNOWN PRIVATE NOTLISTED")

# Endings that exist in nobody's public DNS (RFC 2606, RFC 6762, RFC 8375). ".example" is left out: the
# companies of the practice registry live there.
NOT_PUBLIC = _words("test invalid localhost local internal intranet lan home corp arpa onion")

# How codes and symbols are written: what a form takes, and what a rule finds wrong in what was stored before.
ZIP = re.compile(r"(\d{5})(?:-?\d{4})?")
CANADIAN_CODE = re.compile(r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]) ?(\d[ABCEGHJ-NPRSTV-Z]\d)")
SYMBOL = re.compile(r"[A-Z0-9.\-]{1,10}")

# What a registry keeps of each field. Source: Telnyx 10DLC API reference (10DLC brand fields).
LONGEST = {
    "legal_name": 100,
    "display_name": 100,
    "tax_id": 20,
    "street": 100,
    "city": 100,
    "state": 20,
    "postal_code": 10,
    "website": 100,
    "stock_symbol": 10,
    "email": 100,
    "phone": 20,
    "mobile_phone": 20,
    "first_name": 100,
    "last_name": 100,
    "business_contact_email": 100,
}

# The first three digits of a ZIP code, by state. Source: USPS labeling list L002 (three-digit prefixes), from
# memory of the list, November 2026: good for a warning, not for a refusal. 569 is the government's in DC.
_ZIP3 = """
    AL 350-352 354-369; AK 995-999; AZ 850-853 855-857 859-860 863-865; AR 716-729; CA 900-908 910-928 930-961;
    CO 800-816; CT 060-069; DE 197-199; DC 200 202-205 569; FL 320-339 341-342 344 346-347 349; GA 300-319 398-399;
    HI 967-968; ID 832-838; IL 600-620 622-629; IN 460-479; IA 500-516 520-528; KS 660-662 664-679; KY 400-427;
    LA 700-701 703-708 710-714; ME 039-049; MD 206-212 214-219; MA 010-027 055; MI 480-499; MN 550-551 553-567;
    MS 386-397; MO 630-631 633-641 644-658; MT 590-599; NE 680-693; NV 889-891 893-895 897-898; NH 030-038;
    NJ 070-089; NM 870-875 877-884; NY 005 063 100-149; NC 270-289; ND 580-588; OH 430-459; OK 730-731 734-749;
    OR 970-979; PA 150-196; RI 028-029; SC 290-299; SD 570-577; TN 370-385; TX 733 750-799 885; UT 840-847;
    VT 050-054 056-059; VA 201 220-246; WA 980-986 988-994; WV 247-268; WI 530-532 534-535 537-549;
    WY 820-831 834; PR 006-007 009; VI 008; GU 969; MP 969; AS 967
"""


def _prefixes(ranges: Iterable[str]) -> frozenset[str]:
    found = set()
    for one in ranges:
        first, _dash, last = one.partition("-")
        found |= {f"{number:03}" for number in range(int(first), int(last or first) + 1)}
    return frozenset(found)


ZIP3: dict[str, frozenset[str]] = {
    row.split()[0]: _prefixes(row.split()[1:]) for row in re.split(r";\s*", _ZIP3.strip())
}

# The first letter of a Canadian postal code. Source: Canada Post. X is shared: the third sign decides.
PROVINCE_OF = {
    "A": "NL",
    "B": "NS",
    "C": "PE",
    "E": "NB",
    "G": "QC",
    "H": "QC",
    "J": "QC",
    "K": "ON",
    "L": "ON",
    "M": "ON",
    "N": "ON",
    "P": "ON",
    "R": "MB",
    "S": "SK",
    "T": "AB",
    "V": "BC",
    "Y": "YT",
    "X0A": "NU",
    "X0B": "NU",
    "X0C": "NU",
    "X": "NT",
}
