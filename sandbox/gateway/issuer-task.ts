import * as z from 'zod/mini'

const command = z.looseObject({ purpose: z.string(), command: z.string() })
const task = z.looseObject({ link: z.optional(z.string()), commands: z.array(command) })
const waitingOperation = z.looseObject({
  cluster: z.string(),
  steps: z.array(z.looseObject({ task: z.optional(task) })),
})

/** The shell command that changes the issuer of a cluster of the sandbox; undefined for other clusters. */
export type IssuerCommand = (cluster: string) => string | undefined

const purpose =
  'In the sandbox, run only this command, in another terminal. The commands below are for clusters outside it'

/**
 * If the operation waits for another issuer, puts the sandbox's command before the commands of the API. The API's
 * commands run on the machines of a cluster, and clusters of the sandbox have no machines.
 *
 * @param body an operation in JSON, as the API returns it
 */
export function withIssuerCommand(body: string, commandOf: IssuerCommand): string {
  const operation = waitingOperation.safeParse(JSON.parse(body)).data
  if (!operation?.steps.some((step) => isOfIssuer(step.task))) return body
  const own = commandOf(operation.cluster)
  if (own === undefined) return body
  const steps = operation.steps.map((step) =>
    isOfIssuer(step.task)
      ? { ...step, task: { ...step.task, commands: [{ purpose, command: own }, ...step.task.commands] } }
      : step,
  )
  return JSON.stringify({ ...operation, steps })
}

function isOfIssuer(found: z.output<typeof task> | undefined): found is z.output<typeof task> {
  // This section belongs to another task: to accept a signing key.
  return found?.link?.startsWith('docs/issuer.md#') === true && found.link !== 'docs/issuer.md#accept-a-key'
}
