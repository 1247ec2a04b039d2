"""The safeguards of the crash protocol: what takes each of them out, and the tests that notice."""

from __future__ import annotations

from tests.mutants.mutation import Edit, Mutation, Witness

JOURNAL, FOLD = "models.journal.journal", "models.journal.fold"
SOURCE, SINK = "connectors.kafka.source", "connectors.kafka.sink"
JOURNALLED = "connectors.kafka.journalled"
LOG, FOLDER = "connectors.kafka.journal_log", "connectors.recovery.folder"

NOT_REFUSED = "Failed: DID NOT RAISE"
OTHERWISE = ".*assert .* == "


def noticed(room: str, test: str, says: str = OTHERWISE) -> Witness:
    """Return the witness that a test of a file below ``tests`` is."""
    return Witness(f"tests/{room}.py::test_{test}", says)


def law_3(test: str) -> Witness:
    """Return the witness that simulated crashes are; which of their promises breaks first is chance."""
    return noticed(
        "laws/test_law_3_a_crash_changes_nothing",
        test,
        r".*BrokenError: (Broken|Broker|Journal|Assertion)Error: ",
    )


HISTORY, IN_FLIGHT = "no_history_changes", "a_crash_while_an_entry_is_in_flight"
SILENCE = "a_crash_in_a_silence"
FROM_THE_DOWNTIME = "a_command_from_the_downtime_comes_behind_what_is_published_and_before_the_first_new_tick"

