"""Many drafts of many organizations, made directly through the model in a process of its own.

Drafting is not what a kill run is about; submitting is, and goes over HTTP. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from uuid import uuid4

PASSWORD = "a long and quiet password"


def main(count: int, organizations: int, campaigns: int = 0) -> dict[str, Any]:
    """`count` complete drafts of brands and `campaigns` of campaigns, spread over new organizations with one member
    each. A campaign can be submitted once its brand, which is submitted here, has been verified."""
    from portal import clock
    from portal.accounts.enrolling import account_for
    from portal.audit.recording import CLEARLINE
    from portal.tenancy.models import Membership, Organization
    from portal.tenancy.scope import acting_for

    run = uuid4().hex[:6]
    times = clock.read()
    found = []
    for number in range(organizations):
        name, email = f"Kill {run} {number}", f"owner{number}@{run}.example"
        organization = Organization.objects.create(name=name)
        user, _ = account_for(email, name=f"Owner {number}", password=PASSWORD)
        with acting_for(organization.pk, by=CLEARLINE):
            Membership.objects.create(organization=organization, user=user, role="owner")
        share = range(number, count, organizations)
        drafts = [_draft(organization.pk, f"Ordinary {run} {one} LLC", times) for one in share]
        theirs = range(number, campaigns, organizations)
        others = [_campaign(organization.pk, f"Carrying {run} {one} LLC", times) for one in theirs]
        found.append({"email": email, "password": PASSWORD, "drafts": drafts, "campaigns": others})
    return {"members": found}


def _draft(organization: Any, name: str, times: Any) -> str:
    from portal.audit.recording import Actor
    from portal.tenancy.scope import acting_for

    actor = Actor("Owner", None, "127.0.0.1")
    with acting_for(organization, by=actor):
        brand = _brand(organization, actor, times, legal_name=name, display_name=name)
    return str(brand.pk)


def _campaign(organization: Any, name: str, times: Any) -> str:
    """Of a brand of its own, so that no two campaigns of a brand say the same."""
    from campaigns.models import start_draft
    from portal.audit.recording import Actor
    from portal.tenancy.scope import acting_for
    from tests.factories import CAMPAIGN

    actor = Actor("Owner", None, "127.0.0.1")
    with acting_for(organization, by=actor):
        brand = _brand(organization, actor, times, legal_name=name)
        brand.submit(by=actor, times=times)
        campaign = start_draft(organization_id=organization, by=actor, times=times, brand=brand)
        campaign.save_answers(CAMPAIGN, times=times)
    return str(campaign.pk)


def _brand(organization: Any, actor: Any, times: Any, **answers: str) -> Any:
    from brands.models import start_draft
    from tests.factories import ANSWERS

    brand = start_draft(organization_id=organization, by=actor, times=times)
    brand.accept_terms(by=actor, times=times)
    brand.save_answers({**ANSWERS, **answers}, times=times)
    return brand


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(main(*map(int, sys.argv[1:]))))
