import { agentState } from '../../client/agent.ts'
import type { Cluster } from '../../client/api.ts'
import { agentWords } from '../view/agent-words.ts'
import { type Finding, ok } from './finding-lines.ts'

/** The namespace and the name that charts/agent uses. */
const namespace = 'workload-identity-setup'
const agentName = 'workload-identity-agent'
const kubectl = `kubectl --namespace ${namespace}`

/**
 * Whether the agent of a cluster calls the API, and has the version of the deployment. Empty for a direct connection.
 *
 * @param deployed the version of the deployment
 */
export function agentFindings(
  cluster: Pick<Cluster, 'name' | 'connection' | 'agent'>,
  deployed: string | null,
  now: Date,
): readonly Finding[] {
  const found = agentWords(cluster, now)
  if (found === undefined) return []
  const check = 'agent'
  const { name, agent } = cluster
  if (!agent)
    return [
      { check, state: 'problem', found, toDo: `Install it: "wid enroll ${name}" prints the values of its Helm chart.` },
    ]
  const toDo = `"${kubectl} get pods" shows whether it runs. "${kubectl} logs deployment/${agentName}" shows why it does not call the API.`
  return [
    agentState(cluster, now) === 'calling' ? ok(check, found) : { check, state: 'problem', found, toDo },
    ...(deployed === null || deployed === agent.version ? [] : [otherVersion(agent.version, deployed)]),
  ]
}

function otherVersion(version: string, deployed: string): Finding {
  return {
    check: 'agent version',
    state: 'problem',
    found: `the agent has version ${version}, and the deployment has ${deployed}`,
    toDo: `Build the image of ${deployed}, and install the chart of ${deployed}: "helm upgrade ${agentName} charts/agent --namespace ${namespace} --reset-then-reuse-values".`,
  }
}
