import FormField from '@cloudscape-design/components/form-field'
import type { ReactNode } from 'react'
import { type FieldError, useController } from 'react-hook-form'
import { fieldAt, isRequired, type Shape } from '../../../../client/request/field.ts'
import {
  ChoiceControl,
  type ControlProps,
  JsonControl,
  LinesControl,
  NumberControl,
  PoliciesControl,
  TextControl,
  textOf,
  YesControl,
} from './controls.tsx'
import { faultText } from './fault-text.ts'
import { isFaultKind } from './faults.ts'
import type { FieldName } from './fields.ts'
import type { SetupTexts } from './texts/en.ts'
import { useSetupTexts } from './texts/use.ts'

interface FieldProps {
  readonly name: FieldName
  /** The path with list indices, such as `workloads.0.role.name`. */
  readonly path?: string
  /** True for the name of a recorded cluster, which cannot change. */
  readonly isFixed?: boolean
}

/** A field of the request with the control for its schema, and its fault below. */
export function Field({ name, path = name, isFixed = false }: FieldProps) {
  const texts = useSetupTexts()
  const { field, fieldState } = useController({ name: path })
  const { label, hint, form } = texts.fields[name]
  const shape = fieldAt(name)
  const required = isRequired(name)
  const props: ControlProps = {
    value: field.value,
    onChange: field.onChange,
    onBlur: field.onBlur,
    focus: field.ref,
    label,
    hint,
    isRequired: required,
    isFixed,
    byDefault: textOf(shape.default),
  }
  const isList = shape.type === 'array'
  const hasLines = isList && shape.maxItems !== 1
  return (
    <FormField
      label={shape.type === 'boolean' ? undefined : <Label label={label} isOptional={!required && !shape.enum} />}
      description={
        shape.type !== 'boolean' &&
        texts.sentences([hint, hasLines ? texts.oneALine : undefined].filter((each) => each !== undefined))
      }
      constraintText={fieldState.error ? undefined : (form ?? rangeOf(shape, texts))}
      errorText={fieldState.error && textOfError(fieldState.error, name, texts)}
      stretch={isList || shape.type === 'object'}
    >
      {controlFor(name, shape, props, texts)}
    </FormField>
  )
}

function Label({ label, isOptional }: { readonly label: string; readonly isOptional: boolean }): ReactNode {
  const { optional } = useSetupTexts()
  return isOptional ? (
    <>
      {label} – <i>{optional}</i>
    </>
  ) : (
    label
  )
}

function controlFor(name: FieldName, shape: Shape, props: ControlProps, texts: SetupTexts): ReactNode {
  if (shape.enum) return <ChoiceControl {...props} shape={shape} options={texts.options[name] ?? {}} />
  if (name === 'workloads.role.policyArns') return <PoliciesControl {...props} />
  const Control = controls[shape.type ?? ''] ?? TextControl
  return <Control {...props} />
}

const controls: Readonly<Record<string, (props: ControlProps) => ReactNode>> = {
  boolean: YesControl,
  integer: NumberControl,
  array: LinesControl,
  object: JsonControl,
}

function textOfError({ type, message }: FieldError, name: FieldName, texts: SetupTexts): string {
  return faultText({ kind: isFaultKind(type) ? type : 'form', ...(message !== undefined && { message }) }, name, texts)
}

function rangeOf({ minimum, maximum }: Shape, texts: SetupTexts): string | undefined {
  return minimum === undefined || maximum === undefined ? undefined : texts.wholeNumber(minimum, maximum)
}
