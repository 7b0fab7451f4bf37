"""The saved meters: what a profile may say, the file that keeps them, and how they are changed."""
