"""What the API says of itself: the document, its examples, the page."""
