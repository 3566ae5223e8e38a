"""The practice registry: a stand-in for the carrier, speaking the vendor's published contract.

An HTTP service of its own, with its own process, settings and database, so that the demo, the
tests and production run the very same adapter. Below `/v2` it answers as Telnyx does; its control
page decides brands and campaigns by hand, moves the business clock and shows every request it ever received.

It imports nothing of the portal but `portal.lib` and `portal.ui`, and nobody imports it.
It is for loopback: bind it to 127.0.0.1 only. Anyone who reaches it can decide anything.
"""
