"""The load profile pane."""
