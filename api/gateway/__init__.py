"""The control gateway: who may ask for a command over HTTP, how it is sent, and who hears of it."""
