import { DescribeStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn'
import * as z from 'zod'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { request } from '../../../sandbox/aws/server.ts'
import { expressionIn } from '../../support/workflow-expressions.ts'
import { type Machine, machine, type State } from '../../support/workflow-machine.ts'

const recordings = z.array(
  z.object({
    expression: z.string(),
    variables: z.record(z.string(), z.unknown()),
    states: z.looseObject({
      context: z.looseObject({
        State: z.looseObject({ Name: z.string() }),
        StateMachine: z.looseObject({ Name: z.string() }),
      }),
    }),
    output: z.unknown(),
    error: z.string().optional(),
  }),
)

/** What the sandbox's engine was given for an expression, and what it gave: a value or the name of an error. */
export type Recording = z.output<typeof recordings>[number]

/** Lets the sandbox's engine forget what it has recorded, and record from now on. */
export async function record(endpoint: string): Promise<void> {
  await request('POST', `${endpoint}/_sandbox/expressions`)
}

export async function recorded(endpoint: string): Promise<Recording[]> {
  return recordings.parse(await request('GET', `${endpoint}/_sandbox/expressions`))
}

/** "MACHINE STATE: EXPRESSION", as often as it stands in a state's fields. */
export function placeOf({ expression, states: { context } }: Recording): string {
  return `${context.StateMachine.Name} ${context.State.Name}: ${expression}`
}

/** The places of all expressions of the state machines that are deployed. */
export async function deployedPlaces(endpoint: string): Promise<Set<string>> {
  const sfn = new SFNClient({ endpoint, region: account.region, credentials: rootCredentials })
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand())
  const places = stateMachines.map(async ({ name, stateMachineArn }) => {
    const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))
    return placesIn(machine.parse(JSON.parse(definition))).map((place) => `${name} ${place}`)
  })
  return new Set((await Promise.all(places)).flat())
}

function placesIn({ States }: Machine): string[] {
  return Object.entries(States).flatMap(([name, { Branches = [], ItemProcessor, ...state }]) => [
    ...expressionsIn(state).map((expression) => `${name}: ${expression}`),
    ...[...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(placesIn),
  ])
}

function expressionsIn(value: Omit<State, 'Branches' | 'ItemProcessor'> | unknown): string[] {
  if (typeof value === 'string') return [expressionIn(value)?.trim()].filter((observed) => observed !== undefined)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : []
}
