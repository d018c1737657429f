#!/usr/bin/env bash
# Finds Debian's rsyslog, or fetches its packages and unpacks them (nothing is installed, root is not needed).
# usage: get.sh CACHE_FOLDER → prints the folder below which usr/sbin/rsyslogd is; exit 3 and a sentence when there is none to be had.
set -euo pipefail
cache=${1:?cache folder}
unavailable() { echo "$1" >&2; exit 3; }
complete() { [ -x "$1/usr/sbin/rsyslogd" ] && ls "$1"/usr/lib/*/rsyslog/mmnormalize.so >/dev/null 2>&1; }

if complete ''; then echo /; exit 0; fi
if complete "$cache/root"; then echo "$cache/root"; exit 0; fi
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || unavailable 'this machine has no apt-get'

mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
quick=(-o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o APT::Sandbox::User=root)
own=(-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Debug::NoLocking=1)

# rsyslog and those of its libraries that this machine lacks.
fetch() {
	local packages
	packages=$(apt-get "$@" -s install --no-install-recommends rsyslog 2>/dev/null | awk '/^Inst/ {print $2}')
	[ -n "$packages" ] || return 1
	# shellcheck disable=SC2086
	(cd "$work" && apt-get "${quick[@]}" "$@" -qq download $packages) >/dev/null 2>&1
}
refresh() {
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	apt-get "${quick[@]}" "${own[@]}" -qq update >/dev/null 2>&1
}
fetch || { refresh && fetch "${own[@]}"; } || unavailable "Debian's mirror is out of reach"

for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
complete "$work/root" || unavailable "this distribution's rsyslog comes without mmnormalize"
mv -T "$work/root" "$cache/root" 2>/dev/null || complete "$cache/root"
echo "$cache/root"
