"""Finding a meter: the search for its speed, format and link address, and the check of the way to it, step by step."""
