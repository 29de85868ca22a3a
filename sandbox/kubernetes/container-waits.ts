import { at, isObject, type JsonObject } from './objects/objects.ts'

/** How much of a container's waits is really waited: five seconds are 250 ms, as other waits of the sandbox. */
const waitScale = 0.05

/** What is waited of this time. */
export function shortened(milliseconds: number): number {
  return milliseconds * waitScale
}

/** Milliseconds after its start in which a container is not probed yet, and so is not ready. */
export function initialDelayMs({ readinessProbe: probe }: JsonObject): number {
  return isObject(probe) ? shortened(Number(probe.initialDelaySeconds ?? 0) * 1000) : 0
}

/** Milliseconds between a container's deletion and the signal to end. */
export function preStopMs(container: JsonObject): number {
  return shortened(Number(at(container, 'lifecycle', 'preStop', 'sleep', 'seconds') ?? 0) * 1000)
}
