"""Walls and composite keys of the new tables, and the triggers that count a campaign's numbers."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import CompositeKey, IsolateTenant

# One count per statement and campaign, whatever the number of rows: a trigger per row would cost a bulk order of ten
# thousand numbers ten thousand updates of one row. In the order of the campaigns, so that two orders cannot lock
# each other out.
_COUNT = """
CREATE FUNCTION numbers_count_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT organization_id, campaign_id, sum(one) AS delta FROM ({changes}) AS changes
         GROUP BY organization_id, campaign_id HAVING sum(one) <> 0 ORDER BY campaign_id
    LOOP
        UPDATE numbers_roster SET used = used + change.delta
         WHERE organization_id = change.organization_id AND campaign_id = change.campaign_id;
        IF NOT FOUND THEN
            RAISE foreign_key_violation USING MESSAGE = 'a campaign with numbers needs a roster';
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""
_ADDED = "SELECT organization_id, campaign_id, 1 AS one FROM added WHERE ended_at IS NULL"
_GONE = "SELECT organization_id, campaign_id, -1 AS one FROM gone WHERE ended_at IS NULL"
_TRIGGERS = {
    "insert": (_ADDED, "REFERENCING NEW TABLE AS added"),
    "update": (f"{_ADDED} UNION ALL {_GONE}", "REFERENCING NEW TABLE AS added OLD TABLE AS gone"),
    "delete": (_GONE, "REFERENCING OLD TABLE AS gone"),
}
_UP = [
    # What is there already counts, and stays, even where it is more than the carrier takes today.
    "ALTER TABLE numbers_assignment NO FORCE ROW LEVEL SECURITY",
    "INSERT INTO numbers_roster (id, organization_id, campaign_id, used, direct)"
    " SELECT gen_random_uuid(), organization_id, campaign_id, used, greatest(48, used) FROM ("
    "  SELECT organization_id, campaign_id, count(*) FILTER (WHERE ended_at IS NULL) AS used"
    "    FROM numbers_assignment GROUP BY organization_id, campaign_id) AS counted",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "ALTER TABLE numbers_assignment FORCE ROW LEVEL SECURITY",
    *(_COUNT.format(name=name, changes=changes) for name, (changes, _) in _TRIGGERS.items()),
    *(
        f"CREATE TRIGGER numbers_count_{name} AFTER {name.upper()} ON numbers_assignment {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION numbers_count_{name}()"
        for name, (_, tables) in _TRIGGERS.items()
    ),
]
_DOWN = [
    *(f"DROP TRIGGER numbers_count_{name} ON numbers_assignment" for name in _TRIGGERS),
    *(f"DROP FUNCTION numbers_count_{name}()" for name in _TRIGGERS),
]


class Migration(migrations.Migration):
    dependencies = [("numbers", "0003_inventory"), ("campaigns", "0002_isolation")]

    operations = [
        migrations.RunSQL(_UP, _DOWN),
        IsolateTenant("Order"),
        IsolateTenant("Roster"),
        IsolateTenant("Selection"),
        CompositeKey("Order", "campaign", "campaigns.Campaign"),
        CompositeKey("Roster", "campaign", "campaigns.Campaign"),
        CompositeKey("Assignment", "order", "Order"),
        CompositeKey("Assignment", "release", "Order"),
    ]
