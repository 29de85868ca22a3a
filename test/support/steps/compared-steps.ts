import type { StepItem } from '../../../lambdas/operations/record/record.ts'
import { comparedRequest } from '../../../lambdas/steps/compared-request.ts'
import { comparedDescriptions } from '../../../lambdas/workflows/comparison/compared-steps.ts'
import { exampleRequest } from '../api/requests.ts'
import { recordedStep } from './recorded-step.ts'

export const request = exampleRequest('setup')
export const item = 'default/s3-reader'

export const facts = {
  clusterId: 'id-1',
  issuerUrl: 'https://issuer.example',
  jwksUri: 'https://issuer.example/jwks',
  kubernetesVersion: '1.33.2',
  kubernetesMinor: 33,
}

/** The request of a drift of the cluster of {@link request}. */
export const driftRequest = {
  ...request,
  adopt: true,
  known: {
    facts,
    providerArn: 'arn:provider',
    installed: { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'workload-identity-webhook', replicas: 2 },
    roleArns: { [item]: 'arn:role' },
  },
}

const unchanged = (object: string) => ({ object, action: 'unchanged' as const })

/** The records of the dry runs of all steps for a cluster without differences. `otherwise` replaces some of them. */
export function recordedSteps(
  otherwise: Readonly<Record<string, Partial<StepItem> | undefined>> = {},
): readonly StepItem[] {
  const usual: Readonly<Record<string, Partial<StepItem>>> = {
    CreateBucket: { changes: [unchanged('gs://bucket'), unchanged('IAM policy of gs://bucket')] },
    ApplyCluster: { changes: [unchanged('AWSCluster default/prod-eu')] },
    CheckCluster: { output: facts },
    DeployWebhook: { changes: [unchanged('Deployment w/pod-identity-webhook')] },
    CheckWebhook: {},
    ActivateWebhook: { changes: [unchanged('MutatingWebhookConfiguration pod-identity-webhook')] },
    RegisterOidc: { changes: [unchanged('arn:provider')] },
    CreateRole: { item, changes: [unchanged('arn:role')] },
    BindKsa: { item, changes: [unchanged(`ServiceAccount ${item}`)] },
  }
  return Object.entries({ ...others(usual), ...usual }).flatMap(([state, rest]) =>
    state in otherwise && otherwise[state] === undefined ? [] : [recordedStep(state, { ...rest, ...otherwise[state] })],
  )
}

const compare = comparedRequest.parse(request)

/** Records without differences for the compared steps that are not in `known`. */
function others(known: object): Readonly<Record<string, Partial<StepItem>>> {
  const steps = comparedDescriptions.filter(
    ({ state, compared }) =>
      !(state in known) && (compared.when?.(compare) ?? true) && compared.perWorkload !== 'removed',
  )
  return Object.fromEntries(
    steps.map(({ state, compared }) => {
      const changes = (compared.objects?.(compare, item) ?? []).map(unchanged)
      return [state, { ...(compared.perWorkload && { item }), changes }]
    }),
  )
}

export function failedWith(name: string, object = 'the object'): Partial<StepItem> {
  return { status: 'failed', changes: [], error: { name, object, reason: 'it broke', action: 'Correct it' } }
}

export function waitingFor(reason: string): Partial<StepItem> {
  return { status: 'waiting', changes: [], waiting: { reason, events: [] } }
}
