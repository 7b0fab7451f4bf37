"""What a meter knows besides its values, as JSON documents and as rows of a CSV (docs/information.md)."""
