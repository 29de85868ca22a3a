import Alert from '@cloudscape-design/components/alert'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ClusterEvent, Operation, Step } from '../../../../client/api.ts'
import { stepName } from '../../../../client/operation.ts'
import { Copyable } from '../../parts/copyable.tsx'
import { operationPath, PageLink } from '../../parts/follow.tsx'
import { Rows } from '../../parts/rows.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'

/** What the operation waits for now, with the cluster's events during the wait. */
export function Waiting({ operation }: { readonly operation: Operation }) {
  const { endedAt, steps, clusterEvents, waits, waitsFor, broughtAboutBy } = operation
  if (endedAt !== undefined) return null
  if (waits && broughtAboutBy === undefined) return <WaitingForOperation id={waitsFor} />
  const waiting = steps.filter(({ status }) => status === 'waiting')
  if (waiting.length === 0) return null
  return (
    <SpaceBetween size="l">
      {waiting.map((step) => (
        <WaitingStep key={stepName(step)} step={step} />
      ))}
      <Events events={clusterEvents} />
    </SpaceBetween>
  )
}

/** @param id of the operation that changes the cluster. Undefined briefly between two operations */
function WaitingForOperation({ id }: { readonly id: string | undefined }) {
  const texts = useTexts()
  return (
    <Alert type="info" header={texts.waitsForAnother}>
      {id !== undefined && (
        <div>
          {texts.changesCluster} <PageLink to={operationPath(id)}>{id}</PageLink>
        </div>
      )}
      <div>{texts.waitsDetail}</div>
    </Alert>
  )
}

function WaitingStep({ step }: { readonly step: Step }) {
  const texts = useTexts()
  const { task, waitingFor, waitsUntil } = step
  return (
    <Alert type="info" header={task?.title ?? texts.waits}>
      <SpaceBetween size="s">
        {task ? <Commands commands={task.commands} /> : waitingFor}
        {waitsUntil !== undefined && (
          <div>
            {texts.waitsUntil} <Time at={waitsUntil} />
          </div>
        )}
        {task?.link !== undefined && (
          <div>
            {texts.documentation}: <Copyable text={task.link} what={texts.documentation} />
          </div>
        )}
      </SpaceBetween>
    </Alert>
  )
}

/** Each command below its purpose, with a copy button. */
function Commands({ commands }: { readonly commands: NonNullable<Step['task']>['commands'] }) {
  const texts = useTexts()
  return (
    <ol>
      {commands.map(({ purpose, command }) => (
        <li key={`${purpose} ${command}`}>
          {purpose}
          <pre className="code">{command}</pre>
          <CopyToClipboard
            copyButtonText={texts.copy}
            copyButtonAriaLabel={texts.copyWhat(purpose)}
            textToCopy={command}
            copySuccessText={texts.copied}
            copyErrorText={texts.notCopied}
          />
        </li>
      ))}
    </ol>
  )
}

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
