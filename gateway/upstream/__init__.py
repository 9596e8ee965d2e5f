"""The only place that sends to a vendor."""
