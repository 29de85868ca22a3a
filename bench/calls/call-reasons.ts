/** The reason for each outside call of a first setup. Nothing else in the operation provides or proves the response. */
import type { CallWithPurpose, StepCalls } from './calls-by-steps.ts'

interface Rule {
  /** The steps to which the rule applies. Without this field, it applies to all steps. */
  readonly states?: readonly string[]
  readonly operation: RegExp
  readonly reason: string
}

const onWebhook = ['CheckWebhook', 'ApproveCsr']

/** The first matching rule applies. */
const rules: readonly Rule[] = [
  {
    operation: /^secretsmanager:GetSecretValue$/,
    reason: 'Each step reads the credentials that it uses: neither a state nor the record contains them',
  },
  { operation: /^oauth2\.token$/, reason: 'The access token for Google: steps do not share tokens' },
  {
    states: ['ObserveCluster'],
    operation: /awsclusters/,
    reason: 'Does the management cluster accept the credentials? The setup has created nothing yet',
  },
  {
    operation: /selfsubject\w+reviews$/,
    reason: 'Do the credentials have all rights that the operation needs? Otherwise it would fail half-way',
  },
  {
    states: ['CreateBucket'],
    operation: /^storage\.buckets\.get$/,
    reason: 'Does the bucket exist, and who owns it?',
  },
  {
    states: ['CreateBucket'],
    operation: /^storage\.buckets\.getIamPolicy$/,
    reason: 'The policy with its etag: a bucket that was created again has another etag',
  },
  {
    states: ['CheckCluster'],
    operation: /awsclusters/,
    reason: 'The ID and the issuer, which the management service writes after ApplyCluster',
  },
  { operation: /^GET \/version$/, reason: 'The version decides which webhook works and which kinds of objects exist' },
  {
    operation: /openid-configuration$|^storage\.objects\.get$/,
    reason: 'The documents that AWS reads of the issuer: the first one contains the URL of the key set',
  },
  {
    states: ['CheckCluster'],
    operation: /\/token$/,
    reason: 'A token that the published keys verify proves that the credentials are of the cluster of the issuer',
  },
  { operation: /^GET \/apis\/[\w.]+\/v\w+$/, reason: 'The name of the resource: only the server knows it' },
  { states: ['RegisterOidc'], operation: /^iam:Get/, reason: 'Does the provider exist, and who owns it?' },
  {
    states: ['CreateRole'],
    operation: /^iam:(Get|List)/,
    reason: 'Does a role of this name exist, who owns it, and what does it allow?',
  },
  {
    states: onWebhook,
    operation: /^GET .*\/(deployments|pods|events)/,
    reason: 'Is the webhook ready, and if not, why? Other controllers change its state',
  },
  {
    operation: /^GET .*\/certificatesigningrequests$/,
    reason: 'The requests that the pods have created: their names are not known in advance',
  },
  {
    states: ['CheckWebhook', 'ActivateWebhook', 'ApproveCsr'],
    operation: /^GET .*\/secrets\//,
    reason: 'The current certificate: steps do not pass on the content of a Secret',
  },
  {
    states: ['CheckWebhook'],
    operation: /^GET .*\/mutatingwebhookconfigurations\/pod-identity-webhook$/,
    reason: 'Is the webhook in use? Then the step tests it with pods of workloads, and creates no canary',
  },
  {
    states: ['CheckWebhook', 'Verify'],
    operation: /^POST .*\/pods$/,
    reason: 'The API server itself shows whether pods are mutated (a dry run)',
  },
  {
    states: ['BindKsa'],
    operation: /^GET \/api\/v1\/namespaces\/[^/]+$/,
    reason: 'Does the namespace exist? The step creates it only if the request says so',
  },
  {
    states: ['Verify'],
    operation: /^(POST .*\/token|sts:|iam:List)/,
    reason: 'The proof: STS accepts one token, refuses two, and the session is of the role with its policies',
  },
  { operation: /^GET /, reason: 'The current object: who owns it, and what does the dry run change?' },
  {
    operation: /^PATCH /,
    reason: 'A dry run before the first write: it checks the rules of the cluster, and shows the differences',
  },
]

const written = 'A write'
const again =
  'Read again before the write: other objects were written since the plan, and a server-side apply cannot require that the object is absent'

/**
 * The reason for a call of a step.
 *
 * @throws {Error} when no rule has a reason for the call. The step should then not make the call.
 */
export function reasonFor(call: CallWithPurpose, { state, calls }: Pick<StepCalls, 'state' | 'calls'>): string {
  if (call.write) return written
  const { operation } = call
  const rule = rules.find((each) => (each.states?.includes(state) ?? true) && each.operation.test(operation))
  if (!rule) throw new Error(`${state} makes a call that bench/calls/call-reasons.ts has no reason for: ${operation}`)
  return isReadAgain(call, calls) ? again : rule.reason
}

/** Whether the call reads an object that the step has read before and also writes. */
function isReadAgain({ operation, object, at }: CallWithPurpose, calls: readonly CallWithPurpose[]): boolean {
  if (!operation.startsWith('GET ')) return false
  const isBefore = calls.some((each) => each.operation === operation && each.object === object && each.at < at)
  return isBefore && calls.some((each) => each.operation === operation.replace('GET', 'PATCH') && each.write)
}
