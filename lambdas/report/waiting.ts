import * as z from 'zod/mini'

/** An event of the AWSCluster from its management cluster; the time is ISO 8601. */
export const clusterEvent = z.object({ time: z.string(), type: z.string(), reason: z.string(), message: z.string() })

export type ClusterEvent = z.output<typeof clusterEvent>

/** A task that a person has to do before the operation continues. */
export const task = z.object({
  title: z.string().check(z.describe('What is needed, in a few words')),
  commands: z
    .array(
      z.object({
        purpose: z.string(),
        command: z
          .string()
          .check(z.describe('To copy: a command for a shell, or lines for the file that the purpose names')),
      }),
    )
    .check(z.describe('In their order')),
  link: z.exactOptional(z.string().check(z.describe('The page of the documentation, from the root of the repository'))),
})

export type Task = z.output<typeof task>

/** Why a polled step is still waiting, and what a person can do about it. */
export interface Waiting {
  readonly reason: string
  readonly events?: readonly ClusterEvent[]
  readonly task?: Task | undefined
}

/** One command stores the credentials of a cluster. */
export function taskOfCredentials(cluster: string, more: Task['commands'] = []): Task {
  return {
    title: 'Store the credentials of the cluster',
    commands: [
      ...more,
      {
        purpose: 'Make a token and store it in the secret, with your own kubeconfig',
        command: `wid connect ${cluster}`,
      },
    ],
    link: 'docs/cli.md#connect-a-cluster',
  }
}

/** The shell command that enrols and installs the agent of a cluster: docs/agent.md. */
export function installCommand(enroll: `wid enroll ${string}`): string {
  return `${enroll} | helm upgrade --install workload-identity-agent charts/agent --namespace workload-identity-setup --reset-then-reuse-values --set image.repository=REGISTRY/agent --values -`
}

function taskOfAgent(cluster: string, more: Task['commands']): Task {
  return {
    title: 'Install the agent of the cluster',
    commands: [
      ...more,
      {
        purpose: 'Grant the rights to the account of the agent, with your own kubeconfig',
        command: `wid rights ${cluster} --apply`,
      },
      {
        purpose: 'Install the chart of the agent, with the image in your registry',
        command: installCommand(`wid enroll ${cluster}`),
      },
    ],
    link: 'docs/agent.md#install-it',
  }
}

/** The task when functions cannot connect to the cluster yet. Without a secret, its agent connects it. */
export function taskOfConnection(
  { name, credentialsSecretArn }: { readonly name: string; readonly credentialsSecretArn?: string | undefined },
  more: Task['commands'] = [],
): Task {
  return (credentialsSecretArn === undefined ? taskOfAgent : taskOfCredentials)(name, more)
}
