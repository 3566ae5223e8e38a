"""Numbers: what an account has, and what becomes of one on its way onto a campaign and off it.

`rules` says which numbers meet what, `linking` is what an account does, `deciding` what a person decides by hand,
`adding` how numbers come into an account, `looks` how the control page words them.
"""
