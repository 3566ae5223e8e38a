"""Campaigns: what the registry, the provider and the mobile carriers make of one, over time.

`life` folds the steps of a campaign into its standing at a moment, `planning` writes the steps that come by
themselves, `rules` says which words in a filing change them, `acting` is what an account does, `deciding` what
a person decides by hand, and `networks` knows the mobile carriers.
"""
