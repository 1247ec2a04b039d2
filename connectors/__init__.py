"""Where bytes come from and go to: Kafka, files, Redis, codecs, embedded services, settings."""
