#!/usr/bin/env bash
# Finds Debian's Redis and PostgreSQL servers, or fetches their packages and unpacks them (nothing is installed or started, root is not needed).
# usage: get.sh CACHE_FOLDER → prints one line, redis=FILE postgres=FOLDER libraries=FOLDERS; exit 3 and a sentence when they are not to be had.
set -euo pipefail
cache=${1:?cache folder}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
unavailable() { echo "$1" >&2; exit 3; }

# FOLDER → FOLDER/usr/bin/redis-server and the newest FOLDER/usr/lib/postgresql/*/bin that has a server, or nothing.
redis_of() { [ -x "$1/usr/bin/redis-server" ] && echo "$1/usr/bin/redis-server"; }
postgres_of() {
	local each
	for each in $(ls -d "$1"/usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
		if [ -x "$each/postgres" ] && [ -x "$each/initdb" ]; then echo "$each" && return; fi
	done
	return 1
}
# An installed one where there is one (ONLY_UNPACKED=1: not even then).
find_in() { { [ -z "${ONLY_UNPACKED:-}" ] && "$1" '' ; } || "$1" "$cache/unpacked"; }
found() { redis=$(find_in redis_of) && postgres=$(find_in postgres_of); }
answer() {
	local libraries
	libraries=$(ls -d "$cache"/unpacked/usr/lib/*-linux-gnu "$cache"/unpacked/lib/*-linux-gnu 2>/dev/null | paste -sd: || true)
	echo "redis=$redis postgres=$postgres libraries=$libraries"
}
if found; then answer; exit 0; fi
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || unavailable 'this machine has no apt-get'

work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
quick=(-o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o APT::Sandbox::User=root)
own=(-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Debug::NoLocking=1)

# The servers and those of their libraries that this machine lacks; LLVM (100 MB) only makes long queries faster.
fetch() {
	local server packages
	server=$(apt-cache "$@" depends postgresql 2>/dev/null | awk '/Depends: postgresql-[0-9]+$/ {print $2}')
	[ -n "$server" ] || return 1
	packages=$(apt-get "$@" -s install --no-install-recommends redis-server "$server" 2>/dev/null | awk '/^Inst/ {print $2}' | grep -E '^(redis|lib)' | grep -vE '^libllvm|-perl$')
	# shellcheck disable=SC2086
	(cd "$work" && apt-get "${quick[@]}" "$@" -qq download $packages "$server") >/dev/null 2>&1
}
refresh() {
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	apt-get "${quick[@]}" "${own[@]}" -qq update >/dev/null 2>&1
}
fetch || { refresh && fetch "${own[@]}"; } || unavailable "Debian's mirror is out of reach"

for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/unpacked"; done
chmod -R a+rX "$work/unpacked"
rm -rf "$cache/unpacked"
mv -T "$work/unpacked" "$cache/unpacked"
found || unavailable "this distribution's packages are laid out otherwise"
answer
