"""The mark that every secret of the tests has in it."""

MARK = "s3cr3t"
"""In every credential that tests give to a gateway: one search finds any."""
