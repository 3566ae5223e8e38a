"""Telnyx's endpoints for external vetting, and for the e-mail of Authentication+.

The contract has no field that says whether a public company has confirmed its e-mail address. Here that is
the vetting of class AUTHPLUS, which is ordered with the registration: without a `vettedDate` it is "not
complete or not valid" (ExternalVetting.vettedDate), with one the address was confirmed.
"""

from __future__ import annotations

from typing import Any

from portal.practice import proofs
from portal.practice.models import Vetting
from portal.practice.telnyx.brands import find
from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import Answer, Call, endpoint, invalid, refused
from portal.practice.telnyx.queries import document, stamp
from portal.practice.wire import keepable

_ORDER = {"evpId": 10, "vettingClass": 60}
_IMPORT = {"evpId": 10, "vettingId": 60}


def index(call: Call, brand_id: str) -> Answer:
    """Every vetting of a brand, oldest first."""
    brand = find(call, brand_id)
    return Answer(
        200, [_told(row, call) for row in Vetting.objects.filter(brand=brand).order_by("id")], brand.id
    )


def order(call: Call, brand_id: str) -> Answer:
    """Order a vetting. Costs money."""
    brand = find(call, brand_id)
    asked = _texts(call, _ORDER)
    try:
        made = proofs.order(brand, asked["evpId"], asked["vettingClass"], call.moment)
    except proofs.Unfit as problem:
        raise refused(400, error(problem.code, "Vetting cannot be ordered", str(problem))) from problem
    return Answer(200, _told(made, call), brand.id)


def take_in(call: Call, brand_id: str) -> Answer:
    """Import a vetting that was made elsewhere."""
    brand = find(call, brand_id)
    asked = _texts(call, _IMPORT)
    token = document(call).get("vettingToken") or ""
    if not isinstance(token, str) or not keepable(token) or len(token) > 200:
        raise invalid({"loc": ["body", "vettingToken"], "msg": "str type expected", "type": "type_error.str"})
    made = proofs.take_in(brand, asked["evpId"], asked["vettingId"], token, call.moment)
    return Answer(200, _told(made, call), brand.id)


def resend(call: Call, brand_id: str) -> Answer:
    """Send the e-mail of Authentication+ again."""
    brand = find(call, brand_id)
    try:
        proofs.resend(brand, call.moment)
    except proofs.Unfit as problem:
        raise refused(400, error(problem.code, "2FA e-mail cannot be sent", str(problem))) from problem
    return Answer(200, None, brand.id)


collection = endpoint("vetting", verbs={"GET": "list"}, GET=index, POST=order, PUT=take_in)
contact_email = endpoint("two_factor", POST=resend)


def _told(row: Vetting, call: Call) -> dict[str, Any]:
    """The vendor's `ExternalVetting`; what is not there yet is left out."""
    answer: dict[str, Any] = {
        "evpId": row.evp_id,
        "vettingClass": row.vetting_class,
        "vettingId": row.vetting_id,
        "createDate": stamp(row.ordered_at),
    }
    if row.token:
        answer["vettingToken"] = row.token
    good = row.score is not None or row.vetting_class == proofs.AUTHENTICATION
    if good and row.due_at is not None and row.due_at <= call.moment.business:
        answer["vettedDate"] = stamp(row.due_at)
        if row.score is not None:
            answer["vettingScore"] = row.score
    return answer


def _texts(call: Call, longest: dict[str, int]) -> dict[str, str]:
    """The required texts of the body. Raises a Refusal, 422."""
    body = document(call)
    if not isinstance(body, dict):
        raise invalid({"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"})
    problems = []
    for name, most in longest.items():
        value = body.get(name)
        if value is None or value == "":
            problems.append({"loc": ["body", name], "msg": "field required", "type": "value_error.missing"})
        elif not isinstance(value, str) or not keepable(value):
            problems.append({"loc": ["body", name], "msg": "str type expected", "type": "type_error.str"})
        elif len(value) > most:
            words = f"ensure this value has at most {most} characters"
            problems.append({"loc": ["body", name], "msg": words, "type": "value_error.any_str.max_length"})
    if problems:
        raise invalid(*problems)
    return {name: body[name] for name in longest}
