"""Record linkage: identity numbers, names, and the probabilistic model that links rows to people."""
