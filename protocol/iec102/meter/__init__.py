"""A meter as a user of the library sees it."""
