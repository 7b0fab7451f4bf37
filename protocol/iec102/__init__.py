"""IEC 60870-5-102 in the Spanish REE profile: frames, application data, client, simulated meter."""
