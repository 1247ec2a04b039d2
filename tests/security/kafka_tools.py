"""What ``acl.sh`` asks of Kafka's own command line tools: noted down, then done by librdkafka's admin client.

Kafka's own start a JVM for each of some thirty commands.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

RESOURCES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional_id": ResourceType.TRANSACTIONAL_ID,
}
OPERATIONS = {
    "Read": AclOperation.READ, "Write": AclOperation.WRITE, "Create": AclOperation.CREATE,
    "Delete": AclOperation.DELETE, "Alter": AclOperation.ALTER, "Describe": AclOperation.DESCRIBE,
    "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS, "AlterConfigs": AclOperation.ALTER_CONFIGS,
}  # fmt: skip


MARK = "\x1f"
NOTING = f"""#!/bin/sh
# notes the command down, and of a file of settings what stands in it, if nobody else can read it
line=${{0##*/}}
for word in "$@"; do
    if [ -f "$word" ] && [ "$(stat -c %a "$word")" = 600 ]; then word=$(cat "$word"); fi
    line="$line{MARK}$word"
done
printf '%s\\n' "$line" >>"${{0%/*}}/commands"
"""


def noting(folder: Path) -> Path:
    """Make the tools in a folder, and return it."""
    for name in ("kafka-acls.sh", "kafka-configs.sh"):
        (folder / name).write_text(NOTING)
        (folder / name).chmod(0o755)
    return folder


def carry_out(folder: Path, bootstrap: str) -> None:
    """Carry out the commands that were noted down, in their order."""
    client = AdminClient({"bootstrap.servers": bootstrap})
    for line in (folder / "commands").read_text().splitlines():
        tool, *words = line.split(MARK)
        changes = {"kafka-acls.sh": acls, "kafka-configs.sh": configs}[tool](words, client)
        for future in changes.values():
            future.result(30)


def acls(words: Sequence[str], client: AdminClient) -> dict[Any, Any]:
    """Add the access lists."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--bootstrap-server", required=True)
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--allow-principal", required=True)
    parser.add_argument("--operation", action="append", choices=OPERATIONS, required=True)
    parser.add_argument("--resource-pattern-type", choices=("literal", "prefixed"), default="literal")
    for kind in RESOURCES:
        parser.add_argument(f"--{kind.replace('_', '-')}", action="append", default=[])
    given = parser.parse_args(words)
    pattern = ResourcePatternType[given.resource_pattern_type.upper()]
    bindings = [
        AclBinding(
            resource, name, pattern, given.allow_principal, "*", OPERATIONS[operation],
            AclPermissionType.ALLOW,
        )
        for kind, resource in RESOURCES.items()
        for name in getattr(given, kind)
        for operation in given.operation
    ]  # fmt: skip
    return client.create_acls(bindings)


def configs(words: Sequence[str], client: AdminClient) -> dict[Any, Any]:
    """Set a user's password."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--bootstrap-server", required=True)
    parser.add_argument("--alter", action="store_true", required=True)
    parser.add_argument("--entity-type", choices=("users",), required=True)
    parser.add_argument("--entity-name", required=True)
    parser.add_argument("--add-config-file", required=True)
    given = parser.parse_args(words)
    mechanism, _, secret = given.add_config_file.partition("=password=")
    assert mechanism == "SCRAM-SHA-512"
    change = UserScramCredentialUpsertion(
        given.entity_name, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192), secret.encode()
    )
    return client.alter_user_scram_credentials([change])
