import Autosuggest from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { policyFor } from '../../../../../client/policy.ts'
import { clustersQuery } from '../../../api/queries.ts'
import { giveRole, useStart } from '../../../api/start.ts'
import { Dialog } from '../../../parts/dialog.tsx'
import { ProblemAlert } from '../../../parts/problem.tsx'
import { useTexts } from '../../../texts/context.ts'
import { PolicyField } from './policy-field.tsx'
import { type Choices, useChoices } from './use-choices.ts'
import { type Field, faultOf, firstFault, isMoreThanFields, nothing, type Wanted } from './wanted.ts'

const formId = 'give-role'

interface Focusable {
  focus(): void
}

/** A workload's role in four fields. The API validates them, and its faults appear beside them. */
export default function GiveRole({ onClose }: { readonly onClose: () => void }) {
  const texts = useTexts()
  const [wanted, setWanted] = useState(nothing)
  const [isAsked, setAsked] = useState(false)
  // Partial input is not a namespace yet.
  const [entered, setEntered] = useState('')
  const choices = useChoices(wanted.cluster, entered)
  const { mutate, reset, isPending, error, takeOver } = useStart(giveRole)
  const controls = useRef(new Map<Field, Focusable | null>())
  const focusOn = (field: Field | undefined) => field && controls.current.get(field)?.focus()
  const send = () => {
    setAsked(true)
    const missing = firstFault(wanted, null)
    if (missing) return focusOn(missing)
    const policyArn = policyFor(wanted.policyArn, choices.givable)
    mutate({ ...wanted, policyArn }, { onError: (refusal) => focusOn(firstFault(wanted, refusal)) })
  }
  const change = (changed: Partial<Wanted>) => {
    // The API's faults apply to the sent values only.
    if (error) reset()
    setWanted({ ...wanted, ...changed })
  }
  const faultIn = (field: Field) => (isAsked && wanted[field] === '' ? texts.giveRole.missing : faultOf(error, field))
  return (
    <Dialog
      header={texts.giveRole.title}
      onClose={onClose}
      secondary={{ text: texts.close, onClick: onClose }}
      primary={{ text: texts.giveRole.send, form: formId, loading: isPending }}
    >
      {error && isMoreThanFields(error) && <ProblemAlert error={error} onTakeOver={takeOver} />}
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Fields
          wanted={wanted}
          choices={choices}
          onChange={change}
          onNamespace={setEntered}
          faultIn={faultIn}
          refFor={(field) => (control) => void controls.current.set(field, control)}
        />
      </form>
    </Dialog>
  )
}

interface FieldsProps {
  readonly wanted: Wanted
  readonly choices: Choices
  readonly onChange: (changed: Partial<Wanted>) => void
  /** Called when the namespace is complete. */
  readonly onNamespace: (namespace: string) => void
  readonly faultIn: (field: Field) => string | undefined
  readonly refFor: (field: Field) => (control: Focusable | null) => void
}

function Fields({ wanted, choices, onChange, onNamespace, faultIn, refFor }: FieldsProps) {
  const texts = useTexts()
  const { cluster, namespace, serviceAccount, policyArn } = wanted
  const { data: clusters = [] } = useQuery(clustersQuery)
  const names = clusters.map(({ name }) => ({ value: name }))
  const { namespaces, isRefused, givable } = choices
  return (
    <SpaceBetween size="m">
      <FormField label={texts.cluster} errorText={faultIn('cluster')}>
        <Select
          ref={refFor('cluster')}
          options={names}
          selectedOption={names.find(({ value }) => value === cluster) ?? null}
          placeholder={texts.giveRole.choose}
          onChange={({ detail }) => onChange({ cluster: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <FormField
        label={texts.giveRole.namespace}
        errorText={faultIn('namespace') ?? (isRefused && texts.giveRole.notHere)}
      >
        <Autosuggest
          ref={refFor('namespace')}
          value={namespace}
          options={namespaces.map((value) => ({ value }))}
          enteredTextLabel={texts.giveRole.use}
          onChange={({ detail }) => onChange({ namespace: detail.value })}
          onSelect={({ detail }) => onNamespace(detail.value)}
          onBlur={() => onNamespace(namespace)}
        />
      </FormField>
      <FormField label={texts.giveRole.serviceAccount} errorText={faultIn('serviceAccount')}>
        <Input
          ref={refFor('serviceAccount')}
          value={serviceAccount}
          onChange={({ detail }) => onChange({ serviceAccount: detail.value })}
        />
      </FormField>
      <PolicyField
        ref={refFor('policyArn')}
        typed={policyArn}
        givable={givable}
        fault={faultIn('policyArn')}
        onChange={(typed) => onChange({ policyArn: typed })}
      />
    </SpaceBetween>
  )
}
