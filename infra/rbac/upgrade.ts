/** What an upgrade of the webhook does on a cluster beside what a setup does, right by right. */
import { nextName, secretNameOf } from '../../lambdas/webhook/desired/names.ts'
import type { Right } from './right.ts'
import type { Mode } from './setup.ts'

const installed: readonly Mode[] = ['own-ca', 'csr']
const apply = ['get', 'create', 'patch']

/** What is put up for a while, and where. */
const beside: readonly Pick<Right, 'place' | 'apiGroup' | 'resources' | 'names'>[] = [
  { place: 'webhook', apiGroup: '', resources: ['secrets'], names: [secretNameOf(nextName)] },
  { place: 'webhook', apiGroup: 'apps', resources: ['deployments'], names: [nextName] },
  { place: 'webhook', apiGroup: '', resources: ['services'], names: [nextName] },
  { place: 'webhook', apiGroup: '', resources: ['serviceaccounts'], names: [nextName] },
  {
    place: 'cluster',
    apiGroup: 'admissionregistration.k8s.io',
    resources: ['mutatingwebhookconfigurations'],
    names: [nextName],
  },
]

export const upgradeRights: readonly Right[] = [
  ...beside.map((objects) => ({
    ...objects,
    verbs: apply,
    step: 'DeployNext' as const,
    why: 'The new version, which is put up and tried out beside the one in use.',
    modes: installed,
  })),
  ...beside.map((objects) => ({
    ...objects,
    verbs: ['delete'],
    step: 'RemoveNext' as const,
    why: 'It is taken away again when it has failed, or has done its work.',
    modes: installed,
  })),
  {
    place: 'cluster',
    apiGroup: 'certificates.k8s.io',
    resources: ['certificatesigningrequests'],
    verbs: ['list', 'delete'],
    step: 'DeleteRequests',
    why: "The requests of the webhook's account that nobody waits for any more. Their names are not known before.",
    modes: installed,
  },
  {
    place: 'workloads',
    apiGroup: '',
    resources: ['pods'],
    verbs: ['list'],
    step: 'FindUnmutatedPods',
    why: 'Which pods run without their role.',
    onlyTells: true,
    modes: installed,
  },
  {
    place: 'workloads',
    apiGroup: 'apps',
    resources: ['replicasets'],
    verbs: ['get'],
    step: 'FindUnmutatedPods',
    why: 'Which Deployment they belong to.',
    onlyTells: true,
    modes: installed,
  },
  {
    place: 'workloads',
    apiGroup: 'apps',
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    verbs: ['patch'],
    step: 'RestartControllers',
    why: 'Restarts them with restart: true; without it, this can be left out.',
    modes: installed,
  },
]
