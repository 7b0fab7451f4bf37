"""Load profiles: downloaded, chosen, drawn as table, plot and heat map, and written to files."""
