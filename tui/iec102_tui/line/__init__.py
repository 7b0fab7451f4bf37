"""The way to a meter: connection, search, check, and who shares the line, with the words for them."""
