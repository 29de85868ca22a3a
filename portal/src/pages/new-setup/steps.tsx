/** The contents of the wizard's steps. */
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tiles from '@cloudscape-design/components/tiles'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { useController, useFormContext, useWatch } from 'react-hook-form'
import { type Kind, kindNames } from '../../../../client/request/kinds.ts'
import { accessQuery } from '../../api/access.ts'
import { Loading } from '../../parts/loaded.tsx'
import { textOf } from './controls.tsx'
import { emptyWorkload, proposedNodePool, proposedSecrets } from './draft.ts'
import { Field } from './field.tsx'
import {
  bucket,
  controlPlane,
  type FieldName,
  fieldsOf,
  network,
  nodePool,
  ofDirectConnection,
  ofInstalled,
  workload,
} from './fields.ts'
import { useSetupTexts } from './texts/use.ts'

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
  const isByAgent = useWatch({ name: 'cluster.connection' }) === 'agent'
  if (!useProposedSecrets()) return <Loading />
  const names = fieldsOf('cluster', kind).filter((name) => !(isByAgent && ofDirectConnection.includes(name)))
  return <Fields names={names} fixed={isRecorded ? 'cluster.name' : undefined} />
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

interface FieldsProps {
  readonly title?: string
  readonly names: readonly FieldName[]
  readonly fixed?: FieldName | undefined
  readonly children?: ReactNode
}

/** Fields in a frame. */
function Fields({ title, names, fixed, children }: FieldsProps) {
  return (
    <Container header={title !== undefined && <Header variant="h2">{title}</Header>}>
      <SpaceBetween size="l">
        {names.map((name) => (
          <Field key={name} name={name} isFixed={name === fixed} />
        ))}
        {children}
      </SpaceBetween>
    </Container>
  )
}

interface ListOfFieldsProps {
  readonly list: 'workloads' | 'cluster.nodePools'
  readonly names: readonly FieldName[]
  readonly titleOf: (number: number) => string
  readonly addText: string
  /** Creates an element. */
  readonly make: () => unknown
}

/** The same fields for each element of a list. The only element cannot be removed. */
function ListOfFields({ list, names, titleOf, addText, make }: ListOfFieldsProps) {
  const texts = useSetupTexts()
  const { setValue, clearErrors } = useFormContext()
  const value: unknown = useWatch({ name: list })
  const elements: readonly unknown[] = Array.isArray(value) ? value : []
  const put = (changed: readonly unknown[]) => {
    // Faults refer to list indices, which have changed.
    clearErrors(list)
    setValue(list, changed, { shouldDirty: true })
  }
  return (
    <SpaceBetween size="l">
      {elements.map((_, index) => (
        <Container
          // biome-ignore lint/suspicious/noArrayIndexKey: the form identifies the fields of an element by its index, and they have no state of their own
          key={index}
          header={
            <Header
              variant="h2"
              actions={
                elements.length > 1 && (
                  <Button
                    ariaLabel={texts.removeWhat(titleOf(index + 1))}
                    onClick={() => put(elements.filter((__, other) => other !== index))}
                  >
                    {texts.remove}
                  </Button>
                )
              }
            >
              {titleOf(index + 1)}
            </Header>
          }
        >
          <SpaceBetween size="l">
            {names.map((name) => (
              <Field key={name} name={name} path={`${list}.${index}.${name.slice(list.length + 1)}`} />
            ))}
          </SpaceBetween>
        </Container>
      ))}
      <Button iconName="add-plus" onClick={() => put([...elements, make()])}>
        {addText}
      </Button>
    </SpaceBetween>
  )
}

/**
 * Sets each secret in the form to the default for the cluster's name, unless the user has entered another ARN.
 *
 * Returns false until the API has answered. Meanwhile the fields must not accept input: typed text would be appended to
 * the default.
 */
function useProposedSecrets(): boolean {
  const { data: deployment, isPending } = useQuery(accessQuery({}))
  const { getValues, setValue, clearErrors } = useFormContext()
  const name = textOf(useWatch({ name: 'cluster.name' }))
  const proposed = useRef<Readonly<Record<string, string>>>({})
  useEffect(() => {
    if (deployment === undefined || name === '') return
    const proposals = proposedSecrets(name, deployment)
    for (const [path, arn] of Object.entries(proposals)) {
      const entered = textOf(getValues(path))
      if (entered !== '' && entered !== proposed.current[path]) continue
      setValue(path, arn)
      clearErrors(path)
    }
    proposed.current = proposals
  }, [deployment, name, getValues, setValue, clearErrors])
  return !isPending
}
