import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { type Ref, useRef, useState } from 'react'
import { isPattern, policyFor } from '../../../../../client/policy.ts'
import { clustersQuery } from '../../../api/queries.ts'
import { giveRole, useStart } from '../../../api/start.ts'
import { Dialog } from '../../../parts/dialog.tsx'
import { ProblemAlert } from '../../../parts/problem.tsx'
import { useTexts } from '../../../settings/context.ts'
import type { Texts } from '../../../texts/en.ts'
import { foundBehindPatterns, type Givable, policyFault } from './policy.ts'
import { type Choices, useChoices } from './use-choices.ts'
import { type Field, faultOf, firstFault, hasFaultOutsideFields, nothing, type Wanted } from './wanted.ts'

const formId = 'give-role'

interface Focusable {
  focus(): void
}

/** A form of four fields that gives a workload a role. The API's faults appear beside the fields. */
export default function GiveRole({ onClose }: { readonly onClose: () => void }) {
  const texts = useTexts()
  const [wanted, setWanted] = useState(nothing)
  const [isSubmitted, setSubmitted] = useState(false)
  // Changes only when the user has completed the namespace.
  const [entered, setEntered] = useState('')
  const choices = useChoices(wanted.cluster, entered)
  const { mutate, reset, isPending, error, takeOver } = useStart(giveRole)
  const controls = useRef(new Map<Field, Focusable | null>())
  const focusOn = (field: Field | undefined) => field && controls.current.get(field)?.focus()
  const send = () => {
    setSubmitted(true)
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
  const faultIn = (field: Field) =>
    isSubmitted && wanted[field] === '' ? texts.giveRole.missing : faultOf(error, field)
  return (
    <Dialog
      header={texts.giveRole.title}
      onClose={onClose}
      secondary={{ text: texts.close, onClick: onClose }}
      primary={{ text: texts.giveRole.send, form: formId, loading: isPending }}
    >
      {error && hasFaultOutsideFields(error) && <ProblemAlert error={error} onTakeOver={takeOver} />}
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
  const { namespaces, mayNotAdd, givable } = choices
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
        errorText={faultIn('namespace') ?? (mayNotAdd && texts.giveRole.notHere)}
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

interface PolicyFieldProps {
  readonly ref: Ref<AutosuggestProps.Ref>
  /** An ARN, or the name of a policy. */
  readonly typed: string
  readonly givable: Givable
  /** The API's message about the field, or the message that it is empty. */
  readonly fault: string | undefined
  readonly onChange: (typed: string) => void
}

/**
 * Proposes known policies, and shows the resolved policy as the user types. A policy without a matching pattern only
 * causes a warning, because several patterns together may allow it. Only the API decides whether they do.
 */
function PolicyField({ ref, typed, givable, fault, onChange }: PolicyFieldProps) {
  const { giveRole } = useTexts()
  const patterns = givable.patterns.filter(isPattern)
  const arn = policyFor(typed, givable)
  const found = typed.trim() === '' ? undefined : policyFault(arn, givable)
  return (
    <FormField
      label={giveRole.policy}
      description={patterns.length > 0 && giveRole.alsoPolicies(patterns)}
      errorText={fault ?? (found === 'form' && giveRole.noPolicy)}
      warningText={found === 'notGivable' && giveRole.notGivable(givable.patterns)}
      constraintText={found === undefined && arn !== typed.trim() && giveRole.gives(arn)}
      stretch
    >
      <Autosuggest
        ref={ref}
        value={typed}
        options={optionsOf(givable, giveRole)}
        enteredTextLabel={giveRole.use}
        empty={giveRole.noPolicies}
        placeholder={giveRole.policyPlaceholder}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  )
}

function optionsOf(givable: Givable, { listed, inUse }: Texts['giveRole']): AutosuggestProps.Options {
  const groups = [
    { label: listed, arns: givable.patterns.filter((arn) => !isPattern(arn)) },
    { label: inUse, arns: foundBehindPatterns(givable) },
  ]
  return groups
    .filter(({ arns }) => arns.length > 0)
    .map(({ label, arns }) => ({ label, options: arns.map((value) => ({ value })) }))
}
