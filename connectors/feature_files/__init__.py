"""Feature history as Parquet files, of which links name the newest."""

from connectors.feature_files.folder import Written, write
from connectors.feature_files.table import SCHEMA, FeatureFileError, frame

__all__ = ["SCHEMA", "FeatureFileError", "Written", "frame", "write"]
