"""One folder per source, found by the names of `schema.types.source.Source`."""
