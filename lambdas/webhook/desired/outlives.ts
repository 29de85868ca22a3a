/**
 * Which webhook does not outlive an upgrade of its cluster: release-0.2.2-gke.0 that to 1.19, by the documented procedure,
 * and one that asks for its certificate that to 1.22: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
import type { Explanation } from '../../errors/step-errors.ts'
import type { RecordedWebhook } from '../recorded.ts'
import { endsBefore119 } from './image.ts'
import type { Installed } from './installed.ts'

/** The minor version of Kubernetes on which the webhook does not work any more. */
interface End {
  readonly minor: number
  readonly why: string
  readonly ask: string
}

/**
 * Why the cluster must not be taken to this version (1.22.8-gke.100) while its webhook is as the record has it; undefined
 * when it may. Also from a version on which it does not work already. Whether the cluster has that very version is the
 * caller's to know: then it is taken nowhere.
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
    // It is installed no more (refuseImage): only a record from before has it.
    return { minor: 19, why: 'is release-0.2.2-gke.0, which does not work from 1.19 on', ask: 'with a newer image' }
  }
  if (installed.mode !== 'csr') return undefined
  return {
    minor: 22,
    why: 'asks the cluster for its certificate, which no cluster signs from 1.22 on',
    ask: 'with {"certificate": "own-ca"}',
  }
}
