#!/usr/bin/env bash
# The steps of devcontainer.json. A prebuild runs `fetch` and `build`, and keeps what they leave; `prepare` runs once for
# each container, `start` each time it starts.
set -euo pipefail
cd "$(dirname "$0")/.."

# `heavy` comes from its source: HEAVY_SOURCE, which is a repository or a folder, or the repository that heavy.toml names.
install_heavy() {
    local source
    if command -v heavy >/dev/null; then
        return
    fi
    source=${HEAVY_SOURCE:-$(sed -n 's/^source = "\(.*\)"$/\1/p' heavy.toml)}
    case "$source" in
        http://* | https://* | ssh://*) set -- --git "$source" heavy-stack ;;
        /*) set -- --path "$source/scaffolder" ;;
        *)
            echo "heavy is not installed: heavy.toml names no repository; HEAVY_SOURCE does (docs/containers.md)"
            return
            ;;
    esac
    cargo install --locked "$@" ||
        echo "heavy could not be installed from $source; everything else works without it"
}

# Until the database answers, for a minute at most.
wait_for_database() {
    local tries=120
    until pg_isready --quiet --dbname="$DATABASE_URL"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "the database does not answer: docker compose --file .devcontainer/compose.yaml logs db" >&2
            return 1
        fi
        sleep 0.5
    done
}

case "${1:-}" in
    fetch)
        cargo fetch --locked
        ;;
    build)
        # What is typed later, each by itself: cargo unites the features of all that one command builds, so `--workspace`
        # would build other variants of the dependencies than these use.
        cargo build --locked
        cargo test --locked --no-run
        # `cargo dev test` runs tests by it.
        command -v cargo-nextest >/dev/null ||
            cargo install --locked cargo-nextest ||
            echo "cargo-nextest could not be installed; only \`cargo dev test\` needs it"
        install_heavy
        ;;
    prepare)
        [ -e .env ] || cp .env.example .env
        wait_for_database
        # A container that is made anew keeps its databases.
        if [ "$(psql --dbname="$DATABASE_URL" -Atc "select count(*) from pg_tables where schemaname = 'public'")" = 0 ]; then
            cargo dev pave
        fi
        ;;
    start)
        wait_for_database
        if command -v heavy >/dev/null && heavy time --help >/dev/null 2>&1; then
            # Who cannot be told by git's settings yet is told how to be; nothing else depends on it.
            heavy time start --background || true
        fi
        ;;
    *)
        echo "usage: step.sh fetch|build|prepare|start" >&2
        exit 2
        ;;
esac
