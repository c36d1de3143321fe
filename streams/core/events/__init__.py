"""Events: from raw messages to columns. One file per way that an event can be written."""
