"""A run on disk: its ticks, its folded journal and its outputs as Parquet, enough to run it again."""
