"""The panes of the monitor, one a file."""
