import { inject } from 'vitest'
import { type Binaries, findBinaries } from '../../../sandbox/kubernetes/real/binaries.ts'

const folder = inject('kubernetesAssets')

/** The real Kubernetes of this test run. Undefined when it uses the sandbox's. */
export const peer: Binaries | undefined = folder === undefined ? undefined : await findBinaries(folder)

/**
 * The versions, such as `1.33.2`, on which tests for these versions run. The sandbox emulates all of them. A real API server
 * represents those that are, like it, before or after Kubernetes 1.22, which removed the beta APIs.
 */
export function versionsHere(...versions: readonly string[]): readonly string[] {
  if (!peer) return versions
  const own = peer.gitVersion.slice(1)
  return versions.some((version) => isLegacy(version) === isLegacy(own)) ? [own] : []
}

/** Whether the version signs kubernetes.io/legacy-unknown, and has the beta APIs. */
export function isLegacy(version: string): boolean {
  return Number(version.split('.')[1]) <= 21
}

/** 37 when the real API server of this run is v1.37.2. @throws Error without a real API server */
export function peerMinor(): number {
  if (!peer) throw new Error('This suite needs a real API server, but its folder is not provided.')
  return Number(peer.gitVersion.split('.')[1])
}
