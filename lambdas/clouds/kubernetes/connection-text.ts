import type { ClusterTarget } from './cluster-client.ts'

/** How errors describe the connection to a cluster: the credentials in a secret, or the cluster's agent. */
export interface ConnectionText {
  /** The object of an error about the connection. */
  readonly object: string
  /** Whose rights are checked: "the credentials of ARN". */
  readonly caller: string
  /** What the API server rejects, with its response 401. */
  readonly rejected: string
  /** What to do when the API server rejects the credentials or the token. */
  readonly replace: string
  /** The beginning of a sentence about the cluster behind the connection: "these credentials lead to a cluster". */
  readonly leadTo: string
  /** What to do when the connection leads to another cluster: "put the credentials of cluster prod into secret ARN". */
  readonly correct: string
  /** What to do when there is no connection yet. */
  readonly supply: string
  /** What to do when the API server's certificate is not trusted. */
  readonly renewTrust: string
}

/** The namespace of the setup account, which the agent uses: ownership/setup-account.ts. */
const agentNamespace = 'workload-identity-setup'

type Named = Pick<ClusterTarget, 'name' | 'credentialsSecretArn'>

export function connectionText({ name, credentialsSecretArn }: Named): ConnectionText {
  return credentialsSecretArn === undefined ? textOfAgent(name) : textOfSecret(name, credentialsSecretArn)
}

function textOfSecret(name: string, arn: string): ConnectionText {
  return {
    object: arn,
    caller: `the credentials of ${arn}`,
    rejected: 'the credentials of this secret',
    replace: 'Put credentials into it that are valid and not expired',
    leadTo: 'these credentials lead to a cluster',
    correct: `put the credentials of cluster ${name} into secret ${arn}`,
    supply: `put the kubeconfig of cluster ${name} into secret ${arn}`,
    renewTrust: `Put the cluster's current credentials, with its CA, into ${arn}`,
  }
}

function textOfAgent(name: string): ConnectionText {
  const restart = `kubectl --namespace ${agentNamespace} rollout restart deployment workload-identity-agent`
  return {
    object: agentOf(name),
    caller: `the agent of cluster ${name}`,
    rejected: 'the token of the agent',
    replace: `Restart the agent: ${restart}`,
    leadTo: 'the agent runs in a cluster',
    correct: `install the agent in cluster ${name}: wid enroll ${name} --renew`,
    supply: `install the agent in cluster ${name}: wid enroll ${name}`,
    renewTrust: 'Make sure that the ca.crt of pods contains the CA that signed the certificate of the API server',
  }
}

/** An instruction as the beginning of a sentence. */
export function capitalised(instruction: string): string {
  return instruction.charAt(0).toUpperCase() + instruction.slice(1)
}

/** The object of errors about the agent of a cluster. */
export function agentOf(cluster: string): string {
  return `agent of cluster ${cluster}`
}
