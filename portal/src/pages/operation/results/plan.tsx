import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Operation, PlanResult } from '../../../../../client/api.ts'
import { useTexts } from '../../../settings/context.ts'
import { Changes } from '../changes.tsx'
import { Named, Problems } from './named.tsx'

const types = { unchanged: 'success', changes: 'info', refused: 'error', incomplete: 'warning' } as const

/** Whether a setup would succeed, what it would write, and what it would leave unchanged. */
export function Plan({ operation, plan }: { readonly operation: Operation; readonly plan: PlanResult }) {
  const texts = useTexts()
  const { outcome, reason, waitingFor, summary, problems, unknown, additions } = plan
  const { created, updated, adopted, deleted, unchanged } = summary
  return (
    <SpaceBetween size="l">
      <Alert type={types[outcome]} header={texts.planOutcomes[outcome]}>
        {reason !== undefined && <div>{reason}</div>}
        <div>{texts.counts({ created, updated, adopted, deleted, unchanged })}</div>
        {waitingFor !== undefined && <div>{`${texts.wouldWait}: ${waitingFor}`}</div>}
      </Alert>
      <Problems title={texts.wouldBeRefused} problems={problems} type="error" />
      <Changes operation={operation} />
      <Named
        title={texts.knownLater}
        columns={{ object: texts.object, detail: texts.reason }}
        rows={unknown.map(({ object, reason: detail }) => ({ object, detail }))}
      />
      <Named
        title={texts.additions}
        columns={{ object: texts.object, detail: texts.field }}
        rows={additions.map(({ object, field }) => ({ object, detail: field }))}
      />
    </SpaceBetween>
  )
}
