import * as z from 'zod/mini'
import { management } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { installedModes, multicloud, readIssuer, readNodes } from '../steps/kubernetes-right.ts'
import { readyClusterFacts } from './readiness.ts'

const common = {
  name: z.string(),
  credentialsSecretArn: target.shape.credentialsSecretArn,
  proxyUrl: z.optional(z.string()),
}

import { setupNeeds } from '../steps/needs.ts'

export const gkeCluster = z.object({
  ...common,
  provider: z.literal('gke-on-aws'),
  management,
})

export const existingCluster = z.object({
  ...common,
  provider: z.literal('existing'),
  issuerUrl: z.optional(z.string()),
  /** Whether the deployment hosts the issuer. The cluster may then still have another issuer. */
  hosted: z._default(z.boolean(), false),
  /** Whether the caller accepts that the API server rejects existing tokens of pods when the issuer changes. */
  acceptRefusedTokens: z._default(z.boolean(), false),
})

export const description = describeStep({
  state: 'CheckCluster',
  does: 'Waits until the cluster is ready: ID, issuer, discovery documents, credentials, API server, rights, and a published key that signs its tokens. Then claims the issuer and the key.',
  input: z.object({
    cluster: z.discriminatedUnion('provider', [gkeCluster, existingCluster]),
    bucket: z.optional(z.string()),
    /** Whether ApplyCluster applies the AWSCluster. In a dry run the AWSCluster may then not exist yet. */
    applied: z._default(z.boolean(), false),
    /** Whether a published key must have signed the tokens. A verification leaves that check to STS. */
    provesIssuer: z._default(z.boolean(), true),
    /** The later writes of the operation, whose rights are checked. Omitted if the operation writes nothing. */
    needs: z.optional(setupNeeds),
  }),
  output: z.extend(readyClusterFacts, {
    /** In a dry run with all facts, the reason for which a setup would still wait. */
    waitsFor: z.exactOptional(z.string()),
    /**
     * In a dry run, the account fingerprints of `needs.workloads`. BindKsa reads the accounts with an empty
     * fingerprint.
     */
    seenAccounts: z.exactOptional(z.array(z.string())),
  }),
  condition: { type: 'ClusterReady', role: 'establishes' },
  client: 'kubernetes',
  claims: [
    { kind: 'issuer', does: 'proves' },
    { kind: 'signing-key', does: 'proves' },
  ],
  timeoutSeconds: 60,
  table: ['ConditionCheckItem'],
  notReady: {
    error: 'ClusterNotReady',
    what: 'the cluster was not ready',
    action: 'Do what the reason asks for, and send the request again',
  },
  compared: { objects: ({ cluster }) => [`cluster ${cluster.name}`] },
  kubernetes: [
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsclusters'],
      names: 'cluster',
      verbs: ['get'],
      why: 'Whether the management service has given the cluster its ID and its issuer.',
    },
    {
      place: 'management',
      apiGroup: '',
      resources: ['events'],
      verbs: ['list'],
      why: 'Shows what happens to the cluster while it is waited for.',
      optional: true,
    },
    readIssuer,
    readNodes,
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['serviceaccounts'],
      verbs: ['list'],
      why: 'Of a plan or a drift: which accounts are as a setup has made them.',
      optional: true,
      modes: installedModes,
    },
  ],
})
