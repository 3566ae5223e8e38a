"""Faults: the registry misbehaves on purpose, by rows of data that tests and people switch on.

`catalogue` says which effects there are and in which phases, `presets` names the fault plan's cases,
`switching` turns faults on and off, `matching` finds the fault of a request, `limits` is the account's
own rate, `bodies` are answers that no carrier should give, and `socket` does what no web framework can.
"""
