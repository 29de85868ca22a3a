import { at, isObject, type JsonObject } from './objects.ts'

/** How much of a container's waits is really waited: five seconds are 250 ms, as other waits of the sandbox. */
const waitScale = 0.05

/** Milliseconds after its start in which a container is not probed yet, and so is not ready. */
export function initialDelayMs({ readinessProbe: probe }: JsonObject): number {
  return isObject(probe) ? Number(probe.initialDelaySeconds ?? 0) * 1000 * waitScale : 0
}

/** Milliseconds between a container's deletion and the signal to end. */
export function preStopMs(container: JsonObject): number {
  return Number(at(container, 'lifecycle', 'preStop', 'sleep', 'seconds') ?? 0) * 1000 * waitScale
}
