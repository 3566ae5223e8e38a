"""Findings on the pages of a brand: beside the fields, before sending, and what sending on leaves behind."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from brands import rules, rules_reach
from brands.models import Brand
from portal.audit.models import Event
from portal.lifecycle.models import Submission
from portal.preflight import checking
from portal.preflight.checking import Found
from tests.factories import ADDRESS, BUSINESS, COMPANY, CONTACT, PUBLIC, brand_draft, submitted_brand
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HTMX = {"HTTP_HX_REQUEST": "true"}
SHORTENED = {"website": "https://bit.ly/3xYz"}


def ask(person: Person, brand: Brand, slug: str, answers: dict[str, Any], **more: Any) -> Any:
    """What a page asks by itself when a field was left."""
    return person.post(f"/brands/drafts/{brand.pk}/{slug}/findings/", {**answers, **more}, **HTMX)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def shown_in(answer: Any) -> list[str]:
    """The marks that the answer brings along, as the page sends them back."""
    return re.findall(r'name="findings-shown" value="([^"]*)"', answer.content.decode())


def row(person: Person, brand: Brand) -> dict[str, Any]:
    with person.acting():
        return dict(Brand.objects.filter(pk=brand.pk).values().get())


def check_page(person: Person, brand: Brand) -> str:
    return text_of(person.get(f"/brands/drafts/{brand.pk}/check/"))


def submit(person: Person, brand: Brand, **posted: Any) -> Any:
    return person.post(f"/brands/drafts/{brand.pk}/submission/", posted)


def marks(page: str) -> list[str]:
    return re.findall(r'name="findings-known" value="([^"]*)"', page)


def events(person: Person, brand: Brand, action: str) -> list[dict[str, Any]]:
    with person.acting():
        return [event.detail for event in Event.objects.filter(object_id=brand.pk, action=action)]


def is_sent(person: Person, brand: Brand) -> bool:
    with person.acting():
        return bool(Submission.objects.filter(subject_id=brand.pk).exists())


# --- while typing


def test_leaving_a_field_says_what_is_found_and_saves_nothing(ada: Person) -> None:
    brand = brand_draft(ada)
    before = row(ada, brand)
    answer = ask(ada, brand, "contact", CONTACT | {"email": "acme@gmail.com"})
    assert answer.status_code == 200
    assert 'id="id_email_findings"' in answer.content.decode()
    assert "“gmail.com” is a mail service that anybody can use." in text_of(answer)
    assert "id_phone_findings" not in answer.content.decode(), "only what changed is swapped"
    assert json.loads(answer["HX-Trigger"])["announce"]["message"].startswith("Support e-mail: “gmail.com”")
    assert row(ada, brand) == before


def test_what_a_page_shows_already_is_neither_swapped_nor_said_again(ada: Person) -> None:
    brand = brand_draft(ada)
    first = ask(ada, brand, "contact", CONTACT | {"email": "acme@gmail.com"})
    again = ask(
        ada, brand, "contact", CONTACT | {"email": "acme@gmail.com"}, **{"findings-shown": shown_in(first)}
    )
    assert again.status_code == 204
    assert "HX-Trigger" not in again.headers


def test_other_words_of_the_same_rule_are_news(ada: Person) -> None:
    brand = brand_draft(ada)
    first = ask(ada, brand, "contact", CONTACT | {"email": "acme@gmail.com"})
    other = ask(
        ada, brand, "contact", CONTACT | {"email": "acme@yahoo.com"}, **{"findings-shown": shown_in(first)}
    )
    assert "“yahoo.com”" in text_of(other)


def test_what_is_mended_goes_away_and_is_said_once(ada: Person) -> None:
    brand = brand_draft(ada)
    first = ask(ada, brand, "contact", CONTACT | {"email": "acme@gmail.com"})
    mended = ask(ada, brand, "contact", CONTACT, **{"findings-shown": shown_in(first)})
    assert re.search(
        r'<div class="findings"\s+id="id_email_findings"\s+hx-swap-oob="outerHTML">\s*</div>',
        mended.content.decode(),
    )
    assert "nothing to note any more" in mended["HX-Trigger"]


def test_what_the_form_refuses_is_said_in_its_own_words_and_only_once(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = text_of(ask(ada, brand, "company", COMPANY | {"tax_id": "123-45-6789"}))
    assert answer.count("social security number") == 1
    posted = text_of(ada.post(f"/brands/drafts/{brand.pk}/company/", COMPANY | {"tax_id": "123-45-6789"}))
    said = re.findall(r"This looks like a social security number, which is not accepted\.", posted)
    assert len(said) == 2, "in the summary and at the field, and nowhere else"
    assert 'name="findings-said" value="tax_id"' in posted
    again = ask(ada, brand, "company", COMPANY | {"tax_id": "123-45-6789"}, **{"findings-said": ["tax_id"]})
    assert again.status_code == 204


def test_nobody_is_told_of_answers_that_are_still_to_come(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ask(ada, brand, "address", {"street": "", "city": "", "state": "", "postal_code": ""})
    assert answer.status_code == 204


def test_findings_look_across_the_steps(ada: Person) -> None:
    brand = brand_draft(ada, website="https://www.other.example")
    answer = text_of(ask(ada, brand, "contact", CONTACT))
    assert "The mailbox is at “acme.example” and the website at “www.other.example”." in answer
    assert ask(ada, brand, "business", BUSINESS).status_code == 204, "about a field of another step"


def test_the_contact_of_a_listed_company_is_looked_at(ada: Person) -> None:
    brand = brand_draft(ada, **PUBLIC)
    answer = text_of(ask(ada, brand, "contact", CONTACT | {"business_contact_email": "info@acme.example"}))
    assert "“info” is a shared mailbox." in answer


def test_a_tax_id_is_compared_while_it_is_typed_and_never_given_back(ada: Person) -> None:
    submitted_brand(ada, display_name="Larkspur Dental", tax_id="84-2093317")
    brand = brand_draft(ada)
    before = row(ada, brand)
    answer = ask(ada, brand, "company", COMPANY | {"tax_id": "84 2093317"})
    assert "Larkspur Dental already uses this tax id." in text_of(answer)
    assert "2093317" not in text_of(answer) + answer["HX-Trigger"]
    assert row(ada, brand) == before
    unknown = ask(ada, brand, "company", COMPANY | {"tax_id": "07-1144442"})
    assert "begins with 07" in text_of(unknown)
    assert "1144442" not in text_of(unknown) + unknown["HX-Trigger"]


def test_another_organizations_tax_id_is_nobodys_business(ada: Person, cy: Person) -> None:
    submitted_brand(cy, display_name="Rival", tax_id="84-2093317")
    brand = brand_draft(ada)
    assert ask(ada, brand, "company", COMPANY | {"tax_id": "84-2093317"}).status_code == 204


def test_the_state_and_the_code_are_compared_in_the_notation_of_the_country(ada: Person) -> None:
    brand = brand_draft(ada)
    assert "belong to Oregon" in text_of(ask(ada, brand, "address", ADDRESS | {"postal_code": "97201"}))
    assert ask(ada, brand, "address", ADDRESS | {"postal_code": "98101-0001"}).status_code == 204


def test_a_saved_step_shows_its_findings_when_it_is_opened(ada: Person) -> None:
    brand = brand_draft(ada, email="acme@gmail.com")
    page = ada.get(f"/brands/drafts/{brand.pk}/contact/").content.decode()
    assert "“gmail.com” is a mail service" in page
    assert re.search(r'aria-describedby="[^"]*id_email_findings[^"]*"', page)
    assert re.search(r'id="id_phone_findings"\s*>\s*</div>', page), "an empty slot is really empty"


def test_the_page_asks_by_a_real_button_of_its_form(ada: Person) -> None:
    brand = brand_draft(ada)
    page = ada.get(f"/brands/drafts/{brand.pk}/contact/").content.decode()
    found = re.search(r"<button[^>]*data-findings[^>]*>", page)
    assert found
    assert f'formaction="/brands/drafts/{brand.pk}/contact/findings/"' in found[0]
    assert page.index("Continue") < found.start(), "Enter presses the first button of a form"
    assert "data-findings" not in ada.get("/brands/new/").content.decode()


def test_without_a_script_the_address_leads_back_to_the_step(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ada.post(f"/brands/drafts/{brand.pk}/contact/findings/", CONTACT)
    assert answer["Location"] == f"/brands/drafts/{brand.pk}/contact/"


def test_a_submitted_brand_and_a_step_without_a_form_have_nothing_to_say(ada: Person) -> None:
    brand = submitted_brand(ada)
    assert ask(ada, brand, "contact", CONTACT | {"email": "acme@gmail.com"}).status_code == 204
    draft = brand_draft(ada)
    assert ask(ada, draft, "check", {}).status_code == 204
    assert ask(ada, draft, "terms", {"accept": "on"}).status_code == 204
    assert ask(ada, draft, "nonsense", {}).status_code == 404
    assert ada.get(f"/brands/drafts/{draft.pk}/contact/findings/").status_code == 405


@pytest.mark.parametrize(
    "text",
    ["\x00", "\ud800", "a" * 400_000, "\u202e" * 1000, "%s%n", "<script>alert(1)</script>"],
    ids=["nul", "surrogate", "long", "turned", "percent", "script"],
)
def test_hostile_answers_get_an_answer(ada: Person, text: str) -> None:
    brand = brand_draft(ada, **PUBLIC)
    for slug, answers in (
        ("company", COMPANY),
        ("address", ADDRESS),
        ("business", BUSINESS),
        ("contact", CONTACT),
    ):
        hostile = dict.fromkeys(answers, text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
        answer = ask(
            ada,
            brand,
            slug,
            hostile,
            **{"findings-shown": [text[:50].replace("\ud800", "?")], "findings-said": "x"},
        )
        assert answer.status_code in (200, 204, 400)
        assert "<script>alert" not in answer.content.decode()


def test_a_rule_that_breaks_breaks_no_page(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_brand: object) -> list[Found]:
        raise RuntimeError

    monkeypatch.setattr(checking, "raising", False)
    monkeypatch.setattr(rules_reach.lists, "is_free_mail", breaks)
    brand = brand_draft(ada)
    assert ask(ada, brand, "contact", CONTACT).status_code == 204
    page = check_page(ada, brand)
    assert "A part of the check could not be made" in page
    assert submit(ada, brand).status_code == 302


# --- before sending


def test_a_brand_without_findings_has_no_known_problem(ada: Person) -> None:
    page = check_page(ada, brand_draft(ada))
    assert "No known problem" in page
    assert "Not checked: whether the website opens" in page
    assert "Send it anyway" not in page


def test_findings_stand_worst_first_with_fix_source_and_a_way_back_here(ada: Person) -> None:
    brand = brand_draft(ada, email="acme@gmail.com", **SHORTENED)
    page = check_page(ada, brand)
    assert "Likely rejected" in page
    assert page.index("shortens links") < page.index("is a mail service")
    assert "Use a mailbox at the company's own domain" in page.replace("&#x27;", "'")
    assert "AWS BRAND_EMAIL_PUBLIC_DOMAIN" in page
    assert f'/brands/drafts/{brand.pk}/contact/?return=check#id_email"' in page


def test_a_risk_is_never_in_the_way(ada: Person) -> None:
    brand = brand_draft(ada, email="acme@gmail.com", street="PO Box 7")
    assert "At risk" in check_page(ada, brand)
    assert submit(ada, brand).status_code == 302
    (detail,) = events(ada, brand, "brand.submitted")
    assert detail["findings"] == ["B05:email", "B08:street"]
    assert "note" not in detail


def test_what_is_likely_rejected_is_sent_on_by_one_deliberate_click(ada: Person) -> None:
    brand = brand_draft(ada, **SHORTENED)
    page = check_page(ada, brand)
    assert "Send it anyway" in page
    assert "4.00 USD" in page
    assert "7 business days" in page
    refused = submit(ada, brand)
    assert refused.status_code == 422
    said = text_of(refused)
    assert "There is a problem" in said
    assert "Nothing was sent." in said
    assert re.search(r"<title>\s*Error: ", refused.content.decode())
    assert not is_sent(ada, brand)
    sent = submit(
        ada, brand, anyway="on", reason="The shortener is our own product.", **{"findings-known": marks(page)}
    )
    assert sent.status_code == 302
    (detail,) = events(ada, brand, "brand.submitted")
    assert detail["anyway"] is True
    assert detail["findings"] == ["B11:website"]
    assert "The shortener is our own product." in detail["note"]
    assert "The shortener is our own product." in text_of(ada.get(f"/brands/{brand.pk}/"))


def test_the_reason_may_be_left_out_and_is_kept_when_the_tick_is_missing(ada: Person) -> None:
    brand = brand_draft(ada, **SHORTENED)
    assert "Our own product." in text_of(submit(ada, brand, reason="Our own product."))
    known = marks(check_page(ada, brand))
    assert submit(ada, brand, anyway="on", **{"findings-known": known}).status_code == 302


def test_a_tick_is_for_what_the_page_showed(ada: Person) -> None:
    brand = brand_draft(ada, **SHORTENED)
    known = marks(check_page(ada, brand))
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(website="https://tinyurl.com/acme")
    answer = submit(ada, brand, anyway="on", **{"findings-known": known})
    assert answer.status_code == 422
    assert "Something came up since this page was opened." in text_of(answer)
    assert submit(ada, brand, anyway="on").status_code == 422, "a post that says nothing of what it showed"
    assert not is_sent(ada, brand)


def test_a_tick_is_not_wanted_where_nothing_is_likely_rejected(ada: Person) -> None:
    brand = brand_draft(ada)
    assert submit(ada, brand, anyway="on", reason="x").status_code == 302
    (detail,) = events(ada, brand, "brand.submitted")
    assert "anyway" not in detail


def test_a_tax_id_in_the_reason_is_not_kept(ada: Person) -> None:
    brand = brand_draft(ada, **SHORTENED)
    known = marks(check_page(ada, brand))
    reason = "Our EIN 91-4730265 (914730265) is right, and so is 84-2093317."
    assert submit(ada, brand, anyway="on", reason=reason, **{"findings-known": known}).status_code == 302
    kept = str(events(ada, brand, "brand.submitted"))
    for digits in ("91-4730265", "914730265", "84-2093317"):
        assert digits not in kept


def test_an_error_blocks_and_says_where(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms refuse what is an error; a rule that they do not know yet has to hold all the same."""
    brand = brand_draft(ada)
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(legal_name="A" * 100)
    monkeypatch.setitem(rules.data.LONGEST, "legal_name", 50)
    page = check_page(ada, brand)
    assert "Cannot be sent" in page
    assert "The answer is longer than 50 characters." in page
    assert "Confirm and submit" not in page
    assert "Fix what blocks it" in page
    answer = submit(ada, brand, anyway="on")
    assert answer.status_code == 422
    assert not is_sent(ada, brand)


