#!/bin/sh
# Starts Redis with the users of users.acl, whose passwords are in the environment and stay nowhere:
#   start.sh [options of redis-server]
# REDIS_ACL_FILE: where the file with the hashes is written, on a file system in memory.
set -eu

template=$(dirname "$0")/users.acl
users=${REDIS_ACL_FILE:-/run/redis/users.acl}

umask 077
grep '^user ' "$template" >"$users"
for name in REDIS_FLOW_PASSWORD REDIS_API_PASSWORD REDIS_LIMITER_PASSWORD REDIS_OPERATOR_PASSWORD; do
    eval "password=\${$name:-}"
    if [ -z "$password" ]; then
        echo "redis: $name is empty; set it in .env, see .env.example" >&2
        exit 1
    fi
    hash=$(printf %s "$password" | sha256sum | cut -d ' ' -f 1)
    # not sed -i, which would need a second file beside this one
    written=$(sed "s/#$name /#$hash /" "$users")
    printf '%s\n' "$written" >"$users"
    unset "$name" password
done

exec "${REDIS_SERVER:-redis-server}" --aclfile "$users" "$@"
