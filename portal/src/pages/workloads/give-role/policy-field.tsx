import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import type { Ref } from 'react'
import { isPattern, policyFor } from '../../../../../client/policy.ts'
import { useTexts } from '../../../texts/context.ts'
import type { Texts } from '../../../texts/en.ts'
import { foundBehindPatterns, type Givable, policyFault } from './policy.ts'

interface PolicyFieldProps {
  readonly ref: Ref<AutosuggestProps.Ref>
  /** An ARN, or the name of a policy. */
  readonly typed: string
  readonly givable: Givable
  /** The API's fault, or that the field is empty. */
  readonly fault: string | undefined
  readonly onChange: (typed: string) => void
}

/**
 * Proposes known policies, and shows the resolved policy as the user types. A policy without a matching pattern only
 * causes a warning, because several patterns together may allow it. Only the API decides that.
 */
export function PolicyField({ ref, typed, givable, fault, onChange }: PolicyFieldProps) {
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
