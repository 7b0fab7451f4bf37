"""The collector: many meters without a screen, into archive and broker."""
