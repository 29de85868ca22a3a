import { setTimeout as sleep } from 'node:timers/promises'
import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from 'vitest'
import * as z from 'zod/mini'

const transactionMs = 25

const key = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) })
const write = z.union([z.object({ Item: key }), z.object({ Key: key })])
const transaction = z.object({ TransactItems: z.array(z.record(z.string(), write)) })
const request = z.object({ headers: z.object({ 'x-amz-target': z.string() }), body: z.instanceof(Uint8Array) })

/**
 * Emulates the transaction conflicts of DynamoDB for the calls of this process. The sandbox's AWS handles calls one after the
 * other. While a transaction runs, another one that writes one of its items is cancelled, and a single write of one is refused:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 *
 * Call it at the top of a file.
 */
export function transactionConflicts(): Pick<Conflicts, 'count'> {
  const conflicts = new Conflicts()
  const name = 'transactionConflicts'
  const client = async () => (await import('../../../lambdas/clouds/aws/clients/dynamodb.ts')).dynamodb
  beforeAll(async () => {
    const { middlewareStack } = await client()
    middlewareStack.add((next) => (args) => conflicts.around(written(args.request), () => next(args)), {
      step: 'build',
      name,
    })
  })
  afterAll(async () => void (await client()).middlewareStack.remove(name))
  return conflicts
}

/** The items that a call writes. */
interface Written {
  readonly isTransaction: boolean
  readonly items: readonly string[]
}

class Conflicts {
  /** The number of conflicts. */
  count = 0
  readonly #inTransaction = new Set<string>()

  async around<Answer>({ isTransaction, items }: Written, send: () => Promise<Answer>): Promise<Answer> {
    if (items.some((item) => this.#inTransaction.has(item))) throw this.#conflict({ isTransaction, items })
    if (!isTransaction) return send()
    for (const item of items) this.#inTransaction.add(item)
    await sleep(transactionMs)
    try {
      return await send()
    } finally {
      for (const item of items) this.#inTransaction.delete(item)
    }
  }

  #conflict({ isTransaction, items }: Written): Error {
    this.count += 1
    const as = { message: 'in conflict', $metadata: {} }
    if (!isTransaction) return new TransactionConflictException(as)
    const codes = items.map((item) => (this.#inTransaction.has(item) ? 'TransactionConflict' : 'None'))
    return new TransactionCanceledException({ ...as, CancellationReasons: codes.map((Code) => ({ Code })) })
  }
}

function written(sent: unknown): Written {
  const { headers, body } = request.parse(sent)
  const operation = headers['x-amz-target'].replace(/^.*\./, '')
  const input: unknown = JSON.parse(new TextDecoder().decode(body))
  if (operation === 'TransactWriteItems') {
    const writes = transaction.parse(input).TransactItems.flatMap((item) => Object.values(item))
    return { isTransaction: true, items: writes.map(nameOf) }
  }
  const isWrite = ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)
  return { isTransaction: false, items: isWrite ? [nameOf(write.parse(input))] : [] }
}

function nameOf(item: z.output<typeof write>): string {
  const { pk, sk } = 'Item' in item ? item.Item : item.Key
  return `${pk.S} ${sk.S}`
}
