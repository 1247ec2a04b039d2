"""What becomes of a challenger at the end of its marathon: promoted, given more time, or rolled back."""
