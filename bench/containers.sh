#!/usr/bin/env bash
# How long the image of a generated project takes to build: from nothing, and after an edit. Needs Docker with buildx, and
# what the Dockerfile builds on. Arguments go to `docker buildx build`, such as `--network host`.
set -euo pipefail
cd "$(dirname "$0")/.."

# A name of its own, since the caches of the builder are called after the project.
name=bench_$$
project=$(mktemp -d)/$name
cargo run --quiet -- new "$project" --defaults --vcs none --quiet

build() {
    local begun=$SECONDS
    docker buildx build --quiet --load --tag "${name//_/-}" "${@:2}" "$project" >/dev/null
    echo "$1: $((SECONDS - begun)) s"
}

build "from nothing" "$@"
sed --in-place 's/"listening on /"now listening on /' "$project/src/app.rs"
build "after an edit" "$@"
docker image inspect --format 'size: {{.Size}} bytes' "${name//_/-}"
docker image rm --force "${name//_/-}" >/dev/null
rm -r "$(dirname "$project")"
