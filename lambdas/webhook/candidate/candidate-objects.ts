import { admission, type KubernetesRight } from '../../steps/kubernetes-right.ts'
import { nextName, secretNameOf } from '../desired/names.ts'

/**
 * The objects that an upgrade makes for the candidate, and their places. The steps of the upgrade need rights to them.
 */
export const candidateObjects: readonly Pick<KubernetesRight, 'place' | 'apiGroup' | 'resources' | 'names'>[] = [
  { place: 'webhook', apiGroup: '', resources: ['secrets'], names: [secretNameOf(nextName)] },
  { place: 'webhook', apiGroup: 'apps', resources: ['deployments'], names: [nextName] },
  { place: 'webhook', apiGroup: '', resources: ['services'], names: [nextName] },
  { place: 'webhook', apiGroup: '', resources: ['serviceaccounts'], names: [nextName] },
  { place: 'cluster', apiGroup: admission, resources: ['mutatingwebhookconfigurations'], names: [nextName] },
]
