"""Addresses of numbers."""

from __future__ import annotations

from django.urls import path

from phone_numbers import (
    pool_views,
    views,
    views_adding,
    views_assigning,
    views_exporting,
    views_importing,
    views_orders,
    views_syncing,
)

app_name = "numbers"
urlpatterns = [
    path("numbers/", views.number_list, name="list"),
    path("numbers/badges/", views.badges, name="badges"),
    path("numbers/selection/", views.selection, name="selection"),
    path("numbers/assignment/", views_assigning.assignment, name="assignment"),
    path("numbers/removal/", views_orders.removal, name="removal"),
    path("numbers/orders/<uuid:order_id>/", views_orders.order, name="order"),
    path("numbers/orders/<uuid:order_id>/again/", views_orders.again, name="again"),
    path("numbers/orders/<uuid:order_id>/undo/", views_orders.undo, name="undo"),
    path("numbers/new/", views_adding.new, name="new"),
    path("numbers/<uuid:number_id>/", views_adding.detail, name="detail"),
    path("numbers/<uuid:number_id>/change/", views_adding.change, name="change"),
    path("numbers/sync/", views_syncing.sync, name="sync"),
    path("numbers/export/", views_exporting.export, name="export"),
    path("numbers/imports/", views_importing.import_list, name="imports"),
    path("numbers/imports/new/", views_importing.import_new, name="import-new"),
    path("numbers/imports/assignment/", views_importing.import_assign, name="import-assign"),
    path("numbers/imports/<uuid:import_id>/", views_importing.import_one, name="import"),
    path("numbers/imports/<uuid:import_id>/application/", views_importing.import_apply, name="import-apply"),
    path("numbers/imports/<uuid:import_id>/order/", views_importing.import_order, name="import-order"),
    path("numbers/imports/<uuid:import_id>/stopping/", views_importing.import_stop, name="import-stop"),
    path(
        "numbers/imports/<uuid:import_id>/failures/", views_importing.import_failures, name="import-failures"
    ),
    path("numbers/pool/<uuid:campaign_id>/", pool_views.pool, name="pool"),
    path("numbers/pool/<uuid:campaign_id>/list/", pool_views.pool_list, name="pool-list"),
    # Below the campaign's own address, because that is where people look; served from here, because numbers
    # know campaigns and campaigns do not know numbers.
    path("campaigns/<uuid:campaign_id>/numbers/", views.of_campaign, name="of-campaign"),
]
