"""The user's files: read with what is wrong in one sentence, and replaced whole."""
