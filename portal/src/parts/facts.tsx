import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs'
import type { ReactNode } from 'react'

interface FactsProps extends Pick<KeyValuePairsProps, 'items'> {
  readonly title: string
  readonly detail?: ReactNode
  readonly columns: number
}

/** Named values in a frame. */
export function Facts({ title, detail, columns, items }: FactsProps) {
  return (
    <Container
      header={
        <Header variant="h2" description={detail}>
          {title}
        </Header>
      }
    >
      <KeyValuePairs columns={columns} items={items} />
    </Container>
  )
}
