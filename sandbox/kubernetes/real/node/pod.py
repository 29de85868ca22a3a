"""One container of a pod, as process 2 of the namespaces that `unshare` has made; this program is process 1.

Standard input says what to run (one line of JSON, see pod-process.ts), then `stop` to end it in good order. When standard
input ends, its writer has closed it or died of anything, SIGKILL included: then all processes of the pod end at once.

The pod's network is its own, so that any two pods may listen on one port. Traffic crosses over in Unix sockets, which
belong to the file system: `dial.sock` in this directory leads in, the socket of the API server leads out.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading

# Of what went wrong before the container's own program ran; 126 and 127 are the shell's for "cannot run" and "not found".
BROKEN, CANNOT_RUN, NOT_FOUND = 125, 126, 127

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC = 0x1, 0x20, 0x1000, 0x4000
CLONE_NEWUSER = 0x10000000
PR_CAPBSET_DROP = 24
SIOCSIFADDR, SIOCSIFFLAGS, SIOCSIFNETMASK = 0x8916, 0x8914, 0x891C
IFF_UP = 0x1
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 0x1

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0) -> None:
    done = libc.mount(source.encode(), target.encode(), kind.encode(), flags, None)
    check(done, f"mount {source} at {target}")


def make_read_only(root: str) -> None:
    """All that is mounted there so far, at once (Linux 5.12 or newer)."""
    attributes = struct.pack("QQQQ", MOUNT_ATTR_RDONLY, 0, 0, 0)
    done = libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, root.encode(), AT_RECURSIVE, attributes, len(attributes))
    check(done, f"make {root} read-only")


def give_address(index: int, address: str) -> None:
    def request(name: str, value: bytes) -> bytes:
        return struct.pack("16s16s8x", name.encode(), value)

    def ipv4(text: str) -> bytes:
        return struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(text))

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, request("lo", struct.pack("H14x", IFF_UP)))
        fcntl.ioctl(control, SIOCSIFADDR, request(f"lo:{index}", ipv4(address)))
        fcntl.ioctl(control, SIOCSIFNETMASK, request(f"lo:{index}", ipv4("255.255.255.255")))


def mirror(source: str, target: str) -> None:
    """A folder whose entries are those of the source, and which can take more without touching it."""
    mount("tmpfs", target, "tmpfs")
    for entry in os.scandir(source):
        inner = os.path.join(target, entry.name)
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), inner)
            continue
        if entry.is_dir():
            os.mkdir(inner)
        else:
            os.close(os.open(inner, os.O_CREAT, 0o644))
        mount(entry.path, inner, flags=MS_BIND | MS_REC)


def make_folder(root: str, path: str, mirrored: set[str]) -> str:
    """The folder's place below the root; what the machine does not have of it is made in mirrors of what it has."""
    real = os.path.realpath(path)
    current = ""
    for name in real.split("/")[1:]:
        if current not in mirrored and os.path.isdir(current):
            mirror(current, root + current)
            mirrored.add(current)
        current += f"/{name}"
        if not os.path.isdir(root + current):
            os.mkdir(root + current)
    return root + current


def build_root(spec: dict) -> str:
    """The machine's files, read-only, with the program and the volumes at their places."""
    root = os.path.join(os.getcwd(), "root")
    os.makedirs(root, exist_ok=True)
    mirror("/", root)
    os.symlink(spec["program"], root + spec["entrypoint"])
    mirrored = {""}
    targets = [(one, make_folder(root, one["target"], mirrored)) for one in spec["mounts"]]
    for one, target in targets:
        if one["readOnly"]:
            mount(one["source"], target, flags=MS_BIND)
    make_read_only(root)
    for one, target in targets:
        if not one["readOnly"]:
            mount(one["source"], target, flags=MS_BIND)
    return root


def become(user: int, group: int) -> None:
    """In a user namespace of its own; root there has no rights over the network, as a user has none outside."""
    check(libc.unshare(CLONE_NEWUSER), "unshare")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} 0 1"), ("gid_map", f"{group} 0 1")):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as control:
            control.write(text)


def drop_capabilities() -> None:
    capability = 0
    while libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1


def start(spec: dict, root: str) -> subprocess.Popen:
    def enter() -> None:
        try:
            if spec["dropsCapabilities"]:
                drop_capabilities()
            if spec["user"] != 0:
                become(spec["user"], spec["group"])
            os.chroot(root)
            os.chdir(spec["directory"])
        except OSError as error:
            fail(BROKEN, str(error))

    command, env = spec["command"], spec["env"]
    return subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, preexec_fn=enter)


def fail(status: int, message: str) -> None:
    os.write(2, f"{message}\n".encode())
    os._exit(status)


def join(one: socket.socket, other: socket.socket) -> None:
    """Each end may stop sending while the other still does."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            for broken in (source, target):
                try:
                    broken.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    back = in_background(pump, other, one)
    pump(one, other)
    back.join()
    one.close()
    other.close()


def in_background(work, *arguments) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def serve(server: socket.socket, answer) -> None:
    while True:
        client, _ = server.accept()
        in_background(answer, client)


def lead_in(spec: dict, client: socket.socket) -> None:
    """The first line of a connection is the port that it wants; the answer is `ok`, or why there is no connection."""
    port = b""
    while not port.endswith(b"\n"):
        byte = client.recv(1)
        if not byte:
            return client.close()
        port += byte
    try:
        inner = socket.create_connection((spec["address"], int(port)))
    except OSError as error:
        client.sendall(f"{error.strerror}\n".encode())
        return client.close()
    client.sendall(b"ok\n")
    join(client, inner)


def lead_out(spec: dict, client: socket.socket) -> None:
    outer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        outer.connect(spec["api"]["socket"])
    except OSError:
        return client.close()
    join(client, outer)


def open_network(spec: dict) -> None:
    api = spec["api"]
    give_address(0, spec["address"])
    give_address(1, api["address"])
    out = socket.create_server((api["address"], api["port"]))
    into = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    into.bind("dial.sock")
    into.listen(64)
    in_background(serve, out, lambda client: lead_out(spec, client))
    in_background(serve, into, lambda client: lead_in(spec, client))


def follow_input(child: subprocess.Popen) -> None:
    for line in sys.stdin:
        if line.strip() == "stop":
            child.send_signal(signal.SIGTERM)
    os._exit(BROKEN)


def main() -> None:
    spec = json.loads(sys.stdin.readline())
    try:
        root = build_root(spec)
        open_network(spec)
        child = start(spec, root)
    except FileNotFoundError as error:
        fail(NOT_FOUND, str(error))
    except PermissionError as error:
        fail(CANNOT_RUN, str(error))
    except OSError as error:
        fail(BROKEN, str(error))
    in_background(follow_input, child)
    status = child.wait()
    os._exit(status if status >= 0 else 128 - status)


main()
