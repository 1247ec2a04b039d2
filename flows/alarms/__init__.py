"""The check of drift alarms: history replayed, false ones counted, shifts put in and looked for."""
