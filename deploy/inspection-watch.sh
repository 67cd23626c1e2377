#!/bin/sh
# /usr/local/bin/inspection-watch on a machine with systemd: the program as the service runs it, with the unit's own user,
# settings and state, whether the service runs or not. For root; a file that is named without a folder is in the state
# directory.
exec systemd-run --quiet --pipe --wait --collect \
    -p DynamicUser=yes -p User=inspection-watch -p StateDirectory=inspection-watch \
    -p WorkingDirectory=/var/lib/inspection-watch \
    -p Environment=INSPECTION_WATCH_STATE_DIR=/var/lib/inspection-watch \
    -p EnvironmentFile=/etc/inspection-watch.env \
    -p UMask=0077 \
    /opt/inspection-watch/.venv/bin/inspection-watch "$@"
