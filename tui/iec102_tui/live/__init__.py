"""The 24 signals as they come: the grid, what they have been, and their recording."""
