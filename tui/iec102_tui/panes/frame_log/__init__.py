"""The frame log pane."""
