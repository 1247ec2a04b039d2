#!/bin/sh
# Kafka's users and what each may do: the least that its work needs. Prints the commands; --apply runs them.
#
#   acl.sh [--apply] [SERVICE...]        of: signals paper guard api feed train webhook operator; else all
#   acl.sh [--apply] topics              the topics and their settings, as `levibot topics create` makes them
#
# The broker needs an authorizer and SASL/SCRAM (deploy/kafka/secured.yml), and whoever runs this its rights:
#   BOOTSTRAP         localhost:19093, which only the broker's own container reaches
#   COMMAND_CONFIG    a properties file for kafka-*.sh, where BOOTSTRAP asks for a user
#   KAFKA_BIN         /opt/kafka/bin
#   TICK_TOPICS, CONTROL_TOPIC, TOPIC_SUFFIX, ACCOUNT_SUFFIX, PARTITIONS, MAX_SKEW_MS, RECORDED_TICKS as the
#   product has them; REPLICAS of each topic, 1
#   KAFKA_SIGNALS_PASSWORD, KAFKA_PAPER_PASSWORD, ... of letters, digits, - and _
# Run again, it changes nothing but passwords. What a service no longer needs is not taken away: see kafka-acls.sh
# --list --principal User:SERVICE.
set -eu

BOOTSTRAP=${BOOTSTRAP:-localhost:19093}
BIN=${KAFKA_BIN:-/opt/kafka/bin}
SERVICES="signals paper guard api feed train webhook operator"
apply=false
chosen=

for word in "$@"; do
    case $word in
    --apply) apply=true ;;
    -h | --help)
        sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p;}' "$0"
        exit 0
        ;;
    *)
        case " $SERVICES topics " in
        *" $word "*) chosen="$chosen $word" ;;
        *)
            echo "acl.sh: no service '$word'; there are: $SERVICES topics" >&2
            exit 2
            ;;
        esac
        ;;
    esac
done

# topics by what they are for
ticks=$(printf %s "${TICK_TOPICS:-ticks}" | sed 's/=[^,]*//g; s/,/ /g')
control=${CONTROL_TOPIC:-control}
suffix=${TOPIC_SUFFIX:-}
named() { for one in "$@"; do printf '%s%s ' "$one" "$suffix"; done; }
journal=$(named journal)
outputs=$(named signals predictions features staleness fallback progress dlq audit calibration drift)
slo=$(named slo)
account=$(for one in trades account journal.paper; do printf '%s%s%s ' "$one" "$suffix" "${ACCOUNT_SUFFIX:-}"; done)
guards=$(named alerts rollout audit.guard journal.guard)
gateway=$(named audit.gateway)
everything="$ticks $control $journal $outputs $slo $account $guards $gateway"

reads() {
    case $1 in
    signals) echo "$ticks $control $journal $outputs" ;;
    paper) echo "$control $outputs $account" ;;
    guard) echo "$control $journal $outputs $slo $account $guards" ;;
    api) echo "$control $journal $account $gateway" ;;
    feed | train) echo "$ticks" ;;
    webhook) named alerts ;;
    esac
}

writes() {
    case $1 in
    signals) echo "$journal $outputs $slo" ;;
    paper) echo "$account $slo" ;;
    guard) echo "$control $guards $slo" ;;
    api) echo "$control $gateway" ;;
    feed) echo "$ticks" ;;
    train | webhook) ;;
    esac
}

run() {
    printf '%s' "$1"
    tool=$1
    shift
    printf ' %s' --bootstrap-server "$BOOTSTRAP" ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"} "$@"
    echo
    if $apply; then
        "$BIN/$tool" --bootstrap-server "$BOOTSTRAP" \
            ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"} "$@"
    fi
}

