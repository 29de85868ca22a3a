import Autosuggest from '@cloudscape-design/components/autosuggest'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { accessQuery, placeOf } from '../../../api/access.ts'
import { clustersQuery } from '../../../api/queries.ts'
import { giveRole, useStart } from '../../../api/start.ts'
import { Dialog } from '../../../parts/dialog.tsx'
import { ProblemAlert } from '../../../parts/problem.tsx'
import { useTexts } from '../../../texts/context.ts'
import { type Field, faultOf, isMoreThanFields, missingIn, nothing, type Wanted } from './wanted.ts'

const formId = 'give-role'

/** A workload's role in four fields. The API checks them; its answer is shown beside them. */
export default function GiveRole({ onClose }: { readonly onClose: () => void }) {
  const texts = useTexts()
  const [wanted, setWanted] = useState(nothing)
  const [isAsked, setAsked] = useState(false)
  const { mutate, isPending, error } = useStart(giveRole)
  const send = () => {
    setAsked(true)
    if (missingIn(wanted).length === 0) mutate(wanted)
  }
  const faultIn = (field: Field) => (isAsked && wanted[field] === '' ? texts.giveRole.missing : faultOf(error, field))
  return (
    <Dialog
      header={texts.giveRole.title}
      onClose={onClose}
      buttons={
        <>
          <Button variant="link" onClick={onClose}>
            {texts.close}
          </Button>
          <Button variant="primary" form={formId} loading={isPending}>
            {texts.giveRole.send}
          </Button>
        </>
      }
    >
      {error && isMoreThanFields(error) && <ProblemAlert error={error} />}
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Fields wanted={wanted} onChange={(changed) => setWanted({ ...wanted, ...changed })} faultIn={faultIn} />
      </form>
    </Dialog>
  )
}

interface FieldsProps {
  readonly wanted: Wanted
  readonly onChange: (changed: Partial<Wanted>) => void
  readonly faultIn: (field: Field) => string | undefined
}

function Fields({ wanted, onChange, faultIn }: FieldsProps) {
  const texts = useTexts()
  const { cluster, namespace, serviceAccount, policyArn } = wanted
  const { data: clusters = [] } = useQuery(clustersQuery)
  const names = clusters.map(({ name }) => ({ value: name }))
  // What is being typed is no namespace yet.
  const [entered, setEntered] = useState('')
  const { namespaces, policies, patterns, refusal } = useChoices(cluster, entered)
  return (
    <SpaceBetween size="m">
      <FormField label={texts.cluster} errorText={faultIn('cluster')}>
        <Select
          options={names}
          selectedOption={names.find(({ value }) => value === cluster) ?? null}
          placeholder={texts.giveRole.choose}
          onChange={({ detail }) => onChange({ cluster: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <FormField label={texts.giveRole.namespace} errorText={faultIn('namespace') ?? refusal}>
        <Autosuggest
          value={namespace}
          options={namespaces.map((value) => ({ value }))}
          enteredTextLabel={texts.giveRole.use}
          onChange={({ detail }) => onChange({ namespace: detail.value })}
          onSelect={({ detail }) => setEntered(detail.value)}
          onBlur={() => setEntered(namespace)}
        />
      </FormField>
      <FormField label={texts.giveRole.serviceAccount} errorText={faultIn('serviceAccount')}>
        <Input value={serviceAccount} onChange={({ detail }) => onChange({ serviceAccount: detail.value })} />
      </FormField>
      <FormField
        label={texts.giveRole.policy}
        constraintText={patterns.length > 0 && texts.giveRole.alsoPolicies(patterns)}
        errorText={faultIn('policyArn')}
      >
        <Autosuggest
          value={policyArn}
          options={policies.map((value) => ({ value }))}
          enteredTextLabel={texts.giveRole.use}
          empty={texts.giveRole.noPolicies}
          onChange={({ detail }) => onChange({ policyArn: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  )
}

/** What the reader may choose from there. Patterns are for the reader to fill in. */
function useChoices(cluster: string, namespace: string) {
  const texts = useTexts()
  const { data } = useQuery(accessQuery(placeOf(cluster || undefined, namespace === '' ? [] : [namespace])))
  const { policyArns = [], caller, actions } = data ?? {}
  const namespaces = new Set(caller?.grants.flatMap((grant) => grant.namespaces).filter(isWhole))
  return {
    namespaces: [...namespaces],
    policies: policyArns.filter(isWhole),
    patterns: policyArns.filter((arn) => !isWhole(arn)),
    refusal: actions?.['add-workload'].allowed === false ? texts.giveRole.notHere : undefined,
  }
}

function isWhole(text: string): boolean {
  return !text.includes('*')
}
