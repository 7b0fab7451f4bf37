"""Publishing to an MQTT broker: topics, payloads, what waits while the broker is away, and the delivery."""
