"""The report of a backtest: one HTML file that opens anywhere, made from the JSON result alone."""
