import * as z from 'zod/mini'

const command = z.looseObject({ purpose: z.string(), command: z.string() })
const task = z.looseObject({ link: z.optional(z.string()), commands: z.array(command) })
const waitingOperation = z.looseObject({
  cluster: z.string(),
  steps: z.array(z.looseObject({ task: z.optional(task) })),
})

/** The shell command that changes the issuer of a cluster of the sandbox; undefined for other clusters. */
export type IssuerCommand = (cluster: string) => string | undefined

const purpose = 'In the sandbox, run this in another terminal, and nothing else. What follows is for a cluster of yours'

/**
 * An operation as the API gives it, in JSON, with the command of the sandbox first where it waits for another issuer: what the
 * API names needs the machines of a cluster, and those of the sandbox have none.
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
  // The same page has the task of a key that waits to be accepted.
  return found?.link?.startsWith('docs/issuer.md#') === true && found.link !== 'docs/issuer.md#accept-a-key'
}
