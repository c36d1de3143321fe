"""What a collector does to events: keep, drop or rewrite them. One file per operator; `table.py` lists them all."""
