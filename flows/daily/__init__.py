"""What a person looks at in the morning and keeps in the evening."""
