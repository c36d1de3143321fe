"""Windows: from the `collected` log to closed windows, the same ones however workers interleave and restart."""
