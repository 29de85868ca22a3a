import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Operation, Step } from '../../api/client.ts'
import { useTexts } from '../../texts/context.ts'
import { Events } from './events.tsx'
import { stepName } from './step-name.ts'

/** What the operation waits for now, and what the cluster has said of itself while it was waited for. */
export function Waiting({ operation: { endedAt, steps, clusterEvents } }: { readonly operation: Operation }) {
  const waiting = steps.filter(({ status }) => status === 'waiting')
  if (endedAt !== undefined || waiting.length === 0) return null
  return (
    <SpaceBetween size="l">
      {waiting.map((step) => (
        <WaitingStep key={stepName(step)} step={step} />
      ))}
      <Events events={clusterEvents} />
    </SpaceBetween>
  )
}

function WaitingStep({ step }: { readonly step: Step }) {
  const texts = useTexts()
  return (
    <Alert type="info" header={`${texts.waits}: ${stepName(step)}`}>
      {step.waitingFor}
    </Alert>
  )
}
