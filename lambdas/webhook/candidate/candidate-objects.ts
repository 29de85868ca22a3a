import { admission, type KubernetesRight } from '../../steps/kubernetes-right.ts'
import { candidateName, secretNameOf } from '../desired/names.ts'

/** The objects that a setup creates for the candidate. The steps need rights to them. */
export const candidateObjects: readonly Pick<KubernetesRight, 'place' | 'apiGroup' | 'resources' | 'names'>[] = [
  { place: 'webhook', apiGroup: '', resources: ['secrets'], names: [secretNameOf(candidateName)] },
  { place: 'webhook', apiGroup: 'apps', resources: ['deployments'], names: [candidateName] },
  { place: 'webhook', apiGroup: '', resources: ['services'], names: [candidateName] },
  { place: 'webhook', apiGroup: '', resources: ['serviceaccounts'], names: [candidateName] },
  { place: 'cluster', apiGroup: admission, resources: ['mutatingwebhookconfigurations'], names: [candidateName] },
]
