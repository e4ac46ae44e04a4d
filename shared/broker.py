"""Where the broker is. AMQP_URI may name every node of a cluster, `amqp://…@a/v;amqp://…@b/v`:
whoever connects takes the first that answers. kombu, and so nameko, reads it the same way.
"""

import pika


def addresses(amqp_uri: str) -> list[str]:
    """The URI of each node."""
    return amqp_uri.split(";")


def parameters(amqp_uri: str) -> list[pika.URLParameters]:
    """What pika needs for each node; its `BlockingConnection` takes them all and tries in turn."""
    return [pika.URLParameters(address) for address in addresses(amqp_uri)]
