#!/usr/bin/env bash
# The steps of devcontainer.json. A prebuild runs `fetch` and `build`; `prepare` runs once per container, `start` at each
# start.
set -euo pipefail
cd "$(dirname "$0")/.."

# Builds `heavy` from HEAVY_SOURCE, a repository or a folder, or else from the repository in heavy.toml.
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
            echo "heavy is not installed: heavy.toml has no repository; set HEAVY_SOURCE (docs/containers.md)"
            return
            ;;
    esac
    cargo install --locked "$@" ||
        echo "cannot install heavy from $source; everything else works without it"
}

# Waits until the database responds, for at most a minute.
wait_for_database() {
    local tries=120
    until pg_isready --quiet --dbname="$DATABASE_URL"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "the database does not respond: docker compose --file .devcontainer/compose.yaml logs db" >&2
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
        # The same commands as in development: cargo unifies the features of all packages of a command, so `--workspace` would
        # build other variants of the dependencies.
        cargo build --locked
        cargo test --locked --no-run
        install_heavy
        ;;
    prepare)
        [ -e .env ] || cp .env.example .env
        wait_for_database
        # A new container keeps the databases of the old one.
        if [ "$(psql --dbname="$DATABASE_URL" -Atc "select count(*) from pg_tables where schemaname = 'public'")" = 0 ]; then
            cargo dev pave
        fi
        ;;
    start)
        wait_for_database
        if command -v heavy >/dev/null && heavy time --help >/dev/null 2>&1; then
            # It fails with a hint if git has no name and address of the user; nothing else depends on it.
            heavy time start --background || true
        fi
        ;;
    *)
        echo "usage: step.sh fetch|build|prepare|start" >&2
        exit 2
        ;;
esac
