"""Incidents -> words and documents. Pure: texts are made from values alone."""
