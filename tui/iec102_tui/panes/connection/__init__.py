"""The connection pane: saved meters, the form, find, check and gateway."""
