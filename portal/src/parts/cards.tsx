import CloudscapeCards from '@cloudscape-design/components/cards'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'

/** What a row of a table shows: its name, and what the other columns have, in their order. */
export interface Card {
  readonly name: ReactNode
  readonly details: readonly ReactNode[]
}

interface CardsProps extends Pick<TableProps, 'empty' | 'header' | 'filter' | 'footer'> {
  readonly cards: readonly Card[]
  /** Of the details. */
  readonly headers: readonly ReactNode[]
}

/** The rows of a table below each other. */
export default function Cards({ cards, headers, footer, ...rest }: CardsProps) {
  return (
    <>
      <CloudscapeCards
        {...rest}
        items={cards}
        cardDefinition={{
          header: ({ name }) => name,
          sections: headers.map((header, index) => ({
            id: String(index),
            header,
            content: ({ details }: Card) => details[index],
          })),
        }}
        cardsPerRow={[{ cards: 1 }]}
      />
      {footer}
    </>
  )
}
