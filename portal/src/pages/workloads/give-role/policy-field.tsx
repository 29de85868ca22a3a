import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import type { Ref } from 'react'
import { isPattern, policyFor } from '../../../../../cli/api/policy.ts'
import { useTexts } from '../../../texts/context.ts'
import type { Texts } from '../../../texts/en.ts'
import { foundBehindPatterns, type Givable, policyFault } from './policy.ts'

interface PolicyFieldProps {
  readonly ref: Ref<AutosuggestProps.Ref>
  /** An ARN, or the name of a policy. */
  readonly typed: string
  readonly givable: Givable
  /** What the API says of it, or that it is missing. */
  readonly fault: string | undefined
  readonly onChange: (typed: string) => void
}

/**
 * Proposes the policies that are known, and says as one types which one is meant. What no pattern stands for is a warning: a
 * policy may be allowed by more than one pattern together, which the API alone decides.
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
