import { type ActionName, actionGroups, actionNames, actions } from './actions.ts'

/**
 * The entities. In one evaluation, a caller has one role with its scope: a caller with several grants is evaluated once
 * for each grant (decide.ts). `clusters`, `namespaces` and `policyArns` are those of the request that the grant covers.
 * They are not the patterns of the grant, because Cedar's `like` takes patterns from policies, not from attributes.
 */
const entities = `
/// viewer, developer, operator or administrator.
entity Role;

/// Deployment::"deployment" is the only one.
entity Deployment;

entity Cluster in [Deployment] {
  name: String,
};

entity Namespace in [Cluster] {
  cluster: String,
  name: String,
};

entity Workload in [Namespace] {
  cluster: String,
  namespace: String,
  name: String,
};

entity Operation in [Cluster, Deployment] {
  kind: String,
  // The name of the caller that requested it.
  owner: String,
  // The namespaces of the workloads that it names. Empty for an operation on a cluster or on all clusters.
  namespaces: Set<Namespace>,
};

entity Caller in [Role] {
  // ARN of the IAM role or user, or ISSUER#SUBJECT of a token.
  name: String,
  // iam or jwt.
  kind: String,
  // Unique ID of the IAM role or user. A name can be used again after its role or user is deleted, but an ID cannot.
  id?: String,
  account?: String,
  role?: String,
  user?: String,
  // URL of the issuer.
  issuer?: String,
  // Not empty when the grant covers all clusters.
  deployments: Set<Deployment>,
  clusters: Set<Cluster>,
  namespaces: Set<Namespace>,
  policyArns: Set<String>,
  // The claims of a token: each text, and each element of a list of texts.
} tags Set<String>;
`

/** The schema for policies, requests and entities, in Cedar's own language. */
export const schema = [
  entities.trim(),
  ...actionGroups.map((group) => `action "${group}";`),
  ...actionNames.map(declarationOf),
].join('\n\n')

function declarationOf(name: ActionName): string {
  const { group, on, ...rest } = actions[name]
  const context = [
    ...('withPolicies' in rest ? ['policyArns: Set<String>'] : []),
    ...('withAccount' in rest ? ['awsAccountId: String'] : []),
  ].join(', ')
  return `action "${name}" in ["${group}"] appliesTo {
  principal: [Caller],
  resource: [${on.join(', ')}],
  context: {${context}},
};`
}
