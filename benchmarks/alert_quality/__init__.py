"""How soon a fault is told, and how often one that is not there: the judge judged."""
