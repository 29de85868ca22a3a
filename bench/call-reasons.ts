/** Why a first setup makes each outside call: nothing else in the operation provides or proves the answer. */
import type { MadeCall, StepCalls } from './calls-by-steps.ts'

interface Rule {
  /** Omitted for all steps. */
  readonly states?: readonly string[]
  readonly operation: RegExp
  readonly reason: string
}

const onWebhook = ['CheckWebhook', 'ApproveCsr']

/** The first matching rule applies. */
const rules: readonly Rule[] = [
  {
    operation: /^secretsmanager:GetSecretValue$/,
    reason:
      'Credentials are read where they are used: they are in no state and no record that a step could take them from',
  },
  { operation: /^oauth2\.token$/, reason: 'The access token for Google: no step gives one to another' },
  {
    states: ['ObserveCluster'],
    operation: /awsclusters/,
    reason: 'Does the management cluster take the credentials, before anything is made?',
  },
  {
    operation: /selfsubject\w+reviews$/,
    reason: 'Do the credentials have all rights for it? Otherwise an operation would end half-way',
  },
  {
    states: ['CreateBucket'],
    operation: /^storage\.buckets\.get$/,
    reason: 'Is the bucket there, and whose is it?',
  },
  {
    states: ['CreateBucket'],
    operation: /^storage\.buckets\.getIamPolicy$/,
    reason: 'The policy with its etag: that of a bucket which was made since is another one',
  },
  {
    states: ['CheckCluster'],
    operation: /awsclusters/,
    reason: 'ID and issuer, which the management service writes after ApplyCluster',
  },
  { operation: /^GET \/version$/, reason: 'The version decides which webhook works and which objects there are' },
  {
    operation: /openid-configuration$|^storage\.objects\.get$/,
    reason: 'What AWS will read of the issuer: the key set is where the first document says',
  },
  {
    states: ['CheckCluster'],
    operation: /\/token$/,
    reason: 'Proves with the published keys that the credentials lead to the cluster of the issuer',
  },
  { operation: /^GET \/apis\/[\w.]+\/v\w+$/, reason: 'The name of the resource: the server has it alone' },
  { states: ['RegisterOidc'], operation: /^iam:Get/, reason: 'Is there a provider, and whose is it?' },
  {
    states: ['CreateRole'],
    operation: /^iam:(Get|List)/,
    reason: 'Is there a role of this name, whose is it, and what does it allow?',
  },
  {
    states: onWebhook,
    operation: /^GET .*\/(deployments|pods|events)/,
    reason: 'Is the webhook ready, and what keeps it? Another controller changes that',
  },
  {
    operation: /^GET .*\/certificatesigningrequests$/,
    reason: 'The requests that the pods have made: their names are not known before',
  },
  {
    states: ['CheckWebhook', 'ActivateWebhook', 'ApproveCsr'],
    operation: /^GET .*\/secrets\//,
    reason: 'The certificate as it is: the step before passes on no content of a Secret',
  },
  {
    states: ['CheckWebhook'],
    operation: /^GET .*\/mutatingwebhookconfigurations\/pod-identity-webhook$/,
    reason: 'Is the webhook in use? Then its own pods are tried, and no canary is written',
  },
  {
    states: ['CheckWebhook', 'Verify'],
    operation: /^POST .*\/pods$/,
    reason: 'The API server itself shows whether pods are mutated (a dry run)',
  },
  {
    states: ['BindKsa'],
    operation: /^GET \/api\/v1\/namespaces\/[^/]+$/,
    reason: 'Is the namespace there? Only a request that says so makes it',
  },
  {
    states: ['Verify'],
    operation: /^(POST .*\/token|sts:|iam:List)/,
    reason: 'The proof: a token is accepted, two are refused, the session is of the role, its policies are attached',
  },
  { operation: /^GET /, reason: 'The object as it is: whose is it, and what does the dry run change?' },
  { operation: /^PATCH /, reason: 'A dry run before the first write: the rules of the cluster, and what differs' },
]

const written = 'A write'
const again = 'Other objects were written since it was planned: an apply cannot be made to write nothing that is there'

/**
 * The reason for a call of a step.
 *
 * @throws {Error} when no rule has a reason for the call, which should then be removed
 */
export function reasonFor(call: MadeCall, { state, calls }: Pick<StepCalls, 'state' | 'calls'>): string {
  if (call.write) return written
  const { operation } = call
  const rule = rules.find((each) => (each.states?.includes(state) ?? true) && each.operation.test(operation))
  if (!rule) throw new Error(`${state} makes a call that bench/call-reasons.ts has no reason for: ${operation}`)
  return isReadAgain(call, calls) ? again : rule.reason
}

/** Whether this is the second read of an object that the step writes. */
function isReadAgain({ operation, object, at }: MadeCall, calls: readonly MadeCall[]): boolean {
  if (!operation.startsWith('GET ')) return false
  const isBefore = calls.some((each) => each.operation === operation && each.object === object && each.at < at)
  return isBefore && calls.some((each) => each.operation === operation.replace('GET', 'PATCH') && each.write)
}
