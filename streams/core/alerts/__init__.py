"""When to alert: rules as pure functions of what stands in the logs."""
