import type { ClusterEvent } from '../../../../client/api.ts'
import { Rows } from '../../parts/rows.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../texts/context.ts'

/** The events of the cluster during waits, newest first. */
export function Events({ events }: { readonly events: readonly ClusterEvent[] }) {
  const texts = useTexts()
  if (events.length === 0) return null
  return (
    <Rows
      title={texts.clusterEvents}
      count={events.length}
      rows={events}
      trackBy={({ time, reason, message }) => time + reason + message}
      columns={[
        { id: 'time', header: texts.time, minWidth: 190, cell: ({ time }) => <Time at={time} /> },
        { id: 'type', header: texts.type, minWidth: 110, cell: ({ type }) => type },
        { id: 'reason', header: texts.reason, isRowHeader: true, minWidth: 180, cell: ({ reason }) => reason },
        { id: 'message', header: texts.message, minWidth: 240, cell: ({ message }) => message },
      ]}
    />
  )
}
