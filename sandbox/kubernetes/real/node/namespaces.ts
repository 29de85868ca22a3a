import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Each pod has users, network, mounts and processes of its own; killed, `unshare` takes all of them with it. */
export const unshare = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child']

/** @throws Error that says what to do when this machine does not let this user make namespaces */
export async function requireNamespaces(): Promise<void> {
  try {
    await promisify(execFile)('unshare', [...unshare, 'true'])
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error)
    throw new Error(
      `Pods of real clusters run in Linux namespaces, which this machine does not let this user make: ${reason}. ${advice}`,
    )
  }
}

const advice =
  'Linux with util-linux is needed, user.max_user_namespaces above 0, and, where they are there, kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0 (sysctl); in a container, a seccomp profile that allows unshare and mount.'
