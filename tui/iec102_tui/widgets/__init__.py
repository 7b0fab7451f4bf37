"""The widgets of the monitor, one a file."""
