/**
 * Which webhook does not outlive an upgrade of its cluster. The image release-0.2.2-gke.0 works only before 1.19 (the
 * documented procedure). A webhook that requests its certificate works only before 1.22
 * (https://kubernetes.io/docs/reference/using-api/deprecation-guide/).
 */
import type { Explanation } from '../../errors/step-errors.ts'
import type { RecordedWebhook } from '../recorded.ts'
import { endsBefore119 } from './image.ts'
import type { Installed } from './installed.ts'

/** The first minor version of Kubernetes on which the webhook does not work. */
interface End {
  readonly minor: number
  readonly why: string
  readonly ask: string
}

/**
 * Why the cluster must not be upgraded to this version (1.22.8-gke.100) while it has the recorded webhook; undefined
 * when it may be. This also holds for a cluster whose present version is already too new for its webhook. The caller
 * checks whether the cluster already has this very version, because then it is not upgraded.
 */
export function refuseVersion(recorded: RecordedWebhook, version: string): Explanation | undefined {
  const end = endOf(recorded.installed)
  const { cluster } = recorded
  if (!end || Number(version.split('.')[1]) < end.minor) return undefined
  return {
    object: `cluster ${cluster}`,
    reason: `it must not go to Kubernetes ${version} while its webhook ${end.why}`,
    action: `Upgrade the webhook first: POST /v1/clusters/${cluster}/webhook-upgrades ${end.ask}, then send this request again`,
  }
}

function endOf(installed: Installed): End | undefined {
  if (!('image' in installed)) return undefined
  if (endsBefore119(installed.image)) {
    // No setup installs it any more (refuseImage). Only an older record can have it.
    return { minor: 19, why: 'is release-0.2.2-gke.0, which does not work from 1.19 on', ask: 'with a newer image' }
  }
  if (installed.mode !== 'csr') return undefined
  return {
    minor: 22,
    why: 'asks the cluster for its certificate, which no cluster signs from 1.22 on',
    ask: 'with {"certificate": "own-ca"}',
  }
}
