/** Input controls, one for each kind of value in a request. */

import Box from '@cloudscape-design/components/box'
import Checkbox from '@cloudscape-design/components/checkbox'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Textarea from '@cloudscape-design/components/textarea'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWatch } from 'react-hook-form'
import { jsonIn } from '../../../../client/json.ts'
import { policyFor } from '../../../../client/policy.ts'
import type { Shape } from '../../../../client/request/field.ts'
import { accessQuery } from '../../api/access.ts'
import { useTexts } from '../../settings/context.ts'
import type { OptionTexts } from './texts/en.ts'

/** What react-hook-form needs of a control to move the focus to it. */
interface Focusable {
  focus(): void
}

export interface ControlProps {
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly onBlur: () => void
  readonly focus: (control: Focusable | null) => void
  readonly label: string
  readonly hint: string | undefined
  readonly isRequired: boolean
  readonly isFixed: boolean
  /** The API's default for an empty field. */
  readonly byDefault: string
}

interface TextControlProps extends ControlProps {
  readonly inputMode?: 'numeric'
}

export function TextControl(props: TextControlProps) {
  const { value, onChange, onBlur, focus, isRequired, isFixed, byDefault, inputMode } = props
  return (
    <Input
      ref={focus}
      value={textOf(value)}
      onChange={({ detail }) => onChange(detail.value)}
      onBlur={onBlur}
      ariaRequired={isRequired}
      readOnly={isFixed}
      placeholder={byDefault}
      {...(inputMode && { inputMode })}
      spellcheck={false}
      autoComplete={false}
    />
  )
}

/** Input that is not yet a number stays as typed. */
export function NumberControl({ onChange, ...props }: ControlProps) {
  const change = (typed: unknown) => onChange(/^\d+$/.test(textOf(typed)) ? Number(typed) : typed)
  return <TextControl {...props} onChange={change} inputMode="numeric" />
}

/** One value per line. */
export function LinesControl({ value, onChange, onBlur, focus, isRequired }: ControlProps) {
  const lines: unknown[] = Array.isArray(value) ? value : []
  return (
    <Textarea
      ref={focus}
      value={lines.map(textOf).join('\n')}
      rows={Math.max(2, lines.length)}
      onChange={({ detail }) => onChange(detail.value === '' ? '' : detail.value.split('\n'))}
      onBlur={onBlur}
      ariaRequired={isRequired}
      spellcheck={false}
    />
  )
}

/** A JSON object. Input that is not yet valid JSON stays as typed. */
export function JsonControl({ value, onChange, onBlur, focus }: ControlProps) {
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: unknown }>()
  const text = typed !== undefined && typed.value === value ? typed.text : jsonOf(value)
  return (
    <Textarea
      ref={focus}
      value={text}
      rows={Math.min(12, Math.max(2, text.split('\n').length))}
      onChange={({ detail }) => {
        const parsed = jsonIn(detail.value) ?? detail.value
        setTyped({ text: detail.value, value: parsed })
        onChange(parsed)
      }}
      onBlur={onBlur}
      spellcheck={false}
      nativeTextareaAttributes={codeFontProps}
    />
  )
}

export function YesControl({ value, onChange, onBlur, focus, label, hint }: ControlProps) {
  return (
    <Checkbox
      ref={focus}
      checked={value === true}
      description={hint}
      onChange={({ detail }) => onChange(detail.checked)}
      onBlur={onBlur}
    >
      {label}
    </Checkbox>
  )
}

interface ChoiceControlProps extends ControlProps {
  readonly shape: Shape
  readonly options: Readonly<Record<string, OptionTexts>>
}

export function ChoiceControl({ value, onChange, focus, byDefault, shape, options }: ChoiceControlProps) {
  return (
    <RadioGroup
      ref={focus}
      value={textOf(value ?? byDefault)}
      items={(shape.enum ?? []).map((each) => ({
        value: each,
        label: options[each]?.label ?? each,
        description: options[each]?.detail,
      }))}
      onChange={({ detail }) => onChange(detail.value)}
    />
  )
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function jsonOf(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}

/** The props that show the text of an element in a fixed-width font. */
export const codeFontProps = { style: { fontFamily: 'var(--code-font)' } }

/** Managed policies by ARN or name, one per line. The request gets ARNs. The ARN for each name is shown below. */
export function PoliciesControl(props: ControlProps) {
  const { giveRole } = useTexts()
  const { data: access } = useQuery(accessQuery({}))
  const account = textOf(useWatch({ name: 'cluster.awsAccountId' }))
  const [entered, enter] = useState<{ readonly lines: unknown; readonly arns: unknown }>()
  // If the form has been filled from YAML in the meantime, the entered lines are outdated.
  const lines = entered && isSame(entered.arns, props.value) ? entered.lines : props.value
  const givable = { patterns: access?.policyArns ?? [], accountId: account || access?.accountId }
  const arnOf = (line: unknown) => policyFor(textOf(line), givable)
  const named = Array.isArray(lines) ? lines.map(arnOf).filter((arn) => !lines.includes(arn)) : []
  return (
    <>
      <LinesControl
        {...props}
        value={lines}
        onChange={(changed) => {
          const arns = Array.isArray(changed) ? changed.map(arnOf) : changed
          enter({ lines: changed, arns })
          props.onChange(arns)
        }}
      />
      {named.map((arn) => (
        <Box key={arn} variant="small" display="block" margin={{ top: 'xxs' }}>
          {giveRole.gives(arn)}
        </Box>
      ))}
    </>
  )
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
