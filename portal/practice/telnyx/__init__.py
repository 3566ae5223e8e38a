"""The vendor's endpoints below `/v2`, one module per resource.

`exchange` is the frame around every request (key, ledger, faults, error shapes); `brands` holds the brand
endpoints, `brand_schema` what the vendor demands of a brand, `vettings` and `passwords` what proves one.
Campaigns, numbers and toll-free requests are sibling modules when they come.
"""
