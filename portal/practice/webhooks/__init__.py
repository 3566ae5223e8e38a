"""Webhooks: the registry tells the portal by itself that something happened to a brand.

`events` says what is told and notices what time alone brought about, `twisting` lets faults at it,
`signing` signs, `sending` delivers from rows, so that a restart loses nothing.
"""
