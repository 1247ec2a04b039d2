"""The demo: embedded services, a feed, the flows and the API in one terminal, supervised."""
