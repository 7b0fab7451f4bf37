"""Frames in files: JSON Lines, pcapng and text, recorded, written and read again."""
