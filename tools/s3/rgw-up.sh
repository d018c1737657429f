#!/usr/bin/env bash
# A real S3 for tests: Ceph's object gateway (RGW) with one monitor and one memory-backed OSD, on loopback, as the user who calls.
# Its Debian 12 packages are downloaded and unpacked into DIR, not installed; nothing is kept when it ends.
#
#   tools/s3/rgw-up.sh DIR [PORT]      the packages (70 MB) stay in DIR for the next time
#
# Prints one line when it is ready: endpoint=… access=… secret=…, and runs until it gets a signal or its parent is gone.
# Exit codes: 69 the packages cannot be had here (stderr says why), 70 it did not come up; DIR/run/log tells why.
set -euo pipefail

DIR=${1:?usage: rgw-up.sh DIR [PORT]}
PORT=${2:-17480}
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd)
ROOT=$DIR/root
RUN=$DIR/run
LIB=$ROOT/usr/lib/x86_64-linux-gnu
ACCESS=RGWTEST
SECRET=rgw-test-secret
PARENT=$PPID

unavailable() { echo "its Debian packages cannot be had: $1" >&2; exit 69; }
unpack() {
	command -v apt-get >/dev/null && command -v dpkg >/dev/null || unavailable 'this machine has no apt-get'
	local wanted
	wanted=$(apt-get -s install --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr 2>/dev/null |
		awk '/^Inst/ {print $2}' | grep -vE '^(systemd|sudo|lvm2|dmsetup|dbus|cron|adduser|init)') || unavailable 'apt knows none of them (apt-get update)'
	rm -rf "$DIR/debs" "$ROOT"
	mkdir -p "$DIR/debs" "$ROOT"
	# shellcheck disable=SC2086
	(cd "$DIR/debs" && apt-get download $wanted >/dev/null 2>&1) || unavailable "Debian's mirror is out of reach"
	local deb
	for deb in "$DIR"/debs/*.deb; do dpkg -x "$deb" "$ROOT"; done
	rm -rf "$DIR/debs"
	touch "$DIR/unpacked"
}

[ -e "$DIR/unpacked" ] || unpack
PYTHON=$(command -v /usr/bin/python3.11) || unavailable 'they need Debian 12 and its python3'

export LD_LIBRARY_PATH=$LIB:$LIB/ceph:$ROOT/lib/x86_64-linux-gnu PATH=$ROOT/usr/bin:$PATH
export PYTHONPATH=$ROOT/usr/lib/python3/dist-packages CEPH_CONF=$RUN/ceph.conf

PIDS=()
stop() {
	trap - EXIT INT TERM
	((${#PIDS[@]})) || return 0
	kill "${PIDS[@]}" 2>/dev/null || true
	for _ in $(seq 30); do
		kill -0 "${PIDS[@]}" 2>/dev/null || break
		sleep 0.1
	done
	# The OSD may linger for some seconds; it holds nothing that is kept.
	kill -9 "${PIDS[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

rm -rf "$RUN"
mkdir -p "$RUN"/{mon,osd,rgw,log,sockets}
FSID=$(cat /proc/sys/kernel/random/uuid)
OSD=$(cat /proc/sys/kernel/random/uuid)
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $FSID
keyring = $RUN/keyring
mon host = [v2:127.0.0.1:$((PORT + 1)),v1:127.0.0.1:$((PORT + 2))]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
osd crush chooseleaf type = 0
run dir = $RUN/sockets
admin socket = $RUN/sockets/\$name.asok
log file = $RUN/log/\$name.log
erasure code dir = $LIB/ceph/erasure-code
plugin dir = $LIB/ceph
osd class dir = $LIB/rados-classes
[mon.a]
mon data = $RUN/mon/a
mon data avail warn = 5
[osd.0]
osd data = $RUN/osd
osd objectstore = memstore
memstore device bytes = 2147483648
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$PORT
rgw data = $RUN/rgw
CONF

key() { ceph-authtool "$@" >/dev/null; }
# Anything that goes wrong from here on stands in DIR/run/log.
exec 2>"$RUN/log/up.err"
trap 'stop; exit 70' ERR
key --create-keyring "$RUN/keyring" --gen-key -n mon. --cap mon 'allow *'
key "$RUN/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
key "$RUN/keyring" --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
key "$RUN/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$((PORT + 1)),v1:127.0.0.1:$((PORT + 2))]" "$RUN/monmap" >/dev/null
ceph-mon -c "$CEPH_CONF" --mkfs -i a --monmap "$RUN/monmap" --keyring "$RUN/keyring"

ceph-mon -c "$CEPH_CONF" -i a -f >"$RUN/log/mon.out" 2>&1 &
PIDS+=($!)
ceph() { timeout 60 "$PYTHON" "$ROOT/usr/bin/ceph" -c "$CEPH_CONF" "$@"; }
ceph osd new "$OSD" >/dev/null
ceph-osd -c "$CEPH_CONF" -i 0 --mkfs --osd-uuid "$OSD" >/dev/null
ceph-osd -c "$CEPH_CONF" -i 0 -f >"$RUN/log/osd.out" 2>&1 &
PIDS+=($!)
for _ in $(seq 60); do
	if ceph osd stat | grep -q '1 up'; then break; fi
	sleep 0.5
done
admin() { radosgw-admin -c "$CEPH_CONF" -n client.admin "$@"; }
# The first such command also makes the default zone and zone group.
admin user create --uid=test --display-name=test --access-key=$ACCESS --secret-key=$SECRET >/dev/null
# RGW gives out its zone group's name as the bucket's region, and AWS clients, n8n's node among them, take names of AWS alone.
admin zonegroup get --rgw-zonegroup=default | sed 's/"api_name": "[^"]*"/"api_name": "us-east-1"/' >"$RUN/zonegroup.json"
admin zonegroup set --rgw-zonegroup=default --infile "$RUN/zonegroup.json" >/dev/null
radosgw -c "$CEPH_CONF" -n client.rgw --keyring "$RUN/keyring" -f >"$RUN/log/rgw.out" 2>&1 &
PIDS+=($!)
UP=
for _ in $(seq 180); do
	if (exec 3<>"/dev/tcp/127.0.0.1/$PORT"); then UP=1 && break; fi
	sleep 0.5
done
[ -n "$UP" ]

trap stop EXIT
trap - ERR
echo "endpoint=http://127.0.0.1:$PORT access=$ACCESS secret=$SECRET"
while [ -d "/proc/$PARENT" ] && kill -0 "${PIDS[@]}"; do sleep 1; done
