"""The linter's engine: predict a reviewer's answer before anything is sent, and explain it afterwards.

Rules stand in each flow's `rules.py`; word lists and the catalogue of rejections that the flows share stand
here. Nothing in it knows a model, a request or a carrier.
"""
