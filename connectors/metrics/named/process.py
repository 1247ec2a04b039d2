"""What every process has, and how it stands with Redis and its own state."""

from __future__ import annotations

from connectors.metrics.described import API, EVERY, FLOWS, SIGNALS, Described

PROCESS: dict[str, Described] = {
    "levibot_build_info": Described("info", ("version", "sha"), EVERY, "What runs; always 1."),
    "levibot_loop_age_seconds": Described(
        "gauge", (), FLOWS, "Seconds since the loop of the flow turned last; above 3 it is offline."),
    "levibot_epoch_age_seconds": Described(
        "gauge", (), FLOWS, "Seconds since the state was last written to the recovery folder."),
    "levibot_recovery_purged_rows": Described(
        "gauge", (), FLOWS, "Snapshots of epochs never completed that this start has removed."),
    "levibot_suppressed_records_total": Described(
        "counter", ("topic",), FLOWS,
        "Records made again after a crash and not published, being in the log already."),
    "levibot_slo_records_lost_total": Described(
        "counter", (), FLOWS, "Records of the topic `slo` that were not delivered."),
    "levibot_redis_writer_age_seconds": Described(
        "gauge", (), FLOWS, "Seconds since Redis took a view; absent before the first."),
    "levibot_redis_writes_total": Described(
        "counter", ("what",), FLOWS, "What Redis has taken: `views`, `points` of series, `records` of logs."),
    "levibot_redis_writes_skipped_total": Described(
        "counter", (), FLOWS, "Views that a newer one replaced before they were written."),
    "levibot_redis_write_failures_total": Described("counter", (), FLOWS, "Attempts to write that failed."),
    "levibot_redis_dropped_total": Described(
        "counter", ("what",), FLOWS,
        "`points` and `records` for which there was no room while Redis was down."),
    "levibot_misrouted_symbols": Described("gauge", (), SIGNALS, "Symbols on two shards."),
    "levibot_unread_partitions": Described(
        "gauge", (), SIGNALS, "New partitions of tick topics that nobody reads."),
    "levibot_bundle_refusals_total": Described(
        "counter", ("reason",), SIGNALS, "Trained models that were not loaded, by reason."),
    "levibot_model_load_seconds": Described(
        "gauge", ("model",), SIGNALS, "How long the last load of a trained model took."),
    "levibot_redis_up": Described("gauge", (), API, "1 while the API can read Redis."),
    "levibot_redis_memory_bytes": Described("gauge", (), API, "Memory that Redis uses for everything in it."),
    "levibot_heartbeat_age_seconds": Described(
        "gauge", ("process",), API,
        "Seconds since the loop of signals, paper or guard was last seen to turn; of several, the longest."),
    "levibot_online": Described(
        "gauge", ("process",), API, "Share of a flow's parts that were seen to turn within OFFLINE_AFTER_S."),
    "process_resident_memory_bytes": Described("gauge", (), EVERY, "Resident memory."),
    "process_virtual_memory_bytes": Described("gauge", (), EVERY, "Virtual memory."),
    "process_cpu_seconds_total": Described("counter", (), EVERY, "Processor time, user and system."),
    "process_start_time_seconds": Described(
        "gauge", (), EVERY, "When the process began, in seconds since 1970."),
    "process_open_fds": Described("gauge", (), EVERY, "Open file descriptors."),
    "process_max_fds": Described("gauge", (), EVERY, "How many may be open."),
    "python_info": Described(
        "gauge", ("implementation", "major", "minor", "patchlevel", "version"), EVERY, "The interpreter."),
}  # fmt: skip
