"""The vendor's endpoints below `/v2`, one module per resource.

`exchange` is the frame around every request (key, ledger, error shapes); `brands` holds the brand
endpoints and `brand_schema` what the vendor demands of a brand. Campaigns, numbers and toll-free
requests are sibling modules when they come.
"""
