"""The model card: what it says, as JSON and as a page, and what a later drift is compared with."""
