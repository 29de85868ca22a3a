import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { Field } from './field.tsx'
import type { FieldName } from './fields.ts'
import { useSetupTexts } from './texts/use.ts'

interface FieldsProps {
  readonly title?: string
  readonly names: readonly FieldName[]
  readonly fixed?: FieldName | undefined
  readonly children?: ReactNode
}

/** Fields in a frame. */
export function Fields({ title, names, fixed, children }: FieldsProps) {
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

/** The same fields for each element of a list, which has at least one. */
export function ListOfFields({ list, names, titleOf, addText, make }: ListOfFieldsProps) {
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
          // biome-ignore lint/suspicious/noArrayIndexKey: the fields of an element are known by its place, and have no other state
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
