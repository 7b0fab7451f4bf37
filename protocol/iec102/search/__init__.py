"""The search for a meter, and the check of the way to it."""