MUTATIONS: dict[str, Mutation] = {
    "an entry is emitted before it is acknowledged": Mutation(
        [
            Edit(JOURNAL, "len(self._acked) < len(self._in_flight)", "not self._in_flight"),
            Edit(JOURNAL, "self._acked[entry.seq])", "self._next_offset + entry.seq - entries[0].seq)"),
        ],
        [
            noticed("journal/test_journal", "the_shard_holds_from_the_proposal_until_the_emission"),
            law_3(IN_FLIGHT),
        ],
    ),
    "ticks go on while an entry is in flight": Mutation(
        [
            Edit(
                JOURNALLED,
                "if journal.holding:\n            return self._acknowledged()",
                "if journal.holding and (emitted := self._acknowledged()):\n            return emitted",
            )
        ],
        [law_3(IN_FLIGHT)],
    ),
    "late entries of a dead process count": Mutation(
        [Edit(FOLD, "if entry.gen < self.gen:", "if entry.gen < 0:")],
        [
            noticed("journal/test_journal_fold", "late_appends_of_dead_processes_are_void", ".*JournalError"),
            law_3(SILENCE),
        ],
    ),
    "a process opens no generation of its own": Mutation(
        [Edit(LOG, "for _, entry in entries)]) + 1", "for _, entry in entries)])")],
        [
            noticed(
                "kafka/test_journal_log", "a_process_opens_above_every_generation_before", ".*JournalError"
            ),
            law_3(SILENCE),
        ],
    ),
    "two processes open at the same moment": Mutation(
        [Edit(LOG, "and entry.gen >= gen for", "and False for")],
        [noticed("kafka/test_journal_log", "of_two_that_open_at_the_same_moment_one_ends[2]", NOT_REFUSED)],
    ),
    "another writer in between is not seen": Mutation(
        [Edit(JOURNAL, "if offset != self._next_offset:", "if False:")],
        [noticed("journal/test_journal", "acknowledgements_must_follow_one_another", NOT_REFUSED)],
    ),
    "a missing entry is passed over": Mutation(
        [Edit(FOLD, "if entry.gen > self.gen or entry.seq > self.seq:", "if False:")],
        [noticed("journal/test_journal_fold", "a_missing_number_is_refused", NOT_REFUSED)],
    ),
    "an entry that was not written is passed over": Mutation(
        [Edit(LOG, "if self._error is not None:", "if False:")],
        [
            noticed(
                "kafka/test_journal_log", "an_entry_that_is_not_acknowledged_ends_the_process", NOT_REFUSED
            )
        ],
    ),
    "new entries are placed in front of what is published": Mutation(
        [
            Edit(
                JOURNAL,
                "return not self._pending and self.position.t >= self.barrier",
                "return not self._pending",
            )
        ],
        [
            noticed(
                "journal/test_journal_pending",
                "nothing_new_is_proposed_before_the_barrier",
                "assert not True",
            ),
            law_3(HISTORY),
        ],
    ),
    "ticks do not stop at the barrier": Mutation(
        [Edit(JOURNAL, "return self.barrier if self.position.t < self.barrier else None", "return None")],
        [
            noticed(
                "journal/test_journal_pending",
                "the_shard_stops_at_the_barrier_so_that_waiting_commands_come_before_the_first_new_tick",
            ),
            noticed("kafka/test_shard_source", FROM_THE_DOWNTIME),
        ],
    ),
    "the barrier knows of one topic alone": Mutation(
        [
            Edit(
                "connectors.kafka.history",
                "in self.published.values())])",
                "in [*self.published.values()][:1])])",
            )
        ],
        [law_3(HISTORY)],
    ),
    "a snapshot holds the process's own generation": Mutation(
        [
            Edit(
                SOURCE,
                "self._journal.position.snapshot()",
                'self._journal.position.snapshot() | {"g": self._journal.gen}',
            )
        ],
        [
            noticed(
                "kafka/test_shard_source",
                "a_snapshot_holds_the_generation_of_the_last_entry_that_was_taken_in",
            )
        ],
    ),
    "snapshots of an epoch that never was are kept": Mutation(
        [Edit("connectors.recovery.store", "WHERE snap_epoch >= ?", "WHERE snap_epoch >= ? AND FALSE")],
        [
            noticed(
                "recovery/test_recovery_store", "snapshots_of_an_uncompleted_epoch_are_purged_and_no_others"
            ),
            noticed(
                "recovery/test_recovery_store", "without_the_purge_a_row_of_a_dead_history_would_be_restored"
            ),
        ],
    ),
    "nobody purges before a start": Mutation(
        [Edit(FOLDER, "stale = store.purge(path / STORE)", "stale = 0")],
        [noticed("recovery/test_recovery_folder", "stale_snapshots_are_gone_before_anyone_can_read_them")],
    ),
    "two processes use one folder": Mutation(
        [Edit(FOLDER, "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass")],
        [noticed("recovery/test_recovery_folder", "two_processes_cannot_use_one_folder", NOT_REFUSED)],
    ),
    "what is published is published again": Mutation(
        [Edit(SINK, "if record.ordinal < expected:", "if record.ordinal < 0:")],
        [
            noticed("kafka/test_shard_sink", "what_stands_in_the_log_is_suppressed_and_told"),
            law_3(HISTORY),
        ],
    ),
    "other bytes are suppressed like the same": Mutation(
        [Edit("connectors.kafka.suppressed", "if (key, value) != (record.key, record.value):", "if False:")],
        [noticed("kafka/test_suppressed", "other_bytes_end_the_process[value]", NOT_REFUSED)],
    ),
    "a jump of ordinals is published": Mutation(
        [Edit(SINK, "if record.ordinal > expected:", "if False:")],
        [noticed("kafka/test_shard_sink", "a_jump_is_refused[last0-3]", NOT_REFUSED)],
    ),
    "a snapshot does not wait for the outputs before it": Mutation(
        [
            Edit(SINK, "left = self._outlet.flush(FLUSH_WITHIN_S)", "left = 0"),
            Edit(SINK, "if left or self._waiting:", "if left:"),
        ],
        [
            noticed("kafka/test_shard_sink", "a_snapshot_waits_until_everything_is_in_the_log"),
            law_3(HISTORY),
        ],
    ),
    "a record that was not delivered is passed over": Mutation(
        [Edit(SINK, "            if batch.error:", "            if False:")],
        [noticed("kafka/test_shard_sink", "a_record_that_is_not_delivered_ends_the_process", NOT_REFUSED)],
    ),
    "commands from before the start are not read": Mutation(
        [
            Edit(
                "connectors.kafka.control_feed",
                "self._take(message)\n        history.close()",
                "pass\n        history.close()",
            )
        ],
        [
            noticed("kafka/test_control_feed", "what_was_sent_before_the_start_is_there_at_once"),
            law_3(HISTORY),
        ],
    ),
    "ticks come before commands": Mutation(
        [
            Edit(
                JOURNALLED,
                "if journal.live and self._propose():",
                "if self._genesis is None and (items := self._read(journal.limit())):\n"
                "            return items\n"
                "        if journal.live and self._propose():",
            )
        ],
        [noticed("kafka/test_shard_source", FROM_THE_DOWNTIME), law_3(HISTORY)],
    ),
    "a process that was replaced goes on when it wakes up": Mutation(
        [Edit("connectors.kafka.waking", "if end != self._journal.next_offset:", "if False:")],
        [
            noticed(
                "kafka/test_waking",
                "a_process_that_was_replaced_while_it_stood_still_does_not_go_on",
                NOT_REFUSED,
            )
        ],
    ),
    "ends of partitions that move are taken for settled": Mutation(
        [Edit("connectors.kafka.settling", "while time.monotonic() - since < STABLE_S:", "while not seen:")],
        [
            noticed(
                "kafka/test_settling",
                "it_waits_until_nothing_arrives_any_more[at once]",
                ".*assert .* >= 0.7",
            )
        ],
    ),
    "nobody waits for what a dead process had under way": Mutation(
        [Edit("flows.signals_process", "if folder.unclean:", "if False:")],
        [
            noticed(
                "kafka/test_settling",
                "a_process_waits_for_it_where_the_one_before_died_and_nothing_shuts_it_out[killed]",
            )
        ],
    ),
}
