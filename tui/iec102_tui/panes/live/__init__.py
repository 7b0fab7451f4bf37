"""The live pane: the 24 signals."""
