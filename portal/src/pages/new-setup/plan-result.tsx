import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import type { PlanResult as Plan, Step } from '../../api/client.ts'
import { useTexts } from '../../texts/context.ts'
import type { Texts } from '../../texts/en.ts'
import { DifferenceLines } from '../operation/difference-lines.tsx'
import { Plan as PlanSummary } from '../operation/results/plan.tsx'
import { stepName } from '../operation/step-name.ts'
import type { SetupTexts } from './texts/en.ts'
import { useSetupTexts } from './texts/use.ts'

type Write = Plan['writes'][number]

interface PlanResultProps {
  readonly plan: Plan
  /** Of the plan's operation: they tell what would be made in full. */
  readonly steps: readonly Step[]
}

/** What a setup would wait for, fail with and leave; then what it would make, and change. */
export function PlanResult({ plan, steps }: PlanResultProps) {
  const texts = useSetupTexts()
  const isMade = ({ action }: Write) => action === 'created'
  return (
    <SpaceBetween size="l">
      <PlanSummary plan={plan} />
      <Writes title={texts.made} writes={plan.writes.filter(isMade)} made={madeIn(steps)} />
      <Writes title={texts.changed} writes={plan.writes.filter((write) => !isMade(write))} made={new Map()} />
    </SpaceBetween>
  )
}

/** By the name of the object. */
type Made = ReadonlyMap<string, unknown>

function madeIn(steps: readonly Step[]): Made {
  return new Map(steps.flatMap(({ changes }) => changes.flatMap(({ object, made }) => (made ? [[object, made]] : []))))
}

interface WritesProps {
  readonly title: string
  readonly writes: readonly Write[]
  readonly made: Made
}

function Writes({ title, writes, made }: WritesProps) {
  const texts = useTexts()
  const setupTexts = useSetupTexts()
  if (writes.length === 0) return null
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${writes.length})`}>
          {title}
        </Header>
      }
      items={writes}
      wrapLines
      columnDefinitions={columns(texts, setupTexts, made)}
      ariaLabels={{ tableLabel: title }}
    />
  )
}

function columns(texts: Texts, setupTexts: SetupTexts, made: Made): TableProps.ColumnDefinition<Write>[] {
  return [
    { id: 'object', header: texts.object, isRowHeader: true, minWidth: 260, cell: ({ object }) => object },
    { id: 'action', header: texts.action, minWidth: 110, cell: ({ action }) => texts.changeActions[action] },
    {
      id: 'step',
      header: texts.step,
      minWidth: 150,
      cell: ({ step, item }) => stepName({ state: step, ...(item !== undefined && { item }) }),
    },
    {
      id: 'detail',
      header: texts.detail,
      minWidth: 260,
      cell: ({ object, detail, differences = [], temporary }) => (
        <>
          {[detail, temporary && setupTexts.temporary].filter(Boolean).join('; ')}
          <DifferenceLines differences={differences} />
          {made.has(object) && (
            <ExpandableSection headerText={setupTexts.show}>
              <pre className="code">{JSON.stringify(made.get(object), undefined, 2)}</pre>
            </ExpandableSection>
          )}
        </>
      ),
    },
  ]
}
