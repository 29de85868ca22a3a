import { asString, at, type JsonObject, objectsIn, timestamp } from '../../objects.ts'
import type { Exit } from './pod-process.ts'

/** Of the machine that the node says it is. */
export const hostAddress = '10.128.0.2'

/** What a pod's one container does, as its node sees it. */
export interface ContainerState {
  readonly name: string
  readonly image: string
  /** Since when its program runs; undefined while it does not. */
  readonly startedAt?: Date | undefined
  readonly isReady: boolean
  readonly restarts: number
  /** Why it does not run. */
  readonly waiting?: { readonly reason: string; readonly message?: string } | undefined
  readonly last?: (Exit & { readonly message: string }) | undefined
}

/**
 * The status that a kubelet gives a pod.
 *
 * @param before the pod's status up to now: times of conditions that stay the same are kept
 */
export function podStatus(before: unknown, address: string, containers: readonly ContainerState[]): JsonObject {
  const isRunning = containers.some(({ startedAt, last }) => startedAt !== undefined || last !== undefined)
  const unready = containers.filter(({ isReady }) => !isReady).map(({ name }) => name)
  const why = { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
  const ready = unready.length === 0 ? { status: 'True' } : { status: 'False', ...why }
  const conditions = [
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' },
  ]
  const known = objectsIn(at(before, 'conditions'))
  return {
    phase: isRunning ? 'Running' : 'Pending',
    hostIP: hostAddress,
    ...(address === '' ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    startTime: asString(at(before, 'startTime')) || timestamp(),
    conditions: conditions.map((condition) => withTime(condition, known)),
    containerStatuses: containers.map(containerStatus),
  }
}

function withTime(condition: JsonObject, known: readonly JsonObject[]): JsonObject {
  const before = known.find(({ type }) => type === condition.type)
  const isSame = before?.status === condition.status
  return {
    ...condition,
    lastProbeTime: null,
    lastTransitionTime: isSame ? before?.lastTransitionTime : timestamp(),
  }
}

function containerStatus({ name, image, startedAt, isReady, restarts, waiting, last }: ContainerState): JsonObject {
  return {
    name,
    image,
    imageID: '',
    ready: isReady,
    started: startedAt !== undefined,
    restartCount: restarts,
    state: startedAt ? { running: { startedAt: timestamp(startedAt) } } : { waiting: waiting ?? creating },
    lastState: last ? { terminated: terminated(last) } : {},
  }
}

const creating = { reason: 'ContainerCreating' }

function terminated({ code, startedAt, finishedAt, message }: Exit & { readonly message: string }): JsonObject {
  return {
    exitCode: code,
    reason: code === 0 ? 'Completed' : 'Error',
    message,
    startedAt: timestamp(startedAt),
    finishedAt: timestamp(finishedAt),
  }
}
