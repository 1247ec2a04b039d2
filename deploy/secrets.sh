#!/bin/sh
# Makes the file of settings with secrets of its own, which nobody but its owner can read:
#   secrets.sh                  makes .env from .env.example; where there is one, adds what it lacks
#   secrets.sh --rotate NAME    gives one secret another value
# ENV_FILE: another file than .env. Nothing of a secret is printed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
example=$here/../.env.example
file=${ENV_FILE:-.env}
# ADMIN_KEY opens the gateway: it stays closed until it is asked for with --rotate ADMIN_KEY
made="ADMIN_SECRET REDIS_FLOW_PASSWORD REDIS_API_PASSWORD REDIS_LIMITER_PASSWORD REDIS_OPERATOR_PASSWORD
    KAFKA_SIGNALS_PASSWORD KAFKA_PAPER_PASSWORD KAFKA_GUARD_PASSWORD KAFKA_API_PASSWORD KAFKA_FEED_PASSWORD
    KAFKA_TRAIN_PASSWORD KAFKA_WEBHOOK_PASSWORD KAFKA_OPERATOR_PASSWORD"
asked="ADMIN_KEY TRADER_KEY VIEWER_KEY"

umask 077
set_to_another() {
    secret=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    # through the environment: everybody may read the arguments of a process
    NAME=$1 SECRET=$secret awk '
        BEGIN { line = ENVIRON["NAME"] "=" ENVIRON["SECRET"] }
        index($0, ENVIRON["NAME"] "=") == 1 { print line; found = 1; next }
        { print }
        END { if (!found) print line }
    ' "$file" >"$file.new"
    mv "$file.new" "$file"
    echo "$1 is set in $file"
}

if [ "${1:-}" = --rotate ]; then
    case " $(echo $made $asked) " in
    *" ${2:-} "*) ;;
    *)
        echo "secrets.sh: --rotate takes one of $(echo $made $asked)" >&2
        exit 2
        ;;
    esac
    [ -f "$file" ] || { echo "secrets.sh: there is no $file" >&2; exit 2; }
    set_to_another "$2"
elif [ $# -gt 0 ]; then
    sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p;}' "$0"
    [ "$1" = --help ] || exit 2
else
    [ -f "$file" ] || cp "$example" "$file"
    for name in $made; do
        grep -q "^$name=." "$file" || set_to_another "$name"
    done
fi
chmod 600 "$file" 2>/dev/null || true
