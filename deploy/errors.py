"""What can go wrong outside of us, each told in one line with its mend; light to import."""


class Unreachable(Exception):
    """Broker, database or a service gives no answer."""


class ServiceFailed(Exception):
    """A service gave up on a request by a fault of its own; the line says where to look."""


class NotPermitted(Exception):
    """The broker does not let this agency do that."""


class BadInput(Exception):
    """What was given cannot be used as it is; the line says what would be."""