def test_what_is_missing_is_said_by_the_step_and_not_by_a_rule_as_well(ada: Person) -> None:
    brand = brand_draft(ada, email="")
    page = check_page(ada, brand)
    assert "is not complete yet" in page
    assert "An answer is missing." not in page
    assert "No known problem" not in page


def test_a_missing_key_of_the_tax_id_makes_no_finding(ada: Person, settings: Any) -> None:
    brand = brand_draft(ada)
    settings.TAX_ID_KEYS = ["another key of forty characters or more, x"]
    assert "No known problem" in check_page(ada, brand)


# --- who may


def test_bo_may_not_ask_and_cy_gets_a_404(ada: Person, bo: Person, cy: Person) -> None:
    brand = brand_draft(ada)
    assert ask(bo, brand, "contact", CONTACT).status_code == 403
    assert ask(cy, brand, "contact", CONTACT).status_code == 404
    nobody = Client().post(f"/brands/drafts/{brand.pk}/contact/findings/", CONTACT)
    assert nobody.status_code == 302


def test_answers_that_were_saved_meanwhile_are_not_sent_unseen(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand = brand_draft(ada)
    submit_of = Brand.submit

    def late(self: Brand, **given: Any) -> Submission:
        """Another tab saves between the check and the submission."""
        Brand.objects.filter(pk=self.pk).update(website="https://bit.ly/3xYz")
        return submit_of(self, **given)

    monkeypatch.setattr(Brand, "submit", late)
    answer = submit(ada, brand)
    assert answer.status_code == 409
    assert "shortens links" in text_of(answer)
    assert not is_sent(ada, brand)
    assert row(ada, brand)["status"] == "draft"
