"""The probe engine beside other pingers, on the same targets in one run."""
