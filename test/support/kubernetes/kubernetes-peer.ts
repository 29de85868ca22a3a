import { inject } from 'vitest'
import { type Binaries, findBinaries } from '../../../sandbox/kubernetes/real/binaries.ts'

const folder = inject('kubernetesAssets')

/** The real Kubernetes that this run of the tests is about; undefined where it is about the sandbox's own. */
export const peer: Binaries | undefined = folder === undefined ? undefined : await findBinaries(folder)

/**
 * The versions, as `1.33.2`, on which tests of these versions run here: the sandbox plays all of them; a real API server
 * stands for those that are on its side of Kubernetes 1.22, where the beta APIs end.
 */
export function versionsHere(...versions: readonly string[]): readonly string[] {
  if (!peer) return versions
  const own = peer.gitVersion.slice(1)
  return versions.some((version) => isLegacy(version) === isLegacy(own)) ? [own] : []
}

/** Whether it signs kubernetes.io/legacy-unknown, and serves the beta APIs. */
export function isLegacy(version: string): boolean {
  return Number(version.split('.')[1]) <= 21
}

/** 37 for the real API server of this run being v1.37.2. @throws Error where there is none */
export function peerMinor(): number {
  if (!peer) throw new Error('This suite compares with a real API server: its folder is not provided.')
  return Number(peer.gitVersion.split('.')[1])
}
