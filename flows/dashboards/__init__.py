"""Grafana's dashboards, rendered: queries over the metrics, red lines from the rules and profiles."""
