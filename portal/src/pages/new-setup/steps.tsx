/** The contents of the wizard's steps. */
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tiles from '@cloudscape-design/components/tiles'
import { useController, useWatch } from 'react-hook-form'
import { type Kind, kindNames } from '../../../../client/request/kinds.ts'
import { Loading } from '../../parts/loaded.tsx'
import { emptyWorkload, proposedNodePool } from './draft.ts'
import { bucket, controlPlane, fieldsOf, network, nodePool, ofInstalled, workload } from './fields.ts'
import { Fields, ListOfFields } from './fields-of-step.tsx'
import { useSetupTexts } from './texts/use.ts'
import { useProposedSecrets } from './use-proposed-secrets.ts'

export function KindStep() {
  const texts = useSetupTexts()
  const { field } = useController({ name: 'kind' })
  return (
    <FormField label={texts.kind} stretch>
      <Tiles
        ref={field.ref}
        value={field.value}
        columns={2}
        items={kindNames.map((kind) => ({
          value: kind,
          label: texts.kinds[kind].label,
          description: texts.kinds[kind].detail,
        }))}
        onChange={({ detail }) => field.onChange(detail.value)}
      />
    </FormField>
  )
}

interface ClusterStepProps {
  readonly kind: Kind
  /** The name of a recorded cluster cannot change. */
  readonly isRecorded: boolean
}

export function ClusterStep({ kind, isRecorded }: ClusterStepProps) {
  if (!useProposedSecrets()) return <Loading />
  return <Fields names={fieldsOf('cluster', kind)} fixed={isRecorded ? 'cluster.name' : undefined} />
}

export function CreationStep() {
  const texts = useSetupTexts()
  return (
    <SpaceBetween size="l">
      <Fields title={texts.network} names={network} />
      <Fields title={texts.controlPlane} names={controlPlane} />
      <ListOfFields
        list="cluster.nodePools"
        names={nodePool}
        titleOf={texts.nodePool}
        addText={texts.addNodePool}
        make={proposedNodePool}
      />
      <Fields title={texts.bucket} names={bucket} />
    </SpaceBetween>
  )
}

export function WorkloadsStep({ isRecorded }: Pick<ClusterStepProps, 'isRecorded'>) {
  const texts = useSetupTexts()
  return (
    <SpaceBetween size="l">
      {isRecorded && <Alert type="info">{texts.workloadsStay}</Alert>}
      <ListOfFields
        list="workloads"
        names={workload}
        titleOf={texts.workload}
        addText={texts.addWorkload}
        make={() => emptyWorkload}
      />
    </SpaceBetween>
  )
}

export function WebhookStep() {
  const texts = useSetupTexts()
  const mode: unknown = useWatch({ name: 'webhook.mode' })
  const isInstalled = mode === undefined || mode === 'install'
  return (
    <SpaceBetween size="l">
      <Fields names={['webhook.mode']}>
        {!isInstalled && <Box color="text-body-secondary">{texts.noFurtherWebhook}</Box>}
      </Fields>
      {isInstalled && <Fields names={ofInstalled} />}
      <Fields names={['adopt']} />
    </SpaceBetween>
  )
}
