"""Servers the product can start for itself, so that the demo and the tests need nothing but Python.

The embedded broker and Redis come with the wheels; a real Apache Kafka needs a JDK and Maven.
"""

from connectors.embedded.broker_process import EmbeddedBroker
from connectors.embedded.errors import EmbeddedError
from connectors.embedded.kraft import RealKafka
from connectors.embedded.ports import free_port
from connectors.embedded.redis import EmbeddedRedis

__all__ = ["EmbeddedBroker", "EmbeddedError", "EmbeddedRedis", "RealKafka", "free_port"]
