/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html */
const versionArn = /arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+:\d+/g

export interface FunctionVersion {
  /** The ARN of the function, without the version. */
  readonly functionArn: string
  readonly version: string
}

/** The versions that the definition of a state machine calls. */
export function versionsIn(definition: string): FunctionVersion[] {
  return [...new Set(definition.match(versionArn) ?? [])].map(split)
}

function split(arn: string): FunctionVersion {
  const end = arn.lastIndexOf(':')
  return { functionArn: arn.slice(0, end), version: arn.slice(end + 1) }
}

/** The published versions that no definition calls. */
export function unused(
  published: readonly FunctionVersion[],
  called: readonly FunctionVersion[],
): readonly FunctionVersion[] {
  const arns = new Set(called.map(arnOf))
  return published.filter((version) => !arns.has(arnOf(version)))
}

function arnOf({ functionArn, version }: FunctionVersion): string {
  return `${functionArn}:${version}`
}
