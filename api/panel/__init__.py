"""The panel: one page that shows the present state, kept up to date by server-sent events."""
