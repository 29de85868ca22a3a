import Alert, { type AlertProps } from '@cloudscape-design/components/alert'

interface Problem {
  readonly object: string
  readonly reason: string
  readonly action: string
}

interface ProblemsProps {
  readonly title: string
  readonly problems: readonly Problem[]
  readonly type: AlertProps.Type
}

export function Problems({ title, problems, type }: ProblemsProps) {
  return problems.map(({ object, reason, action }) => (
    <Alert key={object + reason} type={type} header={`${title}: ${object}`}>
      <div>{reason}</div>
      <div>{action}</div>
    </Alert>
  ))
}
