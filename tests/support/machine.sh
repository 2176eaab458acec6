#!/usr/bin/env bash
# A machine of its own: this machine's files under an overlay, systemd as PID 1, `lo` as the only
# device. All of it is gone with its processes.
#   machine.sh boot DIRECTORY CGROUP [SOURCE TARGET]...     sources are seen read-only at the targets
#   machine.sh remove DIRECTORY CGROUP                      what the kernel keeps of it
set -euo pipefail

# A view of the unified hierarchy, wherever and whether it is mounted here: as others see it.
show_cgroups() { # DIRECTORY
    mkdir -p "$1/cgroups"
    mount -t cgroup2 cgroup2 "$1/cgroups"
}

boot() { # DIRECTORY CGROUP [SOURCE TARGET]...
    # systemd takes the root of its cgroup namespace, and that is where we are when it is made.
    show_cgroups "$1"
    mkdir "$1/cgroups/$2"
    echo $$ >"$1/cgroups/$2/cgroup.procs"
    umount "$1/cgroups"
    exec unshare --pid --mount --uts --ipc --cgroup --net --fork --kill-child "$0" init "$@"
}

init() { # DIRECTORY CGROUP [SOURCE TARGET]...: PID 1 of the new namespaces
    local layers=$1/layers root=$1/root
    mkdir -p "$layers" "$root"
    mount -t tmpfs -o mode=0755 layers "$layers"
    mkdir "$layers/upper" "$layers/work"
    mount -t overlay -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" machine "$root"
    show_files "$root" "${@:3}"
    set_up_kernel_files "$root"
    set_up_systemd "$root"
    clear_linkwatch "$root"
    ip link set lo up
    cd "$root"
    mkdir -p mnt/outside
    pivot_root . mnt/outside
    cd /
    umount --lazy /mnt/outside
    mount --make-rshared / # else credentials come out empty
    exec env --ignore-environment container=namespaces PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --unit=machine.target
}

show_files() { # ROOT [SOURCE TARGET]...
    local root=$1
    shift
    for directory in tmp run; do mount -t tmpfs -o mode=1777 "$directory" "$root/$directory"; done
    chmod 0755 "$root/run"
    while (($#)); do
        mkdir -p "$root$2"
        mount --bind "$1" "$root$2"
        mount -o remount,bind,ro "$root$2"
        shift 2
    done
}

set_up_kernel_files() { # ROOT: as containers have them: the kernel's settings are not ours, but the network's
    local root=$1 device
    mount -t proc proc "$root/proc"
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=0755 dev "$root/dev"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
}

clear_linkwatch() { # ROOT: what of it this machine may have
    rm -rf "$1"/{etc,opt,var/lib}/linkwatch "$1"/usr/local/{bin/linkwatch,lib/{systemd,sys*.d}}
    sed -i '/^linkwatch:/d' "$1"/etc/{passwd,group,shadow,gshadow}
}

set_up_systemd() { # ROOT: what this machine starts is not started there
    local units=$1/etc/systemd/system
    rm -rf "$units" "$1/etc/fstab"
    mkdir "$units"
    # Nothing that would reach the kernel we share.
    for unit in systemd-modules-load.service systemd-sysctl.service modprobe@.service; do
        ln -s /dev/null "$units/$unit"
    done
    printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' \
        >"$units/machine.target"
}

remove() { # DIRECTORY CGROUP
    show_cgroups "$1"
    [[ ! -e $1/cgroups/$2 ]] || find "$1/cgroups/$2" -depth -type d -exec rmdir {} +
}

"$@"
