import { DescribeEventBusCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { CloudUnavailable } from '../../errors/step-errors.ts'
import { eventBridge } from './clients/eventbridge.ts'
import { orStepError } from './errors.ts'

export interface BusEvent {
  readonly source: string
  readonly detailType: string
  /** JSON. */
  readonly detail: string
}

/**
 * Puts an event on a bus of the function's account and region. The function reads the bus first, because EventBridge
 * silently drops events for a missing bus: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 *
 * @param bus the name of the bus
 * @throws {InvalidObject} when the bus does not exist
 * @throws {StepError} when a call fails, or when EventBridge does not accept the event
 */
export async function putEvent(bus: string, { source, detailType, detail }: BusEvent): Promise<void> {
  const resource = `event bus ${bus}`
  const read = new DescribeEventBusCommand({ Name: bus })
  await orStepError({ action: 'events:DescribeEventBus', resource }, eventBridge.send(read))
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Detail: detail }
  const put = eventBridge.send(new PutEventsCommand({ Entries: [entry] }))
  const { FailedEntryCount, Entries = [] } = await orStepError({ action: 'events:PutEvents', resource }, put)
  if (FailedEntryCount === 0) return
  throw new CloudUnavailable({
    object: resource,
    reason: `EventBridge did not take the event (${Entries[0]?.ErrorCode ?? 'without an error code'})`,
    action: 'Do nothing unless it recurs: the event is put again',
  })
}
