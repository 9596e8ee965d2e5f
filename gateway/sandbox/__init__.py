"""What the vendors' emulators share: handles, faults, switches, counters, limits."""
