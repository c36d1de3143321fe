"""What can go wrong with a broker of one's own."""


class LocalBrokerError(RuntimeError):
    """No broker could be started or reached; the text names the remedy."""
