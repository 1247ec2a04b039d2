"""Training: rows with labels to a calibrated model, and the honest figures on its card."""
