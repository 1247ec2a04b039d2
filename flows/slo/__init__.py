"""What a flow tells of its own service: ``slo`` records beside its output, outside what is replayed."""
