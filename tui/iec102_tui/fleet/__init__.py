"""The fleet: the meters of many boxes on one screen, as an MQTT broker tells of them."""
