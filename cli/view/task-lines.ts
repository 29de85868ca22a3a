import type { Step } from '../api/client.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

/** What a step waits for in a few words: what a person has to do, or else the reason. */
export function waitingTitle({ task, waitingFor = '' }: Step): string {
  return task?.title ?? waitingFor
}

/** The commands of what a person has to do, each below its purpose on lines of its own, the deadline, and where more is. */
export function taskLines({ task, waitsUntil }: Step): Line[] {
  if (!task) return []
  return [
    ...task.commands.flatMap(({ purpose, command }) => [
      { text: `      ${purpose}:`, hang: 6 },
      ...command
        .split('\n')
        .map((line) => ({ text: `          ${styled('bold', line)}`, hang: 10, isWhole: true as const })),
    ]),
    ...(waitsUntil === undefined ? [] : [field('until', waitsUntil)]),
    ...(task.link === undefined ? [] : [field('more', task.link)]),
  ]
}
