import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { vi } from 'vitest'
import { table } from '../../../lambdas/operations/record/table.ts'

/** Cancels the next transaction, as DynamoDB does when a write exceeds the throughput of a partition. */
export function throttleOnce(): void {
  const send = table.send.bind(table)
  const throttled = vi.spyOn(table, 'send').mockImplementation((command: unknown) => {
    if (!(command instanceof TransactWriteCommand)) return Reflect.apply(send, table, [command])
    throttled.mockRestore()
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ThrottlingError' }]
    throw new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons })
  })
}
