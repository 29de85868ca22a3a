import Alert, { type AlertProps } from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { WebhookUpgradeResult } from '../../../api/client.ts'
import { useTexts } from '../../../texts/context.ts'
import { Named } from './named.tsx'
import { Pods } from './pods.tsx'

type Outcome = WebhookUpgradeResult['outcome']

const types: Readonly<Record<Outcome, AlertProps.Type>> = {
  upgraded: 'success',
  'would-upgrade': 'info',
  unchanged: 'success',
  untouched: 'info',
  'candidate-removed': 'info',
  'not-ready': 'warning',
  'rolled-back': 'warning',
  'candidate-in-use': 'warning',
}

/** Which webhook pods are sent to now, and which pods have to be started again for their role. */
export function Upgrade({ result }: { readonly result: WebhookUpgradeResult }) {
  const texts = useTexts()
  const { outcome, unmutated, unseen, restarted, remaining } = result
  return (
    <SpaceBetween size="l">
      <Alert type={types[outcome]} header={texts.upgradeOutcomes[outcome]}>
        {restarted.length > 0 && `${texts.restarted}: ${restarted.join(', ')}`}
      </Alert>
      <Pods title={texts.podsWithoutRole} pods={unmutated} unseen={unseen} />
      <Named
        title={texts.notRestarted}
        columns={{ object: texts.controller, detail: texts.reasonAndWhatToDo }}
        rows={remaining.map(({ object, reason, action }) => ({ object, detail: `${reason}. ${action}` }))}
      />
    </SpaceBetween>
  )
}
