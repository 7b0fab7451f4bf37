"""The frames of the line in memory: as rows, in words, in pairs, filtered and searched."""
