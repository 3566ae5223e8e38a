"""A URL conf with planted leaks: mistakes that people make, each beside the way it is done right.

Nothing of the product imports this. `test_planted_leaks.py` sets it as the URL conf and lets the matrix look.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.utils.timezone import now

from brands.models import Brand
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.tenancy.scope import acting_for
from portal.ui.htmx import is_htmx

_pages: dict[str, str] = {}


def _told(brand: Brand) -> HttpResponse:
    return HttpResponse(f"{brand.name} in {brand.city}")


# --- as it should be


@member(can=Act.VIEW)
def sound(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Loaded in scope, 404 otherwise."""
    return _told(get_object_or_404(Brand, pk=brand_id))


@member(can=Act.DRAFT)
def sound_write(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """A write under the permission to write."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if request.method == "POST":
        Brand.objects.filter(pk=brand.pk).update(city="Tacoma")
    return _told(brand)


@member(can=Act.VIEW)
def sound_list(request: MemberRequest) -> HttpResponse:
    """The scope's rows."""
    return HttpResponse(" ".join(brand.name for brand in Brand.objects.all()))


# --- mistakes that the database alone does not catch


def no_decorator(request: HttpRequest, brand_id: UUID) -> HttpResponse:
    """Somebody forgot `member`."""
    return HttpResponse("one brand")


@member(can=Act.VIEW)
def wrong_permission(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Every viewer may write here."""
    return sound_write.__wrapped__(request, brand_id)  # type: ignore[attr-defined,no-any-return]


@member(can=Act.VIEW)
def trusts_the_body(request: MemberRequest) -> HttpResponse:
    """The form says whose rows are shown."""
    organization = request.POST.get("organization", request.acting.organization.pk)
    with acting_for(UUID(str(organization)), by=request.acting.actor):
        return sound_list.__wrapped__(request)  # type: ignore[attr-defined,no-any-return]


@member(can=Act.DRAFT)
def links_from_the_body(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """An id from the form is kept without looking whose it is."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if request.method == "POST":
        Brand.objects.filter(pk=brand.pk).update(reference=request.POST.get("brand", ""))
    return _told(brand)


@member(can=Act.DRAFT)
def betrays_by_a_unique_key(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Unique keys look behind the policies: what happens on a clash tells who else has the id."""
    times: dict[str, Any] = dict.fromkeys(("since", "created_at", "saved_at"), now())
    try:
        with transaction.atomic():
            Brand.objects.create(pk=brand_id, organization=request.acting.organization, **times)
            transaction.set_rollback(True)
    except IntegrityError:
        if (mine := Brand.objects.filter(pk=brand_id).first()) is not None:
            return _told(mine)
        return HttpResponse("This id is taken.", status=404)
    raise Http404


def keeps_pages(request: HttpRequest) -> HttpResponse:
    """A cache whose key does not say whose page it is."""
    if request.user.is_authenticated and request.path not in _pages:
        _pages[request.path] = sound_list(request).content.decode()
    return HttpResponse(_pages.get(request.path, ""))


keeps_pages.can = Act.VIEW  # type: ignore[attr-defined]


# --- mistakes behind which the policies stand; they show when those are off


@member(can=Act.VIEW)
def past_the_manager(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Loaded by its id through the manager that knows no scope."""
    return _told(get_object_or_404(Brand._base_manager, pk=brand_id))


@member(can=Act.VIEW)
def forbidden_instead_of_none(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """403 says that it exists."""
    brand = get_object_or_404(Brand._base_manager, pk=brand_id)
    if brand.organization_id != request.acting.organization.pk:
        raise PermissionDenied
    return _told(brand)


@member(can=Act.VIEW)
def says_whose(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """The same status with another sentence."""
    brand = Brand._base_manager.filter(pk=brand_id).first()
    if brand is not None and brand.organization_id != request.acting.organization.pk:
        return HttpResponse("This brand is not yours.", status=404)
    if brand is None:
        return HttpResponse("There is no such brand.", status=404)
    return _told(brand)


@member(can=Act.VIEW)
def htmx_skips_the_check(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """The page is sound and the part of it is not."""
    if is_htmx(request):
        return past_the_manager.__wrapped__(request, brand_id)  # type: ignore[attr-defined,no-any-return]
    return sound.__wrapped__(request, brand_id)  # type: ignore[attr-defined,no-any-return]


@member(can=Act.VIEW)
def forgot_the_filter(request: MemberRequest) -> HttpResponse:
    """A list of everybody's."""
    return HttpResponse(" ".join(brand.name for brand in Brand._base_manager.all()))


@member(can=Act.DRAFT)
def writes_before_it_looks(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """The answer is right, and the row is changed all the same; a raised 404 would have taken it back."""
    if request.method == "POST":
        Brand._base_manager.filter(pk=brand_id).update(city="Taken")
    mine = Brand.objects.filter(pk=brand_id).first()
    return HttpResponse(status=404) if mine is None else _told(mine)


_OF_A_BRAND = (
    sound,
    sound_write,
    no_decorator,
    wrong_permission,
    links_from_the_body,
    betrays_by_a_unique_key,
    past_the_manager,
    forbidden_instead_of_none,
    says_whose,
    htmx_skips_the_check,
    writes_before_it_looks,
)
_LISTS = (sound_list, trusts_the_body, keeps_pages, forgot_the_filter)

urlpatterns = [
    path("", include("portal.urls")),
    path(
        "leaks/",
        include(
            (
                [
                    *(
                        path(f"{view.__name__}/<uuid:brand_id>/", view, name=view.__name__)
                        for view in _OF_A_BRAND
                    ),
                    *(path(f"{view.__name__}/", view, name=view.__name__) for view in _LISTS),
                ],
                "leaks",
            )
        ),
    ),
]
