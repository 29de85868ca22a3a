import { type Supervised, startSupervised } from './supervised.ts'

/** Sockets in the directory of the cluster's programs need no port, and other users cannot connect to them. */
const clientUrl = 'unix://etcd.sock:0'
const peerUrl = 'unix://etcd-peer.sock:0'

export const etcdUrl = clientUrl

/** Starts etcd without fsync. A kill of etcd loses no data, because the operating system has it. A crash does. */
export function startEtcd(file: string, directory: string): Promise<Supervised> {
  const args = [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // The only member elects itself, so the intervals need no allowance for a network.
    '--heartbeat-interval=20',
    '--election-timeout=200',
    '--log-level=warn',
  ]
  return startSupervised({ file, args, directory, logFile: `${directory}/logs/etcd.log` })
}