user() {
    variable=KAFKA_$(printf %s "$1" | tr '[:lower:]' '[:upper:]')_PASSWORD
    eval "password=\${$variable:-}"
    echo "# user $1, its password that of $variable"
    $apply || {
        echo "kafka-configs.sh --bootstrap-server $BOOTSTRAP --alter --entity-type users --entity-name $1" \
            "--add-config-file FILE    # SCRAM-SHA-512=password=..."
        return
    }
    case $password in
    '' | *[!A-Za-z0-9_-]*)
        echo "acl.sh: $variable must be set, of letters, digits, - and _: openssl rand -hex 32" >&2
        exit 2
        ;;
    esac
    # in a file, since everybody may read the arguments of a process
    secret=$(umask 077 && mktemp)
    printf 'SCRAM-SHA-512=password=%s\n' "$password" >"$secret"
    "$BIN/kafka-configs.sh" --bootstrap-server "$BOOTSTRAP" \
        ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"} \
        --alter --entity-type users --entity-name "$1" --add-config-file "$secret" || {
        rm -f "$secret"
        exit 1
    }
    rm -f "$secret"
}

# allow SERVICE "OPERATION..." "TOPIC..."
allow() {
    [ -n "$3" ] || return 0
    # shellcheck disable=SC2046,SC2086
    run kafka-acls.sh --add --force --allow-principal "User:$1" \
        $(printf -- '--operation %s ' $2) $(printf -- '--topic %s ' $3)
}

transactions() {
    run kafka-acls.sh --add --force --allow-principal "User:$1" --operation Write --operation Describe \
        --transactional-id "$2" --resource-pattern-type prefixed
}

group() {
    run kafka-acls.sh --add --force --allow-principal "User:$1" --operation Read --group "$2"
}

# made PARTITIONS "SETTING=VALUE..." "TOPIC..."
made() {
    for topic in $3; do
        # shellcheck disable=SC2046,SC2086
        run kafka-topics.sh --create --if-not-exists --topic "$topic" --partitions "$1" \
            --replication-factor "${REPLICAS:-1}" $(printf -- '--config %s ' $2)
        # where it was there already
        run kafka-configs.sh --alter --entity-type topics --entity-name "$topic" \
            --add-config "$(printf %s "$2" | tr ' ' ',')"
    done
}

topics() {
    week=604800000
    recorded=$week
    case ${RECORDED_TICKS:-false} in true | True | 1) recorded=-1 ;; esac
    each=${PARTITIONS:-4}
    shards=0
    # shellcheck disable=SC2034
    for topic in $ticks; do shards=$((shards + each)); done
    stamped="message.timestamp.type=LogAppendTime"
    made "$each" "retention.ms=$recorded message.timestamp.after.max.ms=${MAX_SKEW_MS:-5000}" "$ticks"
    made 1 "retention.ms=$week $stamped" "$control"
    made "$shards" "retention.ms=$recorded $stamped" "$journal"
    made "$shards" "retention.ms=$week $stamped" "$outputs $slo"
    made 1 "retention.ms=-1 $stamped" "$account $guards $gateway"
}

for service in ${chosen:-$SERVICES}; do
    if [ "$service" = topics ]; then
        topics
        continue
    fi
    user "$service"
    if [ "$service" = operator ]; then
        # whoever makes topics, looks at their settings, backs up: everything with these topics, nothing with others
        group operator levibot
        group operator levibot-verifier
        allow operator "Create Read Write Describe DescribeConfigs AlterConfigs Alter Delete" "$everything"
        continue
    fi
    # a service looks whether the topics are as planned before it begins
    allow "$service" Describe "$everything"
    allow "$service" Read "$(reads "$service")"
    allow "$service" Write "$(writes "$service")"
    # named by every consumer, though none but the webhook's keeps its place there
    group "$service" levibot
    case $service in
    # for OUTPUT_TRANSACTIONS=true: those of signals begin with levibot, and so do the others'
    signals) transactions signals levibot ;;
    paper | guard) transactions "$service" "levibot-$service" ;;
    # where it has come to is kept by the broker
    webhook) group webhook "levibot-webhook$suffix" ;;
    esac
done
