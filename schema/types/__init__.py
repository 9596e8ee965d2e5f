"""The types of the graph, one concern a file; a vendor's own are in the file of its name."""
