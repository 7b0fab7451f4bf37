"""Judgements on a meter: what its own values say of its wiring, its ratios, its clock and its month."""
