"""F5: what a meter knows besides its values."""
