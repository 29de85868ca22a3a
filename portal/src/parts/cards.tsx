import CloudscapeCards from '@cloudscape-design/components/cards'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'

/** A table row as a card: its name, and the other columns in order. */
export interface Card {
  readonly name: ReactNode
  readonly details: readonly ReactNode[]
}

interface CardsProps extends Pick<TableProps, 'empty' | 'header' | 'filter' | 'footer'> {
  readonly cards: readonly Card[]
  /** Headers of the details. */
  readonly headers: readonly ReactNode[]
}

/** Table rows as a list of cards. */
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
