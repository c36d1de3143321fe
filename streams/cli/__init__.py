"""The commands. Each imports what it runs only when it runs, so that help comes at once."""
