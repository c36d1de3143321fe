"""The stages: one Faust agent per file, each reading one topic and writing the next in transactions."""
