import { type Supervised, startSupervised } from './supervised.ts'

/** Sockets lie in the directory in which the cluster's programs run: no port is taken, and nobody else can connect. */
const clientUrl = 'unix://etcd.sock:0'
const peerUrl = 'unix://etcd-peer.sock:0'

/** Where the API server of the same directory finds it. */
export const etcdUrl = clientUrl

/** Kills lose nothing: what is written is with the system. What a crash of the machine would lose is a sandbox's. */
export function startEtcd(file: string, directory: string): Promise<Supervised> {
  const args = [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // Alone, it elects itself: there is no network to be patient with.
    '--heartbeat-interval=20',
    '--election-timeout=200',
    '--log-level=warn',
  ]
  return startSupervised({ file, args, directory, logFile: `${directory}/logs/etcd.log` })
}
