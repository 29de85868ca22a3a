/**
 * Runs `act`, and returns the calls of the record in the order in which they are sent and answered: "UpdateItem sent",
 * "UpdateItem answered". The call log of the server cannot show whether a call waits for the answer to another one.
 */
export async function orderOfCalls(act: () => Promise<unknown>): Promise<string[]> {
  const { table } = await import('../../../lambdas/operations/record/table.ts')
  const order: string[] = []
  const name = 'order of calls'
  table.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const action = commandName.replace(/Command$/, '')
        order.push(`${action} sent`)
        const answer = await next(args)
        order.push(`${action} answered`)
        return answer
      },
    { step: 'initialize', name },
  )
  try {
    await act()
    return order
  } finally {
    table.middlewareStack.remove(name)
  }
}
