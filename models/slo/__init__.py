"""How well the flows serve: counts and latencies that they tell every ten seconds, and windows over them."""
