/** The faults of a request: from the schema, as the user types, and from the API. */
import type { Problem } from '../../../../client/api.ts'
import { segmentsOf } from '../../../../client/pointer.ts'
import { fieldAt, isRequired } from '../../../../client/request/field.ts'
import { type Draft, partOf, requestFrom } from './draft.ts'
import { fieldsOf, locationOf, nameOf, ofDirectConnection, type StepName, stepsOf } from './fields.ts'

/** ajv's errors: https://ajv.js.org/api.html#error-objects */
interface AjvError {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

/** The validator that portal/validator.ts generates from the schema. */
export interface Validate {
  (request: unknown): boolean
  errors?: readonly AjvError[] | null
}

const faultKinds = ['missing', 'noPolicy', 'form', 'number', 'json', 'choice', 'length', 'unknown', 'server'] as const

export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  /** The path in the request, such as `workloads.0.role.name`. Empty for the entire request. */
  readonly path: string
  readonly kind: FaultKind
  /** The API's message, for `server` only. */
  readonly message?: string
}

export interface PlacedFault extends Fault {
  readonly step: StepName
}

export interface Faults {
  /** The first fault of each field, shown beside it. */
  readonly placed: readonly PlacedFault[]
  /** Faults of fields that the wizard does not show. */
  readonly others: readonly Fault[]
}

/** The faults of a draft that the portal finds without the API. */
export function faultsIn(draft: Draft, validate: Validate): Faults {
  const request = requestFrom(draft)
  validate(request)
  const ofSchema = (validate.errors ?? []).map(faultFrom).filter((fault) => !isOfConnection(fault))
  return placed([...missingIn(draft, request), ...withoutPolicy(request), ...ofSchema], draft)
}

/** The schema also reports missing credentials as a missing agent, and as a fault of the cluster. */
function isOfConnection({ path, kind }: Fault): boolean {
  return path === 'cluster' || (path === 'cluster.connection' && kind === 'missing')
}

/** The faults that the API has found. */
export function faultsOfProblem({ issues = [] }: Problem, draft: Draft): Faults {
  const faults = issues.map(({ pointer, message }): Fault => {
    return { path: segmentsOf(pointer).join('.'), kind: 'server', message }
  })
  return placed(faults, draft)
}

function placed(faults: readonly Fault[], { kind }: Draft): Faults {
  const found = faults.map((fault) => ({ fault, location: locationOf(fault.path, kind) }))
  const first = new Map<string, PlacedFault>()
  for (const { fault, location } of found) {
    if (location && !first.has(location.path)) first.set(location.path, { ...fault, ...location })
  }
  const others = new Map(found.filter(({ location }) => !location).map(({ fault }) => [fault.path, fault]))
  return { placed: [...first.values()], others: [...others.values()] }
}

/** Empty required fields. The schema does not report a field whose parent is empty. */
function missingIn(draft: Draft, request: Readonly<Record<string, unknown>>): Fault[] {
  const paths = stepsOf(draft.kind).flatMap((step) => pathsOf(step, draft))
  const isByAgent = partOf(request.cluster).connection === 'agent'
  return paths
    .filter((path) => !(isByAgent && ofDirectConnection.includes(path)))
    .filter((path) => {
      const name = nameOf(path)
      return name !== undefined && isRequired(name) && valueAt(request, path) === undefined
    })
    .map((path) => ({ path, kind: 'missing' }))
}

/** The paths of a step's fields. For a list, the paths of each element. */
export function pathsOf(step: StepName, draft: Draft): string[] {
  return fieldsOf(step, draft.kind).flatMap((name) => {
    const list = ['workloads', 'cluster.nodePools'].find((each) => name.startsWith(`${each}.`))
    if (list === undefined) return [name]
    const elements = valueAt(draft, list)
    const field = name.slice(list.length + 1)
    return Array.isArray(elements) ? elements.map((_, index) => `${list}.${index}.${field}`) : []
  })
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce((part: unknown, key) => {
    return Array.isArray(part) ? part[Number(key)] : partOf(part)[key]
  }, value)
}

/** A role without a policy is useless, unless `policyArns: []` states that it is to have none. */
function withoutPolicy({ workloads }: Readonly<Record<string, unknown>>): Fault[] {
  if (!Array.isArray(workloads)) return []
  return workloads.flatMap((workload, index): Fault[] => {
    const { policyArns, inlinePolicy } = partOf(partOf(workload).role)
    const hasNone = policyArns === undefined && inlinePolicy === undefined
    return hasNone ? [{ path: `workloads.${index}.role.policyArns`, kind: 'noPolicy' }] : []
  })
}

function faultFrom({ instancePath, keyword, params }: AjvError): Fault {
  const segments = segmentsOf(instancePath)
  const absent = params.missingProperty ?? params.additionalProperty
  const path = (typeof absent === 'string' ? [...segments, absent] : segments).join('.')
  return { path, kind: faultKindOf(keyword, path) }
}

const kindOfKeyword: Readonly<Record<string, FaultKind>> = {
  required: 'missing',
  additionalProperties: 'unknown',
  minimum: 'number',
  maximum: 'number',
  enum: 'choice',
  const: 'choice',
  minItems: 'length',
  maxItems: 'length',
}

function faultKindOf(keyword: string, path: string): FaultKind {
  const name = nameOf(path)
  if (keyword !== 'type' || name === undefined) return kindOfKeyword[keyword] ?? 'form'
  const { type } = fieldAt(name)
  if (type === 'integer') return 'number'
  return type === 'object' ? 'json' : 'form'
}

export function isFaultKind(text: string): text is FaultKind {
  return faultKinds.some((kind) => kind === text)
}
