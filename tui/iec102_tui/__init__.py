"""Terminal monitor for electricity meters that speak IEC 60870-5-102 in the Spanish REE profile."""
