"""Load profiles: intervals, how they are asked for, and the download."""
