"""Makes the graph of `schema` run over the sources."""
