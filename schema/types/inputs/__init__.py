"""What the mutations take, one concern a file; a vendor's own are in the files of its name."""
