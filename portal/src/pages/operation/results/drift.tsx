import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { DriftResult } from '../../../../../client/api.ts'
import { Rows } from '../../../parts/rows.tsx'
import { SeveritySign } from '../../../parts/statuses.tsx'
import { useTexts } from '../../../settings/context.ts'
import { ValueDifference } from '../difference-lines.tsx'
import { differencesByObject, type FoundDifference, isInSync } from '../objects.ts'
import { Problems } from './named.tsx'

/** The differences from the spec, line by line. */
export function Drift({ drift }: { readonly drift: DriftResult }) {
  const texts = useTexts()
  const { additions, unreachable, problems } = drift
  const differences = differencesByObject(drift)
  return (
    <SpaceBetween size="l">
      <Problems title={texts.incomplete} problems={[...unreachable, ...problems]} type="warning" />
      {isInSync(drift) && <Alert type="success">{texts.noDifferences}</Alert>}
      {differences.length > 0 && (
        <Differences title={texts.differences} detail={texts.differencesDetail} differences={differences} />
      )}
      {additions.length > 0 && (
        <Differences
          title={texts.additions}
          differences={additions.map((one) => ({ ...one, found: 'added' as const }))}
        />
      )}
    </SpaceBetween>
  )
}

interface DifferencesProps {
  readonly title: string
  readonly detail?: string
  readonly differences: readonly FoundDifference[]
}

function Differences({ title, detail, differences }: DifferencesProps) {
  const texts = useTexts()
  return (
    <Rows
      title={title}
      count={differences.length}
      detail={detail}
      rows={differences}
      columns={[
        {
          id: 'severity',
          header: texts.severity,
          minWidth: 110,
          cell: ({ severity, found }) => (
            <>
              <SeveritySign severity={severity} />
              <Box variant="small" display="block">
                {texts.foundAs[found]}
              </Box>
            </>
          ),
        },
        {
          id: 'object',
          header: texts.object,
          isRowHeader: true,
          minWidth: 200,
          maxWidth: 240,
          cell: ({ object, field, manager }) => (
            <>
              {object}
              {field && <code className="field">{field}</code>}
              {manager && <Box variant="small">{texts.changedByWhom(manager)}</Box>}
            </>
          ),
        },
        {
          id: 'difference',
          header: texts.difference,
          minWidth: 340,
          cell: ({ observed, desired }) => <ValueDifference observed={observed} desired={desired} />,
        },
      ]}
    />
  )
}
