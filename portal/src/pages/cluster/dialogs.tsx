import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useState } from 'react'
import type { Cluster } from '../../../../client/api.ts'
import { lookForDrift, repair, rotate, upgradeWebhook } from '../../../../client/starts.ts'
import { useStart } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { Choice } from '../../parts/choice.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../settings/context.ts'
import type { RecordedSpec } from './recorded-spec.ts'
import { emptyForm, type UpgradeForm, upgradeOf } from './upgrade-form.ts'

/** Offers to send the recorded spec again, or to start a drift report first. */
export function RepairDialog({ cluster, onClose }: { readonly cluster: string; readonly onClose: () => void }) {
  const texts = useTexts()
  const drift = useStart(lookForDrift)
  const setup = useStart(repair)
  return (
    <Dialog
      header={texts.repairTitle(cluster)}
      onClose={onClose}
      secondary={{ text: texts.lookFirst, loading: drift.isPending, onClick: () => drift.mutate(cluster) }}
      primary={{ text: texts.next.repair, loading: setup.isPending, onClick: () => setup.mutate(cluster) }}
      error={drift.error ?? setup.error}
    >
      <div>{texts.repairDetail}</div>
    </Dialog>
  )
}

/** Warns before a rotation starts, because it affects all clusters. */
export function RotateDialog({ onClose }: { readonly onClose: () => void }) {
  const texts = useTexts()
  const start = useStart(rotate)
  const button = (text: string, dryRun: boolean) => ({
    text,
    loading: start.isPending && start.variables?.dryRun === dryRun,
    onClick: () => start.mutate({ dryRun }),
  })
  return (
    <Dialog
      header={texts.rotateTitle}
      onClose={onClose}
      secondary={button(texts.reportOnly, true)}
      primary={button(texts.carryOut.rotation, false)}
      error={start.error}
    >
      <div>{texts.rotateDetail}</div>
    </Dialog>
  )
}

interface UpgradeDialogProps extends Pick<RecordedSpec, 'webhook'> {
  readonly cluster: Cluster
  readonly onClose: () => void
}

/** A form for changes of the webhook. An empty field leaves the spec unchanged. */
export function UpgradeDialog({ cluster, webhook, onClose }: UpgradeDialogProps) {
  const texts = useTexts()
  const [form, setForm] = useState(emptyForm)
  const start = useStart(upgradeWebhook)
  const change = (changed: Partial<UpgradeForm>) => setForm((before) => ({ ...before, ...changed }))
  const button = (text: string, dryRun: boolean) => ({
    text,
    loading: start.isPending && start.variables?.dryRun === dryRun,
    onClick: () => start.mutate(upgradeOf(cluster, form, dryRun)),
  })
  return (
    <Dialog
      header={texts.upgradeTitle(cluster.name)}
      onClose={onClose}
      secondary={button(texts.reportOnly, true)}
      primary={button(texts.carryOut.upgrade, false)}
      error={start.error}
    >
      <div>{texts.upgradeDetail}</div>
      <FormField label={texts.webhookFields.image} description={webhook.image ?? texts.chosenByProduct}>
        <Input
          value={form.image}
          placeholder={texts.asItIs}
          spellcheck={false}
          onChange={({ detail }) => change({ image: detail.value })}
        />
      </FormField>
      <Choice
        label={texts.webhookFields.certificate}
        words={texts.certificates}
        none={texts.asItIs}
        chosen={form.certificate}
        onChange={(certificate) => change({ certificate })}
      />
      <Choice
        label={texts.webhookFields.failurePolicy}
        words={texts.failurePolicies}
        none={texts.asItIs}
        chosen={form.failurePolicy}
        onChange={(failurePolicy) => change({ failurePolicy })}
      />
      {webhook.mode !== 'install' && (
        <Allowed action="adopt" scope={{ cluster: cluster.name }} what={texts.adopt}>
          <Checkbox
            checked={form.adopt}
            onChange={({ detail }) => change({ adopt: detail.checked })}
            description={texts.adoptDetail}
          >
            {texts.adopt}
          </Checkbox>
        </Allowed>
      )}
    </Dialog>
  )
}
