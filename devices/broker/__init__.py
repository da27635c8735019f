"""The broker that comes with Loa: amqtt behind a gate of our own, fed by the credentials file."""
